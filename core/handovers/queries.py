"""Selects on hand-overs, and on what a report tells of. Each is limited to what the actor may see."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from core.app.actor import Actor
from core.db.models import (
    Admin,
    Deletion,
    Handover,
    Organization,
    Participation,
    Recipient,
    Task,
)
from core.db.names import name_of
from core.db.rows import columns_of, count_rows, made_of
from core.handovers.dto import HandoverRow, Item, Part
from core.handovers.rules import ITEMS, Section
from core.recipients.queries import visible_recipients
from core.recipients.rules import Status
from core.tasks.rules import TaskKind, TaskOutcome
from core.values.roles import Role
from core.values.stored import stored, stored_list, stored_object

_LARGEST_ID = 2**63 - 1  # another number names nobody, and no database takes it

_signer, _confirmer = aliased(Admin), aliased(Admin)


def rows(actor: Actor, *which: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """The columns of ``HandoverRow``, the report and the number, the newest first."""
    own = sa.true() if actor.sees_all else Handover.organization_id == actor.organization_id
    columns = columns_of(
        HandoverRow, Handover,
        organization=Organization.name, timezone=Organization.timezone, signed_by_id=Handover.signed_by,
        signed_by=sa.func.coalesce(name_of(_signer), ""), confirmed_by=name_of(_confirmer),
    )  # fmt: skip
    return (
        sa.select(*columns, Handover.report, Handover.number)
        .select_from(Handover)
        .join(Organization, Organization.id == Handover.organization_id)
        .outerjoin(_signer, _signer.id == Handover.signed_by)
        .outerjoin(_confirmer, _confirmer.id == Handover.confirmed_by)
        .where(own, *which)
        .order_by(Handover.id.desc())
    )


def to_row(row: Any) -> HandoverRow:
    """The DTO of a row of ``rows``."""
    return made_of(HandoverRow, row)


def not_taken_over(actor: Actor) -> sa.Select[Any]:
    """The latest of each organization, where nobody has confirmed it and it is not the actor's own."""
    later = aliased(Handover)
    is_last = ~sa.exists(later.id).where(
        later.organization_id == Handover.organization_id, later.number > Handover.number
    )
    return rows(
        actor, Handover.confirmed_at.is_(None), Handover.signed_by != actor.admin_id, is_last
    )


async def report(
    session: AsyncSession, actor: Actor, organization_id: int, since: datetime, until: datetime
) -> list[dict[str, Any]]:
    """What happened in between and what is left, as it is kept: numbers, times and IDs."""
    made = []
    for section, select in _sections(actor, organization_id, since, until):
        found = (await session.execute(select.limit(ITEMS))).all()
        made.append(
            {
                "section": section.value,
                "count": await count_rows(session, select.order_by(None).subquery()),
                "items": [_kept(row._mapping) for row in found],
            }
        )
    return made


def _kept(row: Mapping[Any, Any]) -> dict[str, Any]:
    kept = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in row.items()
    }
    return {name: value for name, value in kept.items() if value not in (None, False)}


def _sections(
    actor: Actor, organization_id: int, since: datetime, until: datetime
) -> Iterator[tuple[Section, sa.Select[Any]]]:
    is_open, emergency = Task.closed_at.is_(None), Task.kind == TaskKind.EMERGENCY

    def tasks(
        *which: sa.ColumnElement[bool], at: Any = Task.since, who: Any = Task.assignee_id
    ) -> sa.Select[Any]:
        columns: tuple[Any, ...] = (
            Task.recipient_id.label("recipient"),
            Task.id.label("task"),
            Task.kind.label("kind"),
            at.label("at"),
            Task.due_at.label("until"),
            who.label("who"),
            Task.acknowledged_at.is_not(None).label("seen"),
        )
        return (
            sa.select(*columns)
            .select_from(Task)
            .join(Recipient, Recipient.id == Task.recipient_id)
            .where(visible_recipients(actor), Task.organization_id == organization_id, *which)
            .order_by(Task.rank, Task.due_at, Task.id)
        )

    yield Section.OPEN_EMERGENCIES, tasks(is_open, emergency)
    yield Section.OVERDUE, tasks(is_open, Task.due_at < until)
    promised = Task.kind.in_([TaskKind.NEXT_STEP.value, TaskKind.OWN.value]) | (Task.tries > 0)
    yield Section.PROMISED, tasks(is_open, Task.due_at >= until, promised)
    yield Section.NOT_REACHED, tasks(is_open, Task.kind == TaskKind.UNANSWERED)
    # whatever came since then is open, or was closed since then
    lately = is_open | (Task.closed_at > since)
    yield Section.NEW_EMERGENCIES, tasks(emergency, lately, Task.created_at > since)
    done = (Task.outcome == TaskOutcome.DONE, Task.closed_at > since)
    yield Section.DONE, tasks(*done, at=Task.closed_at, who=Task.closed_by)
    yield Section.PAUSED, _paused(actor, organization_id, since)
    yield Section.DELETED, _deleted(organization_id, since)


