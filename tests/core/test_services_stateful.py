"""Whatever admins do, in whatever order: the call list, the status and the audit trail are right."""

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import hypothesis.strategies as st
import pytest
from hypothesis import settings
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)
from msgspec import Struct, field

from core.app.actor import Actor
from core.campaigns.participations import resume_due
from core.recipients.deletion_dto import DeletedSelection
from core.recipients.dto import RecipientQuery, Selection
from core.recipients.rules import RecipientDraft, Status
from core.values.errors import ActionBlocked, Conflict, CoreError, NotFound
from core.values.roles import Role
from core.values.times import now
from tests import postgresql
from tests.audit_trail import actions
from tests.factories import World, make_services, next_phone

T = TypeVar("T")


class Person(Struct):
    """What the model knows of a recipient."""

    name: str
    phone: str
    version: int
    campaigns: dict[str, bool] = field(default_factory=dict)  # name: paused
    until: bool = False  # the pause ends by itself
    deleted: bool = False

    @property
    def paused(self) -> bool:
        return any(self.campaigns.values())


class Console(RuleBasedStateMachine):
    """Recipients and campaigns of one organization, and a model of them in plain Python."""

    people = Bundle("people")
    campaigns = Bundle("campaigns")
    deletions = Bundle("deletions")

    def __init__(self) -> None:
        super().__init__()
        self.directory = Path(tempfile.mkdtemp())
        self.runner = asyncio.Runner()
        self.world: World = self.run(make_services(self.directory))
        self.organization = self.run(self.world.organization())
        self.other = self.run(self.world.admin("kim", Role.ORGANIZATION, self.organization))
        self.taken: dict[int, tuple[Actor, set[int]]] = {}
        self.model: dict[int, Person] = {}
        self.states: dict[str, str] = {}
        self.recorded = 0

    @initialize(target=people)
    def first_recipients(self) -> object:
        return multiple(self.add_one(), self.add_one())

    @initialize(target=campaigns)
    def first_campaigns(self) -> object:
        # most of what can go wrong needs a campaign in progress with everybody in it
        for name in ("Morning", "Evening"):
            self.change(self.world.services.campaigns.add(self.world.system, name))
            self.states[name] = "scheduled"
        self.change(self.world.services.campaigns.start(self.world.system, "Morning"))
        self.states["Morning"] = "in progress"
        return multiple("Morning", "Evening")

    def teardown(self) -> None:
        self.run(self.world.close())
        postgresql.give_back()
        self.runner.close()
        shutil.rmtree(self.directory)

    def add_one(self) -> int:
        draft = RecipientDraft("김영희", next_phone(), "", organization_id=self.organization)
        row = self.change(self.world.services.recipients.add(self.world.system, draft))
        self.model[row.id] = Person(row.name, row.phone, row.version)
        return row.id

    def run(self, action: Awaitable[T]) -> T:
        async def waited() -> T:
            return await action

        return self.runner.run(waited())

    def change(self, action: Awaitable[T], *, changes: bool = True) -> T:
        """Run what changes something: it has to leave an audit record, and only then."""
        result = self.run(action)
        trail = len(self.run(actions(self.world)))
        assert (trail > self.recorded) is changes
        self.recorded = trail
        return result

    def refused(self, action: Awaitable[object], kind: type[CoreError]) -> None:
        try:
            self.run(action)
        except kind:
            assert len(self.run(actions(self.world))) == self.recorded
        else:
            raise AssertionError(f"{kind.__name__} was expected")

    def status(self, person: Person) -> Status:
        """That of the campaign that counts most."""
        states = {self.states[name]: paused for name, paused in person.campaigns.items()}
        if "in progress" in states:
            return Status.PAUSED if states["in progress"] else Status.IN_PROGRESS
        if "scheduled" in states:
            return Status.SCHEDULED
        return Status.ENDED if states else Status.NONE

    # what admins do

    @precondition(lambda self: len(self.model) < 4)
    @rule(target=people)
    def add_recipient(self) -> int:
        return self.add_one()

    @rule(person=people, name=st.sampled_from(["김영희", "이철수", "박민수"]), stale=st.booleans())
    def edit_recipient(self, person: int, name: str, stale: bool) -> None:
        known = self.model[person]
        if known.deleted:
            return
        draft = RecipientDraft(name, known.phone, "", organization_id=self.organization)
        recipients = self.world.services.recipients
        version = known.version - 1 if stale else known.version
        edit = recipients.edit(self.world.system, person, draft, version)
        if stale:
            self.refused(edit, Conflict)
            return
        row = self.change(edit, changes=name != known.name)
        known.name, known.version = row.name, row.version

    @rule(target=deletions, chosen=st.sets(people, min_size=1, max_size=3), second=st.booleans())
    def delete_recipients(self, chosen: set[int], second: bool) -> int:
        present = {one for one in chosen if not self.model[one].deleted}
        if not present:
            return 0
        delete = self.world.services.recipients.delete
        actor = self.other if second else self.world.system
        selection = Selection(frozenset(present))
        self.refused(delete(actor, selection, len(present) + 1), Conflict)
        deletion = self.change(delete(actor, selection, len(present)))
        for one in present:
            self.model[one].deleted = True
            self.model[one].version += 1
        self.taken[deletion.id] = (actor, present)
        return deletion.id

    def back(self, ones: set[int]) -> None:
        for one in ones:
            self.model[one].deleted = False
            self.model[one].version += 1
        for _by, gone in self.taken.values():
            gone -= ones

    @rule(deletion=consumes(deletions), second=st.booleans())
    def undo_delete(self, deletion: int, second: bool) -> None:
        if not deletion:
            return
        actor = self.other if second else self.world.system
        undo = self.world.services.deletions.undo(actor, deletion)
        if gone := set(self.taken[deletion][1]):
            assert self.change(undo).count == len(gone)
            self.back(gone)
        else:
            self.refused(undo, NotFound)

    @rule(person=people, second=st.booleans())
    def restore_one(self, person: int, second: bool) -> None:
        actor = self.other if second else self.world.system
        selection = DeletedSelection(frozenset({person}))
        restore = self.world.services.deletions.restore(actor, selection)
        if self.model[person].deleted:
            assert self.change(restore).count == 1
            self.back({person})
        else:
            self.refused(restore, NotFound)

    @invariant()
    def each_finds_its_own_last_delete(self) -> None:
        for actor in (self.world.system, self.other):
            own = {
                number: gone
                for number, (by, gone) in self.taken.items()
                if gone and by.login == actor.login
            }
            last = self.run(self.world.services.deletions.latest(actor))
            assert (last and (last.id, last.count)) == (
                (max(own), len(own[max(own)])) if own else None
            )

    @precondition(lambda self: len(self.states) < 3)
    @rule(target=campaigns)
    def add_campaign(self) -> str:
        name = f"Campaign {len(self.states)}"
        self.change(self.world.services.campaigns.add(self.world.system, name))
        self.states[name] = "scheduled"
        return name

    @rule(name=campaigns)
    def start_campaign(self, name: str) -> None:
        start = self.world.services.campaigns.start(self.world.system, name)
        if self.states[name] == "scheduled":
            self.change(start)
            self.states[name] = "in progress"
        else:
            self.refused(start, ActionBlocked)

    @rule(name=campaigns)
    def end_campaign(self, name: str) -> None:
        end = self.world.services.campaigns.end(self.world.system, name)
        if self.states[name] == "in progress":
            self.change(end)
            self.states[name] = "ended"
        else:
            self.refused(end, ActionBlocked)

    @rule(name=campaigns, chosen=st.sets(people, min_size=1, max_size=3), everybody=st.booleans())
    def enroll_some(self, name: str, chosen: set[int], everybody: bool) -> None:
        self.enroll(name, chosen, everybody=everybody)

    def enroll(self, name: str, chosen: set[int], *, everybody: bool) -> None:
        meant = set(self.model) if everybody else chosen
        phones = [] if everybody else [self.model[one].phone for one in meant]
        enroll = self.world.services.campaigns.enroll(
            self.world.system, name, phones=phones, everybody=everybody
        )
        if self.states[name] == "ended":
            self.refused(enroll, ActionBlocked)
            return
        new = [
            self.model[one]
            for one in meant
            if not self.model[one].deleted and name not in self.model[one].campaigns
        ]
        assert self.change(enroll, changes=bool(new)).changed == len(new)
        for person in new:
            person.campaigns[name] = person.paused

    @rule(name=campaigns, person=people)
    def withdraw(self, name: str, person: int) -> None:
        known = self.model[person]
        withdraw = self.world.services.campaigns.withdraw(
            self.world.system, name, phones=[known.phone]
        )
        if self.states[name] == "ended":
            self.refused(withdraw, ActionBlocked)
            return
        there = name in known.campaigns and not known.deleted
        assert self.change(withdraw, changes=there).changed == there
        if there:
            del known.campaigns[name]

    @rule(person=people, until=st.booleans())
    def pause(self, person: int, until: bool) -> None:
        known = self.model[person]
        if known.deleted:
            return
        if not known.campaigns and self.states["Morning"] == "in progress":
            self.enroll("Morning", {person}, everybody=False)
        pause = self.world.pause(person, resumes_at=now() + timedelta(days=9) if until else None)
        if self.status(known) is not Status.IN_PROGRESS:
            self.refused(pause, ActionBlocked)
            return
        assert self.change(pause) == 1
        known.until = until
        for name in known.campaigns:
            known.campaigns[name] |= self.states[name] != "ended"

    @rule(person=people)
    def resume(self, person: int) -> None:
        known = self.model[person]
        if known.deleted:
            return
        resume = self.world.services.participations.resume(
            self.world.system, Selection(frozenset({person})), 1
        )
        if self.status(known) is not Status.PAUSED:
            self.refused(resume, ActionBlocked)
            return
        assert self.change(resume).done == 1
        known.campaigns = dict.fromkeys(known.campaigns, False)

    @precondition(lambda self: any(one.paused and one.until for one in self.model.values()))
    @rule()
    def the_day_comes(self) -> None:
        due = [one for one in self.model.values() if one.paused and one.until]
        self.run(self.world.day_comes())
        for person in due:
            person.campaigns = dict.fromkeys(person.campaigns, False)
        resumed = self.change(resume_due(self.world.database), changes=bool(due))
        assert resumed == len(due)

    # what has to hold after each of it

    @invariant()
    def the_call_list_is_that_of_the_model(self) -> None:
        async def phoned() -> set[tuple[str, int]]:
            entries = self.world.services.campaigns.call_list(self.world.system)
            return {(entry.campaign, entry.recipient) async for entry in entries}

        assert self.run(phoned()) == {
            (name, one)
            for one, person in self.model.items()
            for name, paused in person.campaigns.items()
            if not person.deleted and not paused and self.states[name] == "in progress"
        }
        self.recorded = len(self.run(actions(self.world)))  # reading it is recorded too

    @invariant()
    def the_list_is_that_of_the_model(self) -> None:
        rows = self.run(self.world.services.recipients.window(self.world.system, RecipientQuery()))
        assert {row.id: (row.name, row.version, row.status) for row, _ in rows} == {
            one: (person.name, person.version, self.status(person))
            for one, person in self.model.items()
            if not person.deleted
        }


class TestConsole(Console.TestCase):  # type: ignore[misc]
    """A few ways of working."""

    settings = settings(
        max_examples=5 if postgresql.wanted() else 8, stateful_step_count=20, deadline=None
    )


@pytest.mark.long
class TestConsoleForLong(TestConsole):
    """Many longer ones."""

    settings = settings(max_examples=20, stateful_step_count=30, deadline=None)
