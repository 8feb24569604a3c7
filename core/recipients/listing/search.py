"""What a query asks for, as conditions: the quick search, the detailed search, and who is selected.

On SQLite each condition knows what finds its recipients; see ``core.recipients.listing.sqlite``.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.calls.rules import Analysis, CallResult
from core.db.models import (
    NEVER,
    Call,
    Campaign,
    Organization,
    Participation,
    Recipient,
    RecipientTag,
    Tag,
)
from core.recipients.dto import RecipientFilter, RecipientQuery, Selection
from core.recipients.fields import MORE, NO_CHANGE, TEXTS, Kind
from core.recipients.listing import words
from core.recipients.listing.words import IdSelect
from core.recipients.masking import is_masked
from core.recipients.queries import visible_recipients
from core.recipients.rules import Status, search_terms
from core.trends.rules import GETTING_WORSE
from core.values.days import Day, day_of
from core.values.hangul import sought
from core.values.settings import Settings
from core.values.text import search_key
from core.values.times import midnight, now

SEEN = 4  # the last digits of a number, which everybody sees
# an organization's own recipients, by when they were registered
WITHIN_ORGANIZATION = "ix_recipients_organization"


class Narrowing(Struct, frozen=True):
    """A condition of a query, and what finds its recipients on SQLite: an index, or the search index.

    ``is_vague``: PostgreSQL's indexes lead to many others, too. ``beginning``: where most are, by name.
    ``organizations``: all of these are found, and ``besides`` finds the others.
    """

    condition: sa.ColumnElement[bool]
    index: str = ""
    found: IdSelect | None = None
    is_vague: bool = False
    beginning: words.Beginning | None = None
    organizations: tuple[int, ...] = ()
    besides: IdSelect | None = None


async def matching(
    session: AsyncSession, actor: Actor, query: RecipientQuery, settings: Settings
) -> list[sa.ColumnElement[bool]]:
    """The conditions of the query."""
    return conditions_of(actor, await narrowings(session, actor, query, settings))


def is_of_one_organization(narrowed: Sequence[Narrowing]) -> bool:
    """Whether only one organization's recipients are left, to which an index of its own leads."""
    return any(one.index == WITHIN_ORGANIZATION for one in narrowed)


def conditions_of(actor: Actor, narrowed: Sequence[Narrowing]) -> list[sa.ColumnElement[bool]]:
    """What the narrowings leave of the recipients that exist for the actor."""
    return [visible_recipients(actor), *(narrowing.condition for narrowing in narrowed)]


async def narrowings(
    session: AsyncSession, actor: Actor, query: RecipientQuery, settings: Settings
) -> list[Narrowing]:
    """What leaves recipients out, from whoever asks to the last field of the detailed search."""
    wanted = query.filter
    found = [
        Narrowing(Recipient.organization_id == organization_id, WITHIN_ORGANIZATION)
        for organization_id in (
            None if actor.sees_all else actor.organization_id,
            query.organization_id,
        )
        if organization_id is not None
    ]
    found += await searched(session, actor, query.search, settings)
    for field in TEXTS:
        typed = getattr(wanted, field.name).strip()
        if typed and field.searched:
            found += await searched(session, actor, typed, settings)
        if typed and field.kind is Kind.TEXT:
            column = getattr(Recipient, field.stored_in)
            found.append(Narrowing(words.field_has(field.name, column, sought(typed))))
    return found + _of_columns(wanted, settings)


async def searched(
    session: AsyncSession, actor: Actor, typed: str, settings: Settings, *, deleted: bool = False
) -> list[Narrowing]:
    """What the words of a search ask for, of the recipients in the list or of those that were deleted."""
    # the longest is likely the rarest
    terms = sorted(search_terms(typed, settings.region), key=len, reverse=True)
    found: list[Narrowing] = []
    for term in terms:
        found += _having(term, await _named(session, actor, term, deleted), actor, settings)
    return found


class _Named(Struct, frozen=True):
    """Recipients of whom something else has a word in its name."""

    condition: sa.ColumnElement[bool]
    found: IdSelect
    organizations: tuple[int, ...] = ()


