"""Whatever admins and calls do in which order: the rules of follow-up actions, memos and memory details hold."""

import asyncio
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from core.app.actor import Actor
from core.calls.rules import Verdict
from core.db.models import AuditRecord, Call, FollowupAction
from core.followups.rules import ActionType
from core.values.errors import ActionBlocked, Conflict, NotFound, NotPermitted
from core.values.roles import Role
from tests.deliveries import call, deliver, minutes_ago, small_world
from tests.factories import World, make_services, next_phone

WHO = st.sampled_from(["root", "kim", "choi", "park", "stranger"])
MAY_WRITE = {"root", "kim", "choi"}
TEXT = st.text("ab가나 \n", min_size=1, max_size=8).filter(str.strip)
CONTENT = st.sampled_from(["Knee hurts", "Sleeps well", "Has a dog"])
ANY = st.integers(0, 5)


async def _make(directory: Path) -> tuple[World, dict[str, Actor]]:
    world = await make_services(directory)
    await small_world(world)
    other = await world.organization("Suncheon")
    return world, {
        "root": world.system,
        "kim": await world.admin("kim", Role.ORGANIZATION, 1),
        "choi": await world.admin("choi", Role.ORGANIZATION, 1),
        "park": await world.admin("park", Role.VIEWER, 1),
        "stranger": await world.admin("stranger", Role.ORGANIZATION, other),
    }