def _paused(actor: Actor, organization_id: int, since: datetime) -> sa.Select[Any]:
    columns: tuple[Any, ...] = (
        Participation.recipient_id.label("recipient"),
        sa.func.max(Participation.paused_at).label("at"),
        sa.func.max(Participation.resumes_at).label("until"),
    )
    return (
        sa.select(*columns)
        .join(Recipient, Recipient.id == Participation.recipient_id)
        .where(
            visible_recipients(actor),
            Recipient.organization_id == organization_id,
            Recipient.status == int(Status.PAUSED),
            Participation.paused_at > since,
        )
        .group_by(Participation.recipient_id)
        .order_by(sa.func.max(Participation.paused_at), Participation.recipient_id)
    )


def _deleted(organization_id: int, since: datetime) -> sa.Select[Any]:
    columns: tuple[Any, ...] = (
        Recipient.id.label("recipient"),
        Recipient.deleted_at.label("at"),
        Deletion.admin_id.label("who"),
    )
    return (
        sa.select(*columns)
        .join(Deletion, Deletion.id == Recipient.deletion_id)
        .where(
            Recipient.organization_id == organization_id,
            Recipient.deletion_id.is_not(None),
            Recipient.deleted_at > since,
        )
        .order_by(Recipient.deleted_at, Recipient.id)
    )


async def parts(session: AsyncSession, actor: Actor, report: object) -> tuple[Part, ...]:
    """The report as it is read: with the names of those whom the actor may see now."""
    told = [stored_object(part) for part in stored_list(report)]
    items = [stored_object(item) for part in told for item in stored_list(part.get("items"))]
    people = await _by_id(
        session, Recipient.id, Recipient.name, _named(items, "recipient"), *_people(actor)
    )
    admins = await _by_id(session, Admin.id, name_of(), _named(items, "who"))
    # what a task says is as much a person's own as the name
    of_people = Task.recipient_id.in_(people)
    texts = await _by_id(session, Task.id, Task.text, _named(items, "task"), of_people)

    def read(item: dict[str, Any]) -> Item | None:
        at = _moment(item.get("at"))
        recipient = item.get("recipient")
        if at is None or not isinstance(recipient, int):
            return None
        kind = item.get("kind")
        return Item(
            recipient,
            people.get(recipient),
            stored(TaskKind, kind) if kind is not None else None,
            at,
            _moment(item.get("until")),
            admins.get(item.get("who"), ""),
            texts.get(item.get("task"), ""),
            bool(item.get("seen")),
        )

    made = []
    for part in told:
        count = part.get("count")
        found = [read(stored_object(item)) for item in stored_list(part.get("items"))]
        made.append(
            Part(
                stored(Section, part.get("section")),
                count if isinstance(count, int) else len(found),
                tuple(item for item in found if item is not None),
            )
        )
    return tuple(made)


def _people(actor: Actor) -> tuple[sa.ColumnElement[bool], ...]:
    """Who has a name for the actor; who is deleted, for whoever sees whom that is."""
    own = sa.true() if actor.sees_all else Recipient.organization_id == actor.organization_id
    not_deleted = sa.true() if actor.role is not Role.VIEWER else Recipient.deleted_at.is_(None)
    return own, not_deleted, Recipient.name != ""


def _named(items: list[dict[str, Any]], what: str) -> list[int]:
    found = {item[what] for item in items if isinstance(item.get(what), int)}
    return sorted(one for one in found if 0 < one <= _LARGEST_ID)


async def _by_id(
    session: AsyncSession, column: Any, value: Any, ids: list[int], *which: sa.ColumnElement[bool]
) -> dict[Any, str]:
    if not ids:
        return {}
    found = await session.execute(sa.select(column, value).where(column.in_(ids), *which))
    return {row[0]: row[1] for row in found}


def _moment(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
