"""Whatever admins and calls do in which order: the rules of follow-up actions, memos and memory details hold."""

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from core.actor import Actor, Role
from core.calls.rules import Verdict
from core.errors import ActionBlocked, Conflict, NotFound, NotPermitted
from core.followups.rules import ActionType
from core.models import AuditRecord, FollowupAction, MemoryVersion
from core.services import Services
from tests.deliveries import call, deliver, minutes_ago, small_world
from tests.factories import World, make_services, make_settings

WHO = st.sampled_from(["root", "kim", "choi", "park", "stranger"])
MAY_WRITE = {"root", "kim", "choi"}
TEXT = st.text("ab가나 \n", min_size=1, max_size=8).filter(str.strip)
CONTENT = st.sampled_from(["Knee hurts", "Sleeps well", "Has a dog"])
ANY = st.integers(0, 5)

_template: tuple[bytes, dict[str, Actor]] | None = None


async def _make_template(directory: Path) -> dict[str, Actor]:
    world = await make_services(directory)
    await small_world(world)
    other = await world.organization("Suncheon")
    admins = {
        "root": world.system,
        "kim": await world.admin("kim", Role.ORGANIZATION, 1),
        "choi": await world.admin("choi", Role.ORGANIZATION, 1),
        "park": await world.admin("park", Role.VIEWER, 1),
        "stranger": await world.admin("stranger", Role.ORGANIZATION, other),
    }
    await world.close()
    return admins


class Notes(RuleBasedStateMachine):
    """One recipient, five admins, and what should be there after each step."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.directory = Path(tempfile.mkdtemp())
        self.database = self.directory / "carecall.db"
        self.calls: list[int] = []
        self.followups: dict[int, int] = {}  # call: follow-up action
        self.memos: dict[int, tuple[str, str]] = {}  # memo: author, text
        self.reset: dict[str, bool] = {}  # content: reset now
        self.changes = 0

    @initialize()
    def open(self) -> None:
        global _template
        if _template is None:
            admins = self.run(_make_template(self.directory))
            _template = self.database.read_bytes(), admins
        self.database.write_bytes(_template[0])
        self.admins = _template[1]
        services = self.run(Services.open(make_settings(self.directory)))
        self.services = services
        self.world = World(services, self.admins["root"])
        self.recorded = self.run(self.count_changes())

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(work)

    async def count(self, table: Any) -> int:
        async with self.world.database.reading() as session:
            return await session.scalar(sa.select(sa.func.count()).select_from(table)) or 0

    async def count_changes(self) -> int:
        changes = sa.select(sa.func.count()).where(AuditRecord.action != "refused")
        async with self.world.database.reading() as session:
            return await session.scalar(changes) or 0

    def tried(self, who: str, work: Coroutine[Any, Any, Any]) -> Any:
        """The result of a change, or the error where it is refused; who may not write always is."""
        try:
            result = self.run(work)
        except (ActionBlocked, Conflict, NotFound, NotPermitted) as error:
            return error
        assert who in MAY_WRITE
        self.changes += 1
        return result

    def teardown(self) -> None:
        if hasattr(self, "services"):
            self.run(self.services.close())
        self.runner.close()
        shutil.rmtree(self.directory)

    @rule(content=CONTENT, old=st.booleans())
    def a_call_comes_in(self, content: str, old: bool) -> None:
        name = f"c-{len(self.calls)}"
        at = minutes_ago(600 if old else -4)
        memory = [{"topic": "health", "content": content}]
        self.run(deliver(self.world, call(name, started_at=at, memory=memory)))
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
        made = self.tried(who, self.services.memos.add(self.admins[who], 1, text))
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
        rows = self.run(self.services.memory.list(self.admins["root"], 1))
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
        if hasattr(self, "services"):
            rows = self.run(self.services.followups.list(self.admins["root"], 1))
            assert {row.call_id: row.id for row in rows} == self.followups
            assert self.run(self.count(FollowupAction)) == len(self.followups)

    @invariant()
    def memos_are_as_their_authors_left_them(self) -> None:
        if hasattr(self, "services"):
            rows = self.run(self.services.memos.list(self.admins["root"], 1))
            assert {row.id: (row.author, row.text) for row in rows} == {
                key: ("Root" if who == "root" else who, text)
                for key, (who, text) in self.memos.items()
            }

    @invariant()
    def reset_memory_came_back_by_later_calls_only(self) -> None:
        if hasattr(self, "services"):
            rows = self.run(self.services.memory.list(self.admins["root"], 1))
            assert {row.content: row.is_reset for row in rows} == self.reset
            assert self.run(self.count(MemoryVersion)) >= len(rows)

    @invariant()
    def every_change_has_its_audit_record(self) -> None:
        if hasattr(self, "services"):
            assert self.run(self.count_changes()) == self.recorded + self.changes


Notes.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestNotes = Notes.TestCase
