"""Selects on calls. Each is limited to what the actor may see."""

from typing import Any

import sqlalchemy as sa
from msgspec.structs import replace
from sqlalchemy.orm import aliased

from core.app.actor import Actor
from core.calls.dto import CallRow, FeedbackRow, UtteranceRow
from core.calls.rules import Analysis, CallResult, Speaker, Verdict
from core.db.models import (
    NEVER,
    Admin,
    Call,
    Campaign,
    Feedback,
    FollowupAction,
    Recipient,
    Utterance,
)
from core.db.names import name_of
from core.db.rows import columns_of, made_of
from core.recipients.queries import visible_recipients
from core.values.stored import stored, stored_number

ADMIN_NAME = name_of()
_CONNECTED = CallResult.CONNECTED.value
_UNANSWERED = CallResult.UNANSWERED.value


def _said(verdict: Verdict) -> sa.ScalarSelect[int]:
    return (
        sa.select(sa.func.count())
        .where(Feedback.call_id == Call.id, Feedback.verdict == verdict.value)
        .correlate(Call)
        .scalar_subquery()
    )


def _unanswered_in_a_row() -> sa.ScalarSelect[int]:
    answered, missed = aliased(Call), aliased(Call)
    last_answered = (
        sa.select(answered.started_at)
        .where(
            answered.recipient_id == Call.recipient_id,
            answered.started_at <= Call.started_at,
            answered.result == _CONNECTED,
        )
        .correlate(Call)
        .order_by(answered.started_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        sa.select(sa.func.count())
        .select_from(missed)
        .where(
            missed.recipient_id == Call.recipient_id,
            missed.started_at <= Call.started_at,
            missed.started_at > sa.func.coalesce(last_answered, NEVER),
            missed.result == _UNANSWERED,
        )
        .correlate(Call)
        .scalar_subquery()
    )


def calls(actor: Actor, *which: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """The rows of the calls that the actor may see and that meet the conditions."""
    own = aliased(Feedback)
    columns = columns_of(
        CallRow, Call,
        campaign=Campaign.name, positive=_said(Verdict.POSITIVE), negative=_said(Verdict.NEGATIVE),
        own_verdict=own.verdict, followup_id=FollowupAction.id, unanswered_in_a_row=_unanswered_in_a_row(),
    )  # fmt: skip
    return (
        sa.select(*columns)
        .select_from(Call)
        .join(Recipient, Recipient.id == Call.recipient_id)
        .join(Campaign, Campaign.id == Call.campaign_id)
        .outerjoin(own, sa.and_(own.call_id == Call.id, own.admin_id == actor.admin_id))
        .outerjoin(FollowupAction, FollowupAction.call_id == Call.id)
        .where(visible_recipients(actor), *which)
    )


def to_row(row: Any) -> CallRow:
    """The DTO of a row of ``calls``."""
    found = made_of(CallRow, row, result=CallResult, analysis=Analysis, own_verdict=Verdict)
    return replace(found, duration_ms=stored_number(found.duration_ms))


def utterances(call_id: int) -> sa.Select[Any]:
    """What was said in a call, in order."""
    columns = columns_of(UtteranceRow, Utterance)
    return sa.select(*columns).where(Utterance.call_id == call_id).order_by(Utterance.position)


def to_utterance(row: Any) -> UtteranceRow:
    """The DTO of a row of ``utterances``."""
    return UtteranceRow(
        row.position, stored_number(row.at_ms), stored(Speaker, row.speaker), row.text
    )


def feedback(call_id: int) -> sa.Select[Any]:
    """Who thinks what of a call, the latest first."""
    columns = columns_of(FeedbackRow, Feedback, admin=ADMIN_NAME)
    return (
        sa.select(*columns)
        .join(Admin, Admin.id == Feedback.admin_id)
        .where(Feedback.call_id == call_id)
        .order_by(Feedback.given_at.desc(), Feedback.admin_id)
    )
