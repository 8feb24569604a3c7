"""The use cases of tasks: do what there is to do. Calls make them: ``core.tasks.from_calls``."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.app.audit import trail
from core.app.permissions import SYSTEM_ADMINS, WRITERS, About, Shows
from core.app.upkeep import run_upkeep
from core.app.use_case import Steps, use_case
from core.db.models import Admin, Recipient, Task
from core.followups.service import add_followup
from core.recipients.lookup import organization_of
from core.recipients.queries import visible_recipients
from core.tasks.dto import NextStep, TaskQuery, TaskRow, Ticked
from core.tasks.from_calls import catch_up, end
from core.tasks.reading import TaskReading, may_work, not_found
from core.tasks.rules import (
    OUTCOME_WORDS,
    TaskKind,
    TaskOutcome,
    check_later,
    clean_note,
    clean_text,
    rank_of,
    why_not_acknowledge,
    why_not_later,
    why_not_take,
)
from core.values.errors import ActionBlocked, Conflict, InvalidInput
from core.values.i18n import _
from core.values.text import clean_reason
from core.values.times import now


class TaskService(TaskReading, name="tasks"):
    """Tasks, as far as the actor may see their recipients. Those of deleted recipients are not there.

    Each change raises NotFound, ActionBlocked where the task is closed, and Conflict with the present one where it
    has another ``version`` than the one that is given.
    """

    @use_case(SYSTEM_ADMINS, "steps", shows=Shows.NOBODY)
    async def tick(self, steps: Steps) -> Ticked:
        """Do what time brings (``core.app.upkeep``), and make the tasks that are missing.

        Done again, or by two at once, it does nothing twice.
        """
        resumed = await run_upkeep(self._database, self._settings)
        made = await catch_up(self._database, self._settings)
        async with steps.reading() as (session, actor):
            return Ticked(resumed, made, await self._numbers(session, actor, TaskQuery()))

    @use_case(WRITERS, "write", recipient_id=About.RECIPIENT)
    async def add(
        self, session: AsyncSession, actor: Actor, recipient_id: int, text: str, due_at: datetime
    ) -> TaskRow:
        """Add an own task on a recipient, due at a moment (UTC); it is the actor's.

        Raises NotFound, and InvalidInput for the text and a moment that is not to come.
        """
        organization_id = await organization_of(session, actor, recipient_id)
        cleaned = clean_text(text)
        check_later(due_at, now())
        made = Task(
            recipient_id=recipient_id,
            organization_id=organization_id,
            kind=TaskKind.OWN.value,
            rank=rank_of(TaskKind.OWN),
            since=now(),
            text=cleaned,
            due_at=due_at,
            assignee_id=actor.admin_id,
            created_at=now(),
            count=0,
        )
        session.add(made)
        await session.flush()
        await _record(session, actor, "task.add", made)
        return await self._one(session, actor, made.id)

    @use_case(WRITERS, "write", task_id=About.TASK)
    async def take(
        self, session: AsyncSession, actor: Actor, task_id: int, *, version: int | None = None
    ) -> TaskRow:
        """Make it the actor's. Raises ActionBlocked where somebody else has it."""
        task = await self._open(session, actor, task_id, version)
        current = await self._one(session, actor, task_id)
        if reason := why_not_take(current.assignee_id, current.assignee, actor.admin_id):
            raise ActionBlocked(reason, _("Whoever has it can give it to you."))
        if current.assignee_id == actor.admin_id:
            return current
        return await self._changed(session, actor, "task.take", task, assignee_id=actor.admin_id)

    @use_case(WRITERS, "write", task_id=About.TASK)
    async def give(
        self,
        session: AsyncSession,
        actor: Actor,
        task_id: int,
        assignee_id: int | None,
        *,
        version: int | None = None,
    ) -> TaskRow:
        """Give it to somebody who may write in its organization; None: to nobody. Raises InvalidInput."""
        task = await self._open(session, actor, task_id, version)
        if assignee_id is not None:
            await _require_may_work(session, assignee_id, task.organization_id)
        return await self._changed(session, actor, "task.give", task, assignee_id=assignee_id)

    @use_case(WRITERS, "write", task_id=About.TASK)
    async def later(
        self,
        session: AsyncSession,
        actor: Actor,
        task_id: int,
        until: datetime,
        *,
        version: int | None = None,
    ) -> TaskRow:
        """Put it off until a moment (UTC, in the future); one more try is counted.

        Raises ActionBlocked for an emergency that nobody has acknowledged.
        """
        check_later(until, now())
        task = await self._open(session, actor, task_id, version)
        if reason := why_not_later(await self._one(session, actor, task_id)):
            raise ActionBlocked(reason, _("Acknowledge it, then put it off."))
        values = {"due_at": until, "tries": task.tries + 1}
        return await self._changed(session, actor, "task.later", task, **values)

    @use_case(WRITERS, "write", task_id=About.TASK)
    async def acknowledge(
        self, session: AsyncSession, actor: Actor, task_id: int, *, version: int | None = None
    ) -> TaskRow:
        """Say that an emergency was seen. Raises ActionBlocked where somebody did already."""
        task = await self._open(session, actor, task_id, version)
        current = await self._one(session, actor, task_id)
        if reason := why_not_acknowledge(current.kind, current.acknowledged_by):
            raise ActionBlocked(reason)
        values = {"acknowledged_at": now(), "acknowledged_by": actor.admin_id}
        return await self._changed(session, actor, "task.acknowledge", task, **values)

    @use_case(WRITERS, "write", task_id=About.TASK)
    async def drop(
        self,
        session: AsyncSession,
        actor: Actor,
        task_id: int,
        reason: str,
        *,
        version: int | None = None,
    ) -> TaskRow:
        """Close it undone, with a reason. Raises ActionBlocked where it is closed already."""
        cleaned = clean_reason(reason)
        task = await self._open(session, actor, task_id, version)
        end(task, TaskOutcome.DROPPED, actor.admin_id, cleaned)
        return await self._changed(session, actor, "task.drop", task)

    @use_case(WRITERS, "write", task_id=About.TASK)
    async def done(
        self,
        session: AsyncSession,
        actor: Actor,
        task_id: int,
        *,
        action_type: str = "",
        details: str = "",
        next_step: NextStep | None = None,
        version: int | None = None,
    ) -> TaskRow:
        """Close it as done, with the follow-up action of its call and the next step, all in one.

        Without ``action_type`` no follow-up action is added; the details are then kept with the task. Raises
        ActionBlocked where it is closed already, or the call has a follow-up action; InvalidInput where there is
        no call that could get one.
        """
        task = await self._open(session, actor, task_id, version)
        note = ""
        if action_type:
            if task.call_id is None:
                raise InvalidInput(_("This task has no call."), field="action_type")
            await add_followup(session, actor, task.call_id, action_type, details)
        else:
            note = clean_note(details)
        end(task, TaskOutcome.DONE, actor.admin_id, note)
        if next_step is not None:
            await self._add_next(session, actor, task, next_step)
        return await self._changed(session, actor, "task.done", task)

    async def _add_next(
        self, session: AsyncSession, actor: Actor, task: Task, step: NextStep
    ) -> None:
        check_later(step.due_at, now())
        if step.assignee_id is not None:
            await _require_may_work(session, step.assignee_id, task.organization_id)
        made = Task(
            recipient_id=task.recipient_id,
            organization_id=task.organization_id,
            kind=TaskKind.NEXT_STEP.value,
            rank=rank_of(TaskKind.NEXT_STEP),
            call_id=task.call_id,
            since=now(),
            text=clean_text(step.text),
            due_at=step.due_at,
            assignee_id=actor.admin_id if step.assignee_id is None else step.assignee_id,
            created_at=now(),
        )
        session.add(made)
        await session.flush()
        await _record(session, actor, "task.add", made)

    async def _open(
        self, session: AsyncSession, actor: Actor, task_id: int, version: int | None
    ) -> Task:
        """The open task, held until the transaction ends.

        Raises NotFound, ActionBlocked where it is closed, Conflict where it has another version than is expected.
        """
        seen = sa.select(Recipient.id).where(visible_recipients(actor))
        task = await session.scalar(
            sa.select(Task)
            .where(Task.id == task_id, Task.recipient_id.in_(seen))
            .with_for_update(of=Task)
        )
        if task is None:
            raise not_found()
        if task.closed_at is not None:
            row = await self._one(session, actor, task_id)
            outcome = _(OUTCOME_WORDS[row.outcome]) if row.outcome is not None else ""
            raise ActionBlocked(
                _("It is closed: {outcome}, by {name}.").format(outcome=outcome, name=row.closed_by)
                if row.closed_by
                else _("It is closed: {outcome}.").format(outcome=outcome)
            )
        if version is not None and version != task.version:
            raise Conflict(
                _(
                    "Somebody has changed it since: you know version {known}, it is {now} now."
                ).format(known=version, now=task.version),
                _("Look at it again: carecall task list."),
                current=await self._one(session, actor, task_id),
            )
        return task

    async def _changed(
        self, session: AsyncSession, actor: Actor, action: str, task: Task, **values: Any
    ) -> TaskRow:
        for name, value in values.items():
            setattr(task, name, value)
        await session.flush()
        await _record(session, actor, action, task)
        return await self._one(session, actor, task.id)


async def _require_may_work(session: AsyncSession, assignee_id: int, organization_id: int) -> None:
    may = sa.select(Admin.id).where(Admin.id == assignee_id, *may_work(organization_id))
    if await session.scalar(may) is None:
        raise InvalidInput(
            _("This admin cannot work on it."), _("Choose somebody else."), field="assignee"
        )


async def _record(session: AsyncSession, actor: Actor, action: str, task: Task) -> None:
    await trail.record(
        session,
        actor,
        action,
        "task",
        task.id,
        organization_id=task.organization_id,
        details={"recipient": task.recipient_id, "kind": task.kind},
    )
