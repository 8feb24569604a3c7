"""Whatever is delivered and done, in whatever order: no reason is without a task, and none has two."""

import asyncio
import itertools
import shutil
import tempfile
from collections import Counter
from collections.abc import Awaitable
from pathlib import Path
from typing import Any, TypeVar

import hypothesis.strategies as st
import pytest
import sqlalchemy as sa
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from core.db.models import Call, Task, TaskCall
from core.tasks.dto import TaskQuery, TaskRow
from core.tasks.rules import TaskKind, TaskOutcome
from core.values.errors import ActionBlocked
from tests import postgresql
from tests.deliveries import call, deliver, minutes_ago, small_world, unanswered
from tests.factories import World, make_services

T = TypeVar("T")
minutes = st.integers(1, 60 * 24 * 6)


class Days(RuleBasedStateMachine):
    """One recipient, of whom calls tell, out of order and more than once, and the tasks that come of it."""

    def __init__(self) -> None:
        super().__init__()
        self.directory = Path(tempfile.mkdtemp())
        self.runner = asyncio.Runner()
        self.world: World = self.run(make_services(self.directory))
        self.run(small_world(self.world))
        self.delivered: list[dict[str, Any]] = []
        self.numbers = itertools.count(1)

    def teardown(self) -> None:
        self.run(self.world.close())
        postgresql.give_back()
        self.runner.close()
        shutil.rmtree(self.directory)

    def run(self, work: Awaitable[T]) -> T:
        async def wait() -> T:
            return await work

        return self.runner.run(wait())

    def open_tasks(self) -> list[TaskRow]:
        tasks = self.world.services.tasks
        return [row for row, _ in self.run(tasks.window(self.world.system, TaskQuery()))]

    @rule(ago=minutes, analysis=st.sampled_from(["normal", "negative", "emergency", None]))
    def a_call_is_connected(self, ago: int, analysis: str | None) -> None:
        self.deliver(
            call(f"c-{next(self.numbers)}", analysis=analysis, started_at=minutes_ago(ago))
        )

    @rule(ago=st.lists(minutes, min_size=1, max_size=4, unique=True))
    def calls_are_not_answered(self, ago: list[int]) -> None:
        made = (unanswered(f"c-{next(self.numbers)}", started_at=minutes_ago(one)) for one in ago)
        self.deliver(*made)

    def deliver(self, *made: dict[str, Any]) -> None:
        self.delivered += made
        self.run(deliver(self.world, *made))

    @rule(which=st.integers(0, 50), analysis=st.sampled_from(["", "negative", "emergency"]))
    def a_call_comes_again(self, which: int, analysis: str) -> None:
        if self.delivered:
            again = self.delivered[which % len(self.delivered)]
            if analysis and again["result"] == "connected":
                again["analysis"] = analysis
            self.run(deliver(self.world, again))

    @rule(which=st.integers(0, 5), way=st.sampled_from(["done", "drop", "followup"]))
    def somebody_does_one(self, which: int, way: str) -> None:
        found = self.open_tasks()
        if not found:
            return
        task, tasks, root = found[which % len(found)], self.world.services.tasks, self.world.system
        if way == "drop":
            self.run(tasks.drop(root, task.id, "not needed"))
        elif way == "done" or task.call_id is None:
            self.run(tasks.done(root, task.id))
        else:
            try:
                self.run(self.world.services.followups.add(root, task.call_id, "phoned"))
            except ActionBlocked:
                self.run(tasks.done(root, task.id))
        assert task.id not in {row.id for row in self.open_tasks()}

    @rule()
    def time_goes_by(self) -> None:
        self.run(self.world.services.tasks.tick(self.world.system))

    @invariant()
    def every_reason_has_one_task(self) -> None:
        calls, links, tasks = self.run(self.everything())
        wanted = self.world.settings.tasks.unanswered
        of_kind = Counter((link.call_id, tasks[link.task_id].kind) for link in links)
        assert set(of_kind.values()) <= {1}
        for one in calls:
            if one.analysis in ("emergency", "negative"):
                assert of_kind[one.id, one.analysis] == 1, one.external_id
        open_of = Counter(task.kind for task in tasks.values() if task.closed_at is None)
        assert set(open_of.values()) <= {1}
        answered = max((c.started_at for c in calls if c.result == "connected"), default=None)
        tail = {
            c.id
            for c in calls
            if c.result == "unanswered" and (answered is None or c.started_at > answered)
        }
        about = {
            link.call_id: tasks[link.task_id]
            for link in links
            if tasks[link.task_id].kind == TaskKind.UNANSWERED
        }
        dealt_with = (TaskOutcome.DONE, TaskOutcome.DROPPED)
        free = [c for c in tail if c not in about or about[c].outcome not in dealt_with]
        assert open_of[TaskKind.UNANSWERED] == (len(free) >= wanted)

    async def everything(self) -> tuple[list[Call], list[TaskCall], dict[int, Task]]:
        async with self.world.database.reading() as session:
            calls = (await session.scalars(sa.select(Call))).all()
            links = (await session.scalars(sa.select(TaskCall))).all()
            tasks = {task.id: task for task in await session.scalars(sa.select(Task))}
            return [*calls], [*links], tasks


class TestDays(Days.TestCase):
    """A few of them."""

    settings = settings(max_examples=6, stateful_step_count=16, deadline=None)


@pytest.mark.long
class TestManyDays(Days.TestCase):
    """Many longer ones."""

    settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
