"""Selects on tasks. Each is limited to what the actor may see; tasks of deleted recipients are not there."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from core.app.actor import Actor
from core.app.permissions import WRITERS
from core.db.models import Admin, Call, Organization, Recipient, Task, TaskCall
from core.db.rows import columns_of, made_of
from core.recipients.dto import Page
from core.recipients.queries import paged, visible_recipients
from core.tasks.dto import Tab, TaskQuery, TaskRow
from core.tasks.rules import TaskKind, TaskOutcome, escalates_before
from core.values.settings import Settings

_assignee, _seer, _closer = aliased(Admin), aliased(Admin), aliased(Admin)


def _name(admin: Any) -> sa.ColumnElement[Any]:
    return sa.func.coalesce(sa.func.nullif(admin.name, ""), admin.login)


def _is_corrected() -> sa.ColumnElement[bool]:
    """Whether the calling system has sent every call of the task anew, as one that makes no such task."""
    still = (
        sa.select(TaskCall.call_id)
        .join(Call, Call.id == TaskCall.call_id)
        .where(TaskCall.task_id == Task.id, Call.analysis == Task.kind)
        .correlate(Task)
    )
    of_analysis = Task.kind.in_([TaskKind.EMERGENCY.value, TaskKind.NEGATIVE.value])
    return sa.and_(of_analysis, ~still.exists())


_COLUMNS = columns_of(
    TaskRow, Task,
    organization=Organization.name, timezone=Organization.timezone,
    name=Recipient.name, phone=Recipient.phone, assignee=sa.func.coalesce(_name(_assignee), ""),
    acknowledged_by=_name(_seer), closed_by=_name(_closer), corrected=_is_corrected(),
)  # fmt: skip


def rows(actor: Actor, *which: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """The columns of ``to_row`` and the rank, for tasks that the actor may see."""
    return (
        sa.select(*_COLUMNS, Task.rank)
        .select_from(Task)
        .join(Recipient, Recipient.id == Task.recipient_id)
        .outerjoin(Organization, Organization.id == Task.organization_id)
        .outerjoin(_assignee, _assignee.id == Task.assignee_id)
        .outerjoin(_seer, _seer.id == Task.acknowledged_by)
        .outerjoin(_closer, _closer.id == Task.closed_by)
        .where(visible_recipients(actor), *which)
    )


def to_row(row: Any) -> TaskRow:
    """The DTO of a row of ``rows``."""
    return made_of(TaskRow, row, kind=TaskKind, outcome=TaskOutcome)


def is_present() -> sa.ColumnElement[bool]:
    """Whether the recipient of a task is not deleted.

    Those who are deleted have an index of their own and are few; the rows of all who have tasks lie all over a
    table that is a thousand times as large.
    """
    gone = sa.select(Recipient.id).where(
        Recipient.deletion_id.is_not(None), Recipient.deleted_at.is_not(None)
    )
    return Task.recipient_id.not_in(gone)


def unseen() -> sa.ColumnElement[bool]:
    """Whether it is an emergency that nobody has acknowledged."""
    return sa.and_(Task.kind == TaskKind.EMERGENCY, Task.acknowledged_at.is_(None))


def _escalated(moment: datetime, settings: Settings) -> sa.ColumnElement[bool]:
    return sa.and_(unseen(), Task.due_at < escalates_before(moment, settings.tasks))


def _mine(actor: Actor, moment: datetime, settings: Settings) -> sa.ColumnElement[bool]:
    """The actor's own, and what is everybody's by now."""
    own = Task.assignee_id == actor.admin_id
    if WRITERS.why_not(actor.role) is not None:
        return own
    return sa.or_(own, _escalated(moment, settings))


def matching(
    actor: Actor, query: TaskQuery, moment: datetime, settings: Settings
) -> list[sa.ColumnElement[bool]]:
    """The conditions of the query at this moment (UTC), on tasks alone."""
    found: list[sa.ColumnElement[bool]] = [Task.closed_at.is_(None)]
    if not actor.sees_all:
        found.append(Task.organization_id == actor.organization_id)
    if query.organization_id is not None:
        found.append(Task.organization_id == query.organization_id)
    if (of_tab := _of_tab(query.tab, actor, moment, settings)) is not None:
        found.append(of_tab)
    return found


def _of_tab(
    tab: Tab, actor: Actor, moment: datetime, settings: Settings
) -> sa.ColumnElement[bool] | None:
    if tab is Tab.MINE:
        return _mine(actor, moment, settings)
    if tab is Tab.UNASSIGNED:
        return Task.assignee_id.is_(None)
    return Task.due_at < moment if tab is Tab.OVERDUE else None


def page(
    actor: Actor, query: TaskQuery, moment: datetime, settings: Settings, wanted: Page
) -> sa.Select[Any]:
    """A page of ``rows``. An anchor's value is (rank, due_at)."""
    select = rows(actor, *matching(actor, query, moment, settings))
    return paged(select, wanted, Task.rank, Task.due_at, Task.id)


def next_unseen(actor: Actor, after: Any) -> sa.Select[Any]:
    """``rows`` of the emergency that nobody has acknowledged, due next after this one (due time, ID), or first."""
    order = (Task.due_at, Task.id)
    conditions = [unseen(), Task.closed_at.is_(None)]
    if after is not None:
        place = (sa.literal(v, c.type) for v, c in zip(after, order, strict=True))
        conditions.append(sa.tuple_(*order) > sa.tuple_(*place))
    return rows(actor, *conditions).order_by(*order).limit(1)


def numbers(actor: Actor, query: TaskQuery, moment: datetime, settings: Settings) -> sa.Select[Any]:
    """The columns of ``TaskNumbers``, in one go over the open tasks of all tabs."""
    query = TaskQuery(organization_id=query.organization_id)

    def count(*which: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sa.func.count(Task.id).filter(*which)

    counted: tuple[Any, ...] = (
        count(_mine(actor, moment, settings)),
        count(Task.assignee_id.is_(None)),
        count(Task.due_at < moment),
        count(Task.id.is_not(None)),
        count(unseen()),
        sa.func.max(sa.case((unseen(), Task.id))),
        sa.func.max(sa.case((unseen(), Task.call_id))),
        count(_escalated(moment, settings)),
    )
    return (
        sa.select(*counted)
        .select_from(Task)
        .where(*matching(actor, query, moment, settings), is_present())
    )