class Notes(RuleBasedStateMachine):
    """A recipient, five admins, and what should be there after each step.

    Every example has a recipient of its own; the database is made once, for it takes longer than an example.
    """

    runner: asyncio.Runner
    world: World
    admins: dict[str, Actor]

    def __init__(self) -> None:
        super().__init__()
        self.services = self.world.services
        self.phone = next_phone()
        self.recipient = self.run(self.world.recipient(1, "김영희", self.phone)).id
        self.calls: list[int] = []
        self.followups: dict[int, int] = {}  # call: follow-up action
        self.memos: dict[int, tuple[str, str]] = {}  # memo: author, text
        self.reset: dict[str, bool] = {}  # content: reset now
        self.recorded = self.run(self.count_changes())
        self.changes = 0

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(work)

    async def count(self, select: sa.Select[tuple[int]]) -> int:
        async with self.world.database.reading() as session:
            return await session.scalar(select) or 0

    async def count_changes(self) -> int:
        counted = sa.select(sa.func.count()).select_from(AuditRecord)
        return await self.count(counted.where(AuditRecord.action != "refused"))

    def tried(self, who: str, work: Coroutine[Any, Any, Any]) -> Any:
        """The result of a change, or the error where it is refused; who may not write always is."""
        try:
            result = self.run(work)
        except (ActionBlocked, Conflict, NotFound, NotPermitted) as error:
            return error
        assert who in MAY_WRITE
        self.changes += 1
        return result

    @rule(content=CONTENT, old=st.booleans())
    def a_call_comes_in(self, content: str, old: bool) -> None:
        name = f"c-{self.recipient}-{len(self.calls)}"
        at = minutes_ago(600 if old else -4)
        memory = [{"topic": "health", "content": content}]
        brought = call(name, recipient_phone=self.phone, started_at=at, memory=memory)
        self.run(deliver(self.world, brought))
        found = self.run(self.services.calls.by_external_id(self.admins["root"], name))
        self.calls.append(found.id)
        self.changes += 1
        if content not in self.reset or not old:
            self.reset[content] = False

    @rule(who=WHO, at=ANY, kind=st.sampled_from(list(ActionType)), details=TEXT)
    def add_followup(self, who: str, at: int, kind: ActionType, details: str) -> None:
        if not self.calls:
            return
        call_id = self.calls[at % len(self.calls)]
        made = self.tried(
            who, self.services.followups.add(self.admins[who], call_id, kind, details)
        )
        if isinstance(made, Exception):
            assert who not in MAY_WRITE or call_id in self.followups
        else:
            assert call_id not in self.followups
            self.followups[call_id] = made.id

    @rule(who=WHO, at=ANY)
    def delete_followup(self, who: str, at: int) -> None:
        if not self.followups:
            return
        call_id = sorted(self.followups)[at % len(self.followups)]
        done = self.tried(
            who, self.services.followups.delete(self.admins[who], self.followups[call_id], 1)
        )
        if not isinstance(done, Exception):
            del self.followups[call_id]

    @rule(who=WHO, text=TEXT)
    def add_memo(self, who: str, text: str) -> None:
        made = self.tried(who, self.services.memos.add(self.admins[who], self.recipient, text))
        if not isinstance(made, Exception):
            self.memos[made.id] = (who, made.text)

    @rule(who=WHO, at=ANY, text=TEXT, stale=st.booleans())
    def edit_memo(self, who: str, at: int, text: str, stale: bool) -> None:
        if not self.memos:
            return
        memo_id = sorted(self.memos)[at % len(self.memos)]
        author, before = self.memos[memo_id]
        current = self.run(self.services.memos.get(self.admins["root"], memo_id))
        version = current.version - stale
        done = self.tried(who, self.services.memos.edit(self.admins[who], memo_id, text, version))
        if not isinstance(done, Exception):
            assert who == author
            assert not stale
            self.memos[memo_id] = (author, done.text)
            if done.text == before:
                self.changes -= 1

    @rule(who=WHO, at=ANY)
    def delete_memo(self, who: str, at: int) -> None:
        if not self.memos:
            return
        memo_id = sorted(self.memos)[at % len(self.memos)]
        current = self.run(self.services.memos.get(self.admins["root"], memo_id))
        done = self.tried(
            who, self.services.memos.delete(self.admins[who], memo_id, current.version)
        )
        if not isinstance(done, Exception):
            assert self.memos.pop(memo_id)[0] == who

    @rule(who=WHO, at=ANY)
    def reset_memory(self, who: str, at: int) -> None:
        rows = self.run(self.services.memory.list(self.admins["root"], self.recipient))
        if not rows:
            return
        row = rows[at % len(rows)]
        done = self.tried(who, self.services.memory.reset(self.admins[who], row.id, row.version))
        if isinstance(done, Exception):
            assert who not in MAY_WRITE or self.reset[row.content]
        else:
            self.reset[row.content] = True

    @rule(who=WHO, at=ANY, verdict=st.sampled_from(list(Verdict)))
    def give_feedback(self, who: str, at: int, verdict: Verdict) -> None:
        if self.calls:
            call_id = self.calls[at % len(self.calls)]
            self.tried(who, self.services.feedback.give(self.admins[who], call_id, verdict))

    @invariant()
    def at_most_one_followup_for_each_call(self) -> None:
        rows = self.run(self.services.followups.list(self.admins["root"], self.recipient))
        assert {row.call_id: row.id for row in rows} == self.followups
        stored = sa.select(sa.func.count()).select_from(FollowupAction).join(Call)
        of_this_one = stored.where(Call.recipient_id == self.recipient)
        assert self.run(self.count(of_this_one)) == len(self.followups)

    @invariant()
    def memos_are_as_their_authors_left_them(self) -> None:
        rows = self.run(self.services.memos.list(self.admins["root"], self.recipient))
        assert {row.id: (row.author, row.text) for row in rows} == {
            key: ("Root" if who == "root" else who, text) for key, (who, text) in self.memos.items()
        }

    @invariant()
    def reset_memory_came_back_by_later_calls_only(self) -> None:
        rows = self.run(self.services.memory.list(self.admins["root"], self.recipient))
        assert {row.content: row.is_reset for row in rows} == self.reset

    @invariant()
    def every_change_has_its_audit_record(self) -> None:
        assert self.run(self.count_changes()) == self.recorded + self.changes


class TestNotes(Notes.TestCase):
    """A few ways of working."""

    settings = settings(max_examples=8, stateful_step_count=16, deadline=None)

    @classmethod
    def setUpClass(cls) -> None:
        Notes.runner = asyncio.Runner()
        cls.directory = tempfile.TemporaryDirectory()
        Notes.world, Notes.admins = Notes.runner.run(_make(Path(cls.directory.name)))

    @classmethod
    def tearDownClass(cls) -> None:
        Notes.runner.run(Notes.world.close())
        Notes.runner.close()
        cls.directory.cleanup()


@pytest.mark.long
class TestManyNotes(TestNotes):
    """Many longer ones."""

    settings = settings(max_examples=20, stateful_step_count=30, deadline=None)
