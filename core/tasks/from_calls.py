"""Tasks that calls make: one that is taken in makes a task, joins the open one of its kind, or ends it.

Within the caller's transaction, so that a call and its task are there together or not at all. At most one task of
a kind is open for a recipient (``uq_tasks_open``); ``task_calls`` keeps which calls are about it, so that a call
that comes twice changes nothing, and one whose task was done makes no other.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from core.calls.rules import CallResult
from core.db.bulk import among, ids_of, in_parts
from core.db.engine import Database
from core.db.models import (
    NEVER,
    Admin,
    Call,
    FollowupAction,
    Organization,
    Recipient,
    Task,
    TaskCall,
)
from core.db.rows import change_rows, delete_rows
from core.tasks.rules import FROM_CALLS, TaskKind, TaskOutcome, due_at, kind_of, makes_task, rank_of
from core.values.roles import Role
from core.values.settings import Settings
from core.values.times import now, zone_of


class _Told(Struct, frozen=True):
    """A call that is about a task."""

    id: int
    started_at: datetime


async def follow(session: AsyncSession, recipient_id: int, call: Call, settings: Settings) -> None:
    """Let the call that was just stored make, join or end tasks of its recipient."""
    found = await open_tasks(session, recipient_id)
    kind = kind_of(call.analysis)
    if kind is not None and makes_task(kind, call.started_at, now(), settings.tasks):
        told = await _not_told(session, kind, Call.id == call.id)
        await _tell(session, recipient_id, kind, told, found.get(kind), settings)
    await _follow_unanswered(session, recipient_id, found.get(TaskKind.UNANSWERED), settings)


async def catch_up(database: Database, settings: Settings) -> int:
    """Make the tasks of calls of the last days that were taken in without any; gives for how many recipients.

    They are looked for while nobody has to wait, which takes a second where there are a million; whoever comes
    first makes them.
    """
    since = _looked_back(settings)
    async with database.reading() as session:
        ids = await ids_of(session, _without(since, settings))

    async def part(session: AsyncSession, ids: Sequence[int]) -> int:
        which = _without(since, settings).where(among(session, Recipient.id, ids))
        for recipient_id in (still := await ids_of(session, which)):
            await _catch_up(session, recipient_id, since, settings)
        return len(still)

    return (await in_parts(database, ids, part)).done if ids else 0


async def catch_up_of(session: AsyncSession, recipient_id: int, settings: Settings) -> None:
    """Make the tasks of one recipient's calls of the last days that are about none."""
    await _catch_up(session, recipient_id, _looked_back(settings), settings)


def _looked_back(settings: Settings) -> datetime:
    return now() - timedelta(days=settings.tasks.look_back_days)


def _without(since: datetime, settings: Settings) -> sa.Select[Any]:
    """The IDs of recipients with calls since then that are about no task and should be."""
    return (
        sa.select(Recipient.id)
        .where(
            Recipient.deleted_at.is_(None),
            Recipient.last_call_at >= since,
            sa.select(Call.id)
            .where(
                Call.recipient_id == Recipient.id,
                Call.started_at >= since,
                Call.analysis.in_([TaskKind.EMERGENCY.value, TaskKind.NEGATIVE.value]),
                ~_has_followup(),
                ~_is_told(),
            )
            .exists()
            | sa.and_(
                Recipient.unanswered_streak >= settings.tasks.unanswered,
                sa.select(sa.func.count(Call.id))
                .where(Call.recipient_id == Recipient.id, *_unanswered(), ~_is_told())
                .scalar_subquery()
                >= settings.tasks.unanswered,
                ~sa.select(Task.id)
                .where(
                    Task.recipient_id == Recipient.id,
                    Task.kind == TaskKind.UNANSWERED,
                    Task.closed_at.is_(None),
                )
                .exists(),
            ),
        )
        .order_by(Recipient.id)
    )