async def _named(session: AsyncSession, actor: Actor, term: str, deleted: bool) -> list[_Named]:
    """Those of the organizations and with the tags that have the term in their names.

    These are named one by one: no database could tell how many recipients a part of a name leads to.
    """
    made: list[_Named] = []
    if organizations := await _ids(session, actor, Organization, Organization.id, term):
        theirs = Recipient.organization_id.in_(organizations)
        made.append(_Named(theirs, _recipients(theirs, deleted), tuple(organizations)))
    if tags := await _ids(session, actor, Tag, Tag.organization_id, term):
        with_tags = sa.select(RecipientTag.recipient_id).where(RecipientTag.tag_id.in_(tags))
        made.append(_Named(Recipient.id.in_(with_tags), with_tags))
    return made


async def _ids(
    session: AsyncSession, actor: Actor, model: Any, organization: Any, term: str
) -> list[int]:
    select = sa.select(model.id).where(words.has(model.name_key, term)).order_by(model.id)
    if not actor.sees_all:
        select = select.where(organization == actor.organization_id)
    return list(await session.scalars(select))


def _having(
    term: str, named: Sequence[_Named], actor: Actor, settings: Settings
) -> list[Narrowing]:
    """Where a recipient has the term, or something of it that is named so."""
    others = [one.condition for one in named]
    if term.isdigit() and is_masked(actor, settings):
        return [
            Narrowing(
                sa.or_(
                    Recipient.name.contains(term, autoescape=True),
                    *others_contain(term),
                    seen_digits_match(term),
                    *others,
                )
            )
        ]
    has: sa.ColumnElement[bool] = sa.or_(words.search_text_has(term), *others)
    of_others = [one.found for one in named]
    lead, *more = words.leads(term)
    if begins := words.beginning(term):
        begins = replace(begins, elsewhere=(*begins.elsewhere, *of_others))
    return [
        Narrowing(
            has,
            found=sa.union_all(*lead, *of_others),
            is_vague=words.is_vague(term),
            beginning=begins,
            organizations=tuple(one for each in named for one in each.organizations),
            besides=sa.union_all(*lead, *(one.found for one in named if not one.organizations)),
        ),
        *(Narrowing(sa.true(), found=sa.union_all(*lead, *of_others)) for lead in more),
    ]


def _recipients(which: sa.ColumnElement[bool], deleted: bool) -> IdSelect:
    """The IDs of those in some organizations, from the index on SQLite."""
    is_one = Recipient.deletion_id.is_not(None) if deleted else Recipient.deleted_at.is_(None)
    index = "deleted_of" if deleted else "of_organization"
    select = sa.select(Recipient.id).where(is_one, which)
    return select.with_hint(Recipient, f"INDEXED BY ix_recipients_{index}", "sqlite")


def seen_number() -> sa.ColumnElement[Any]:
    """What everybody sees of a number, to sort by: the order of whole numbers would tell the rest."""
    start = sa.func.length(Recipient.phone) - (SEEN - 1)
    return sa.func.substr(Recipient.phone, start, type_=sa.String())


def seen_digits_match(digits: str) -> sa.ColumnElement[bool]:
    """Where somebody who does not see numbers searches for digits: among those that everybody sees.

    Finding any run of digits would tell a number digit by digit, finding whole numbers by trying.
    """
    return Recipient.phone.endswith(digits) if len(digits) <= SEEN else sa.false()


def others_contain(term: str) -> list[sa.ColumnElement[bool]]:
    """Where the quick search finds the term in a field that is neither name nor number."""
    return [
        getattr(Recipient, field.stored_in).contains(term, autoescape=True)
        for field in MORE
        if field.searched
    ]


