"""The recipient's information, in lines. Pure."""

from collections.abc import Sequence
from datetime import datetime

from core.campaigns.dto import ParticipationRow
from core.campaigns.rules import STATE_WORDS
from core.recipients.dto import RecipientRow
from core.recipients.fields import MORE
from core.recipients.texts import status
from core.tags.rules import joined
from core.values.i18n import _, ngettext
from core.values.stored import unreadable_word
from tui.details.columns import STREAK
from tui.format import CellFormat, duration, length, percent

_BETWEEN = " · "


def who(row: RecipientRow, form: CellFormat) -> str:
    """Number, organization, what else is said of somebody, and tags."""
    more = (getattr(row, field.name) for field in MORE)
    tags = _("Tags: {tags}").format(tags=joined(row.tags)) if row.tags else ""
    parts = (form.phone(row.phone), row.organization, *more, tags)
    return _BETWEEN.join(part for part in parts if part)


def standing(
    row: RecipientRow, participations: Sequence[ParticipationRow],
    form: CellFormat, moment: datetime,
) -> str:  # fmt: skip
    """Status, when registered, campaigns."""
    campaigns = ", ".join(_campaign(one, row, form, moment) for one in participations)
    registered = _("registered {time}").format(time=form.time(row.registered_at, row.timezone))
    parts = (_("Status: {status}").format(status=status(row.status)), registered, campaigns)
    return _BETWEEN.join(part for part in parts if part)


def _campaign(one: ParticipationRow, row: RecipientRow, form: CellFormat, moment: datetime) -> str:
    paused = one.paused_at is not None and (one.resumes_at is None or one.resumes_at > moment)
    if not paused:
        return f"{one.campaign} ({_(STATE_WORDS[one.state])})"
    words = _("paused")
    if one.resumes_at is not None:
        words = _("paused until {time}").format(time=form.time(one.resumes_at, row.timezone))
    if one.pause_reason:
        words = f"{words}: {one.pause_reason}"
    return f"{one.campaign} ({words})"


def metrics(row: RecipientRow) -> str:
    """The metrics of the last 3 months."""
    if word := unreadable_word(row.total_calls):
        return _("3 months: {calls}").format(calls=word)
    calls = ngettext("{count} call", "{count} calls", row.total_calls).format(count=row.total_calls)
    if not row.total_calls:
        return _("3 months: {calls}").format(calls=calls)
    characters = length(row.answer_length)
    return _(
        "3 months: {calls}, {connected} connected, {completed} completed, {length} chars/answer, {duration}/call"
    ).format(
        calls=calls,
        connected=percent(row.connection_rate),
        completed=percent(row.completion_rate),
        length=characters,
        duration=duration(row.call_duration),
    )


def alarm(row: RecipientRow) -> str:
    """What has to be seen at once: an emergency in the last call, or calls unanswered in a row."""
    parts = []
    if row.last_analysis == "emergency":
        parts.append(_("!! last analysis: emergency"))
    if row.unanswered_streak >= STREAK:
        parts.append(
            ngettext(
                "! {count} call unanswered in a row",
                "! {count} calls unanswered in a row",
                row.unanswered_streak,
            ).format(count=row.unanswered_streak)
        )
    return _BETWEEN.join(parts)