async def _catch_up(
    session: AsyncSession, recipient_id: int, since: datetime, settings: Settings
) -> None:
    found = await open_tasks(session, recipient_id)
    for kind in (TaskKind.EMERGENCY, TaskKind.NEGATIVE):
        told = await _not_told(
            session,
            kind,
            Call.recipient_id == recipient_id,
            Call.started_at >= since,
            Call.analysis == kind.value,
            ~_has_followup(),
        )
        await _tell(session, recipient_id, kind, told, found.get(kind), settings)
    await _follow_unanswered(session, recipient_id, found.get(TaskKind.UNANSWERED), settings)


async def open_tasks(session: AsyncSession, recipient_id: int) -> dict[TaskKind, Task]:
    """The open tasks of a recipient that calls have made: of each kind one at most."""
    select = sa.select(Task).where(
        Task.recipient_id == recipient_id,
        Task.closed_at.is_(None),
        Task.kind.in_([kind.value for kind in FROM_CALLS]),
    )
    return {TaskKind(task.kind): task for task in await session.scalars(select)}


def _is_told(kind: TaskKind | None = None) -> sa.ColumnElement[bool]:
    """Whether a call is about a task already (of this kind)."""
    select = sa.select(TaskCall.call_id).where(TaskCall.call_id == Call.id)
    if kind is not None:
        select = select.join(Task, Task.id == TaskCall.task_id).where(Task.kind == kind.value)
    return select.correlate(Call).exists()


def _has_followup() -> sa.ColumnElement[bool]:
    return sa.select(FollowupAction.id).where(FollowupAction.call_id == Call.id).exists()


async def _not_told(
    session: AsyncSession, kind: TaskKind, *which: sa.ColumnElement[bool]
) -> Sequence[_Told]:
    select = sa.select(Call.id, Call.started_at).where(*which, ~_is_told(kind))
    found = await session.execute(select.order_by(Call.started_at, Call.id))
    return [_Told(*row) for row in found]


async def _tell(
    session: AsyncSession,
    recipient_id: int,
    kind: TaskKind,
    calls: Sequence[_Told],
    task: Task | None,
    settings: Settings,
) -> None:
    """Make the task of these calls, or let them join the open one."""
    if not calls:
        return
    if task is None:
        task = await _make(session, recipient_id, kind, calls, settings)
    else:
        latest = await _latest(session, task.call_id)
        task.count += len(calls)
        task.since = min(task.since, calls[0].started_at)
        was_seen = task.acknowledged_at is not None
        if latest is None or calls[-1].started_at >= latest or was_seen:
            task.call_id = calls[-1].id  # one that comes late, too, where all the others were seen
        if kind is TaskKind.EMERGENCY:  # somebody has to see it
            task.acknowledged_at = task.acknowledged_by = None
            task.due_at = min(task.due_at, await _due(session, recipient_id, kind, settings))
        await session.flush()
    await session.execute(
        sa.insert(TaskCall), [{"call_id": one.id, "task_id": task.id} for one in calls]
    )


async def _make(
    session: AsyncSession,
    recipient_id: int,
    kind: TaskKind,
    calls: Sequence[_Told],
    settings: Settings,
) -> Task:
    organization_id = await session.scalar(
        sa.select(Recipient.organization_id).where(Recipient.id == recipient_id)
    )
    made = Task(
        recipient_id=recipient_id,
        organization_id=organization_id,
        kind=kind.value,
        rank=rank_of(kind),
        call_id=calls[-1].id,
        count=len(calls),
        since=calls[0].started_at,
        due_at=await _due(session, recipient_id, kind, settings),
        created_at=now(),
    )
    session.add(made)
    await session.flush()
    return made


async def _due(
    session: AsyncSession, recipient_id: int, kind: TaskKind, settings: Settings
) -> datetime:
    zone = await session.scalar(
        sa.select(Organization.timezone)
        .join(Recipient, Recipient.organization_id == Organization.id)
        .where(Recipient.id == recipient_id)
    )
    return due_at(kind, now(), settings.tasks, zone_of(zone, settings.zone))


async def _latest(session: AsyncSession, call_id: int | None) -> datetime | None:
    if call_id is None:
        return None
    return await session.scalar(sa.select(Call.started_at).where(Call.id == call_id))


