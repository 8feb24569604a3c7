"""Reading tasks: a window of the list, counts, one, and who may have it."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.app.permissions import READERS, About, Shows
from core.app.use_case import Service, use_case
from core.calls.queries import ADMIN_NAME
from core.db.models import Admin, Task
from core.db.rows import one_or
from core.recipients.dto import FIRST_PAGE, Anchor, Page
from core.recipients.masking import is_masked
from core.tasks import queries
from core.tasks.dto import Assignee, TaskNumbers, TaskQuery, TaskRow
from core.values import phone
from core.values.errors import NotFound
from core.values.i18n import _
from core.values.roles import Role
from core.values.times import now


class TaskReading(Service):
    """The part of the task service that changes nothing."""

    @use_case(READERS, "read")
    async def window(
        self, session: AsyncSession, actor: Actor, query: TaskQuery, page: Page = FIRST_PAGE
    ) -> list[tuple[TaskRow, Anchor]]:
        """A page of the open tasks, emergencies first, then by due time, each with its own anchor."""
        select = queries.page(actor, query, now(), self._settings, page)
        found = (await session.execute(select)).all()
        return [(self._seen(actor, row), Anchor((row.rank, row.due_at), row.id)) for row in found]

    @use_case(READERS, "read", shows=Shows.NOBODY)
    async def count(self, session: AsyncSession, actor: Actor, query: TaskQuery) -> int:
        """How many open tasks the query finds."""
        conditions = queries.matching(actor, query, now(), self._settings)
        select = sa.select(sa.func.count(Task.id)).where(*conditions, queries.is_present())
        return await session.scalar(select) or 0

    @use_case(READERS, "read", shows=Shows.NOBODY)
    async def numbers(
        self, session: AsyncSession, actor: Actor, organization_id: int | None = None
    ) -> TaskNumbers:
        """How many there are of each kind that the console counts, of one organization or of all."""
        query = TaskQuery(organization_id=organization_id)
        return await self._numbers(session, actor, query)

    @use_case(READERS, "read")
    async def next_unseen(
        self, session: AsyncSession, actor: Actor, after: TaskRow | None = None
    ) -> TaskRow | None:
        """The emergency that nobody has acknowledged and that is due next after this one, round to the first."""
        place = None if after is None else (after.due_at, after.id)
        found = (await session.execute(queries.next_unseen(actor, place))).one_or_none()
        if found is None and place is not None:
            found = (await session.execute(queries.next_unseen(actor, None))).one_or_none()
        return None if found is None else self._seen(actor, found)

    @use_case(READERS, "read", task_id=About.TASK)
    async def get(self, session: AsyncSession, actor: Actor, task_id: int) -> TaskRow:
        """One task, open or closed. Raises NotFound."""
        return await self._one(session, actor, task_id)

    @use_case(READERS, "read")
    async def of_recipient(
        self, session: AsyncSession, actor: Actor, recipient_id: int
    ) -> Sequence[TaskRow]:
        """A recipient's tasks, the open ones first, then the latest."""
        select = queries.rows(actor, Task.recipient_id == recipient_id)
        order = (Task.closed_at.is_not(None), Task.created_at.desc(), Task.id.desc())
        return [self._seen(actor, row) for row in await session.execute(select.order_by(*order))]

    @use_case(READERS, "read", task_id=About.TASK, shows=Shows.NOBODY)
    async def assignees(
        self, session: AsyncSession, actor: Actor, task_id: int
    ) -> Sequence[Assignee]:
        """Whom it can be given to: who may write in its organization, by name. Raises NotFound."""
        task = await self._one(session, actor, task_id)
        select = sa.select(Admin.id, ADMIN_NAME, Admin.login).where(*may_work(task.organization_id))
        found = await session.execute(select.order_by(ADMIN_NAME, Admin.id))
        return [Assignee(*row) for row in found]

    async def _numbers(self, session: AsyncSession, actor: Actor, query: TaskQuery) -> TaskNumbers:
        counted = queries.numbers(actor, query, now(), self._settings)
        return TaskNumbers(*(await session.execute(counted)).one())

    async def _one(self, session: AsyncSession, actor: Actor, task_id: int) -> TaskRow:
        row = await one_or(session, queries.rows(actor, Task.id == task_id), not_found())
        return self._seen(actor, row)

    def _seen(self, actor: Actor, row: Any) -> TaskRow:
        made = queries.to_row(row)
        hidden = is_masked(actor, self._settings)
        return replace(made, phone=phone.hide(made.phone)) if hidden else made


def may_work(organization_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    """Who may have tasks of the organization."""
    own = sa.and_(Admin.role == Role.ORGANIZATION.value, Admin.organization_id == organization_id)
    return (Admin.disabled_at.is_(None), sa.or_(Admin.role == Role.SYSTEM.value, own))


def not_found() -> NotFound:
    """That a task is not there."""
    return NotFound(_("This task does not exist (any more)."))