def _of_columns(wanted: RecipientFilter, settings: Settings) -> list[Narrowing]:
    found: list[Narrowing] = []
    if wanted.statuses:
        statuses = Recipient.status.in_(sorted(wanted.statuses))
        found.append(Narrowing(statuses, "ix_recipients_status"))
    if typed := wanted.organization.strip():
        named = sa.select(Organization.id).where(
            Organization.name_key.contains(search_key(typed), autoescape=True)
        )
        found.append(
            Narrowing(Recipient.organization_id.in_(named), "ix_recipients_of_organization")
        )
    for name in wanted.tags:
        with_tag = sa.select(RecipientTag.recipient_id).join(Tag, Tag.id == RecipientTag.tag_id)
        with_tag = with_tag.where(Tag.name_key == sought(name))
        found.append(Narrowing(Recipient.id.in_(with_tag), found=with_tag))
    if typed := wanted.campaign.strip():
        named = sa.select(Campaign.id).where(
            Campaign.name_key.contains(search_key(typed), autoescape=True)
        )
        found.append(Narrowing(Recipient.campaign_id.in_(named), "ix_recipients_campaign"))
    for column, first, last, index in (
        (Recipient.registered_at, wanted.registered_from, wanted.registered_to, "registered"),
        (Recipient.last_call_at, wanted.last_call_from, wanted.last_call_to, "last_call"),
    ):
        if between := _between(column, first, last, settings.zone):
            found.append(Narrowing(sa.and_(*between), f"ix_recipients_{index}"))
    if wanted.analyses:
        analyses = Recipient.last_analysis.in_(sorted(wanted.analyses))
        found.append(Narrowing(analyses, "ix_recipients_analysis"))
    if wanted.unanswered_streak:
        streak = Recipient.unanswered_streak >= wanted.unanswered_streak
        found.append(Narrowing(streak, "ix_recipients_streak"))
    return found + _of_calls(wanted, settings.zone)


def _of_calls(wanted: RecipientFilter, zone: ZoneInfo) -> list[Narrowing]:
    found: list[Narrowing] = []
    if len(wanted.results) == 1:  # both are the results of whoever was phoned
        unanswered = Recipient.unanswered_streak > 0
        reached = Recipient.unanswered_streak == 0
        is_unanswered = CallResult.UNANSWERED in wanted.results
        found.append(Narrowing(unanswered if is_unanswered else reached, "ix_recipients_streak"))
    if wanted.results:
        found.append(Narrowing(Recipient.last_call_at > NEVER, "ix_recipients_last_call"))
    if wanted.emergency_from is not None:
        since = _begins(wanted.emergency_from, zone)
        # said as it is in the index, which SQLite uses for nothing else
        emergency = sa.literal_column(f"'{Analysis.EMERGENCY.value}'", sa.String())
        calls = sa.select(Call.recipient_id).where(
            Call.analysis == emergency, Call.started_at >= since
        )
        found.append(Narrowing(Recipient.id.in_(calls), found=calls))
    if wanted.resumes_within is not None:
        until = now() + timedelta(days=wanted.resumes_within)
        resuming = sa.select(Participation.recipient_id).where(Participation.resumes_at <= until)
        is_paused = Recipient.status == int(Status.PAUSED)
        found.append(Narrowing(is_paused & Recipient.id.in_(resuming), found=resuming))
    if wanted.no_call_days:
        before = now() - timedelta(days=wanted.no_call_days)
        quiet = sa.and_(Recipient.last_call_at < before, Recipient.registered_at < before)
        found.append(Narrowing(quiet, "ix_recipients_last_call"))
    if wanted.getting_worse:
        worse = sa.and_(Recipient.change > NO_CHANGE, Recipient.change <= GETTING_WORSE)
        found.append(Narrowing(worse, "ix_recipients_change"))
    return found


def _between(
    column: Any, first: Day | None, last: Day | None, zone: ZoneInfo
) -> list[sa.ColumnElement[bool]]:
    conditions = []
    if first is not None:
        conditions.append(column >= _begins(first, zone))
    if last is not None:
        conditions.append(column < _begins(last, zone, after=1))
        if first is None:
            conditions.append(column > NEVER)
    return conditions


def _begins(day: Day, zone: ZoneInfo, *, after: int = 0) -> datetime:
    """When the day begins, or another one so many days after it."""
    begins = day_of(day, now().astimezone(zone).date()) + timedelta(days=after)
    return midnight(begins, zone)


async def selected(
    session: AsyncSession, actor: Actor, selection: Selection, settings: Settings
) -> list[sa.ColumnElement[bool]]:
    """The conditions of a selection."""
    if selection.query is None:
        return [visible_recipients(actor), Recipient.id.in_(sorted(selection.ids))]
    conditions = await matching(session, actor, selection.query, settings)
    if selection.excluded:
        conditions.append(Recipient.id.not_in(sorted(selection.excluded)))
    return conditions