def _unanswered() -> tuple[sa.ColumnElement[bool], ...]:
    """The calls of a recipient that nobody answered since the last one that somebody did."""
    other = aliased(Call)
    answered = (
        sa.select(sa.func.max(other.started_at))
        .where(other.recipient_id == Call.recipient_id, other.result == CallResult.CONNECTED.value)
        .correlate(Call)
        .scalar_subquery()
    )
    return (
        Call.result == CallResult.UNANSWERED.value,
        Call.started_at > sa.func.coalesce(answered, sa.literal(NEVER, Call.started_at.type)),
    )


async def _follow_unanswered(
    session: AsyncSession, recipient_id: int, task: Task | None, settings: Settings
) -> None:
    """Make, join or end the task of unanswered calls, by those since somebody answered last."""
    streak = await session.scalar(
        sa.select(Recipient.unanswered_streak).where(Recipient.id == recipient_id)
    )
    wanted = settings.tasks.unanswered
    if task is None and (streak or 0) < wanted:
        return
    told = await _not_told(
        session, TaskKind.UNANSWERED, Call.recipient_id == recipient_id, *_unanswered()
    )
    if task is None:
        recent = told and makes_task(
            TaskKind.UNANSWERED, told[-1].started_at, now(), settings.tasks
        )
        if len(told) >= wanted and recent:
            await _tell(session, recipient_id, TaskKind.UNANSWERED, told, None, settings)
        return
    still = sa.select(Call.id).where(Call.recipient_id == recipient_id, *_unanswered())
    about = sa.select(sa.func.count(TaskCall.call_id)).where(
        TaskCall.task_id == task.id, TaskCall.call_id.in_(still)
    )
    left = (await session.scalar(about) or 0) + len(told)
    if left >= wanted:
        await _tell(session, recipient_id, TaskKind.UNANSWERED, told, task, settings)
        return
    # the calls since then count anew
    await delete_rows(
        session, TaskCall, sa.and_(TaskCall.task_id == task.id, TaskCall.call_id.in_(still))
    )
    end(task, TaskOutcome.ANSWERED, None)
    await session.flush()


def end(task: Task, outcome: TaskOutcome, admin_id: int | None, reason: str = "") -> None:
    """Close the task, by nobody where its reason is gone."""
    task.closed_at, task.closed_by = now(), admin_id
    task.outcome, task.reason = outcome.value, reason


async def unassign(session: AsyncSession, admin_id: int) -> None:
    """Let the open tasks of an admin, who is let in no more, be nobody's."""
    which = (Task.assignee_id == admin_id, Task.closed_at.is_(None))
    await change_rows(session, Task, *which, assignee_id=None, version=Task.version + 1)


async def move_tasks(session: AsyncSession, ids: Sequence[int], organization_id: int) -> None:
    """Let the tasks of recipients go along to another organization; the open ones are nobody's there.

    Whoever has them may not see them any more, unless it is a system admin.
    """
    sees_all = sa.select(Admin.id).where(Admin.role == Role.SYSTEM.value)
    of_recipient = among(session, Task.recipient_id, ids)
    new = {"organization_id": organization_id, "version": Task.version + 1}
    await change_rows(session, Task, of_recipient, **new)
    others = (Task.closed_at.is_(None), Task.assignee_id.not_in(sees_all))
    await change_rows(session, Task, of_recipient, *others, assignee_id=None)


async def end_for_call(session: AsyncSession, call_id: int, admin_id: int) -> Sequence[int]:
    """End the open tasks that are about this call, since somebody did something about it; gives their IDs."""
    about = sa.select(TaskCall.task_id).where(TaskCall.call_id == call_id)
    which: Any = (Task.id.in_(about), Task.closed_at.is_(None))
    tasks = (await session.scalars(sa.select(Task).where(*which))).all()
    for task in tasks:
        end(task, TaskOutcome.DONE, admin_id)
    await session.flush()
    return [task.id for task in tasks]
