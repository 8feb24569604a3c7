"""Payloads in every text of the database, on every screen: no byte acts on the terminal, markup is text."""

import contextlib
import sqlite3
from collections.abc import Iterator

import pytest

from core.db.models import Admin, Call, Campaign, FollowupAction, Memo, Organization
from core.values.times import now
from tests.commands import Carecall
from tests.deliveries import PHONE, call, deliver
from tests.factories import World
from tests.terminal.driver import Terminal
from tests.terminal.host import Host
from tests.terminal.payloads import PAYLOADS, assert_harmless, literal, poison
from tests.workbooks import workbook

COUNT = len(PAYLOADS)


async def fill(world: World) -> None:
    """Something of every kind, as often as there are payloads, about the recipient that is listed first."""
    uploads, system, moment = world.services.uploads, world.system, now()
    body = await world.organization("Haeundae")
    people = [[f"이{at}", f"010{40_000_000 + at}", "", "Haeundae"] for at in range(COUNT)]
    wrong = [["", "1", "", "x"]] * COUNT
    for rows in (people[:1], people[:2], [*people, *wrong]):
        await uploads.upload(system, workbook(rows), "people.xlsx")
    row = await world.recipient(body, "김영희", PHONE)
    said = [{"at_s": at, "speaker": "ai", "text": f"t{at}"} for at in range(COUNT)]
    memory = [{"topic": f"topic {at}", "content": "x"} for at in range(COUNT)]
    await world.campaign("Morning", recipients=[row.id])
    await world.pause(row.id, reason="x")
    await world.campaign("Evening", recipients=[row.id])
    await deliver(world, call("c-0", utterances=said, memory=memory))
    held = [f"{at} is no call\n".encode() for at in range(COUNT)]
    await world.services.ingest.deliver(system, held)
    async with world.database.transaction() as session:
        for at in range(COUNT):
            name = {"name": f"x {at}", "name_key": f"x {at}", "created_at": moment}
            session.add(Organization(**name))
            session.add(Campaign(**name, state="in progress", organization_id=body))
            session.add(
                Admin(
                    login=f"x{at}", name="x", role="viewer", organization_id=body, created_at=moment
                )
            )
            session.add(
                Memo(
                    recipient_id=row.id, admin_id=1, text="x", created_at=moment, updated_at=moment
                )
            )
            rung = Call(
                external_id=f"x{at}",
                recipient_id=row.id,
                campaign_id=1,
                organization_id=body,
                started_at=moment,
                result="connected",
            )
            session.add(rung)
            await session.flush()
            session.add(
                FollowupAction(
                    call_id=rung.id,
                    recipient_id=row.id,
                    admin_id=1,
                    action_type="visited",
                    details="x",
                    created_at=moment,
                    updated_at=moment,
                )
            )


Step = tuple[str, str]  # a key, and what is seen then
# the ways to a place, and the dialogs that are opened and closed there
PLACES: dict[str, tuple[tuple[Step, ...], tuple[Step, ...]]] = {
    "list": (
        (),
        (
            ("a", "Add recipient"), ("e", "Edit recipient"), ("d", "Delete recipient"), ("o", "Type a part of"),
            ("p", "Pause participation"), ("u", "Upload recipients"), ("w", "it is recorded."),
            ("f", "Detailed search"), ("v", "View options"), ("s", "─ Sort ─"), ("?", "What can be done here"),
        ),
    ),
    "results": (
        (("U", "3 uploads"), ("enter", "Warning: p34")),
        (("e", "Correct row"), ("w", "Write failed rows"), ("z", "Undo the upload")),
    ),
    "details": (
        (("enter", "completed"),),
        (
            ("2 e", "Edit memory details"), ("2 r", "Reset memory"), ("2 enter", "History of a memory"),
            ("3 e", "Edit follow-up action"), ("3 d", "Delete follow-up action"),
            ("4 e", "Edit memo"), ("4 d", "Delete memo"),
        ),
    ),
}  # fmt: skip
COMMANDS = (
    "organization list",
    "admin list",
    "campaign list",
    "call-list",
    "call-list --format csv",
    "ingest --held",
)


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Host:
    """A host on which every text is a payload."""
    made = Host(tmp_path_factory.mktemp("host"))
    made.do(fill)
    poison(made.directory / "carecall.db")
    return made


@pytest.fixture(scope="module")
def shared(host: Host) -> Iterator[Terminal]:
    """A console that is large enough for whole texts."""
    with host.console(width=190, height=54) as it:
        it.sees(f"{COUNT + 1} recipients", *(f"p{at:02}" for at in range(COUNT)))
        yield it


@pytest.mark.parametrize("place", PLACES)
def test_no_payload_acts_on_a_screen(shared: Terminal, place: str) -> None:
    way, dialogs = PLACES[place]
    for key, seen in way:
        shared.press(key)
        shared.sees(seen)
    for keys, seen in dialogs:
        shared.press(*keys.split())
        shared.sees(seen)
        shared.press("escape")
        shared.sees_no(seen)
    if place == "results":
        text = shared.text()
        assert all(literal(payload) in text for payload in PAYLOADS)
    for _key, seen in reversed(way):
        shared.press("escape")
        shared.sees_no(seen)
    shared.settle()
    assert_harmless(shared.raw)


def test_no_payload_acts_where_two_versions_are_shown(host: Host, shared: Terminal) -> None:
    """Mine was typed; theirs, which is put there meanwhile, is a payload."""
    shared.press("e")
    shared.sees("Edit recipient")
    shared.type("김")
    shared.press("tab", "tab")
    shared.type("x")
    changed_elsewhere(host, "recipients")
    shared.press("ctrl+s")
    shared.sees("Nothing was overwritten.", literal(PAYLOADS[1]))
    shared.press("t")
    shared.sees_no("Edit recipient")
    shared.press("enter")
    shared.sees("Recipient details")
    shared.press("2")
    shared.sees("[2 Memory details", "machine")
    shared.press("e")
    shared.sees("Edit memory details")
    shared.press("end")
    shared.send(b"\x7f" * len(PAYLOADS[0]))
    shared.type("mine")
    changed_elsewhere(host, "memory_details")
    shared.press("ctrl+s")
    shared.sees("Nothing was overwritten.", "mine", "Theirs:")
    shared.press("t")
    shared.sees_no("Edit memory details")
    shared.press("escape")
    shared.sees_no("Recipient details")
    shared.settle()
    assert_harmless(shared.raw)


def changed_elsewhere(host: Host, table: str) -> None:
    with contextlib.closing(sqlite3.connect(host.directory / "carecall.db")) as other, other:
        other.execute(f"UPDATE {table} SET version = version + 1")


def test_no_payload_acts_in_what_was_not_saved(host: Host) -> None:
    with host.console() as first:
        first.sees("recipients  ", "p01")
        first.until(lambda: f"{COUNT + 1} recipients" in first.text())
        first.press("enter")
        first.sees("Recipient details")
        first.press("4")
        first.sees("a Add", "e Edit", "p34")
        first.press("e")
        first.sees("Edit memo")
        first.type("x")
        first.until(lambda: host.whole_drafts, "it is kept")
    with host.console() as second:
        second.sees("Not saved yet", "You were editing a memo.", "p00")
        second.press("x")
        second.sees_no("Not saved yet")
        second.settle()
        assert_harmless(second.raw)


@pytest.mark.parametrize("command", COMMANDS)
def test_no_payload_acts_in_what_a_command_prints(host: Host, command: str) -> None:
    done = Carecall(host.directory)(*command.split())
    assert done.code == 0
    assert "p01" in done.out
    assert_harmless((done.out + done.err).encode())
