"""The head of the audit records goes to the host's syslog, so that a cut end is seen; whole records, if wanted."""

import contextlib
import json
import re
import shutil
import socket
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.app.audit import syslog, trail
from core.app.audit.forwarding import waiting
from tests.audit_trail import actions, records
from tests.factories import World, make_services


@pytest.fixture
def log() -> Iterator[tuple[str, socket.socket]]:
    # the path of a socket must be short
    directory = Path(tempfile.mkdtemp())
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listening.bind(str(directory / "log"))
    listening.settimeout(10)
    yield str(directory / "log"), listening
    listening.close()
    shutil.rmtree(directory)


async def with_syslog(directory: Path, wanted: str = "true") -> World:
    config = directory / ".config/carecall/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(f"audit_syslog = {wanted}\n")
    return await make_services(directory)


async def test_each_head_goes_to_the_hosts_syslog_and_nothing_else(
    tmp_path: Path, log: tuple[str, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, listening = log
    monkeypatch.setattr(syslog, "SOCKET", path)
    world = await with_syslog(tmp_path)
    row = await world.recipient(await world.organization())
    [record] = await records(world)
    line = listening.recv(1024).decode()
    assert line == f"<37>carecall: audit head id={record.id} hash={record.hash}"
    tail = line.rpartition("hash=")[2]
    await world.services.recipients.reveal(world.system, row.id)
    assert (await world.services.audit.verify(world.system, tail)).is_whole
    await world.close()


async def test_what_was_rolled_back_is_not_told(
    tmp_path: Path, log: tuple[str, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, listening = log
    monkeypatch.setattr(syslog, "SOCKET", path)
    world = await with_syslog(tmp_path)
    body = await world.organization()
    row = await world.recipient(body)
    listening.recv(1024)
    with contextlib.suppress(RuntimeError):
        async with world.database.transaction() as session:
            await trail.record(session, world.system, "x", "x")
            raise RuntimeError
    await world.services.recipients.reveal(world.system, row.id)
    assert f"id={(await records(world))[-1].id} " in listening.recv(1024).decode()
    await world.close()


async def test_a_host_without_syslog_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(syslog, "SOCKET", str(tmp_path / "none"))
    world = await with_syslog(tmp_path)
    await world.recipient(await world.organization())
    assert await actions(world) == ["recipient.add"]
    await world.close()


# whole records


class Syslog:
    """A daemon that reads its socket in a thread, may be away, and may be killed with a full queue."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.lines: list[bytes] = []

    def __enter__(self) -> "Syslog":
        Path(self.path).unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.path)
        self._thread = threading.Thread(target=self._read)
        self._thread.start()
        return self

    def _read(self) -> None:
        while (line := self._socket.recv(65_536)) != b"":
            self.lines.append(line)

    def __exit__(self, *_error: object) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ending:
            ending.connect(self.path)
            ending.send(b"")
        self._thread.join()
        self._socket.close()


def records_in(lines: list[bytes]) -> list[dict[str, Any]]:
    """The records of messages, put together from their parts; each kept once, as its number says."""
    parts: dict[tuple[str, int], dict[int, bytes]] = {}
    for line in lines:
        found = re.fullmatch(
            rb"<37>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z [!-~]+ carecall - (changes|access)"
            rb' \[carecall@32473 chain="\1" number="(\d+)" part="(\d+)" of="(\d+)"\] ([ -~]*)',
            line,
        )
        assert found is not None, line
        assert len(line) <= 2_048
        chain, number, part, of, text = found.groups()
        assert int(part) <= int(of)
        parts.setdefault((chain.decode(), int(number)), {})[int(part)] = text
    return [json.loads(b"".join(found[at] for at in sorted(found))) for found in parts.values()]


@pytest.fixture
async def forwarding(
    tmp_path: Path, log: tuple[str, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[World, str]]:
    log[1].close()
    monkeypatch.setattr(syslog, "SOCKET", log[0])
    monkeypatch.setattr(syslog, "PATIENCE", 0.2)
    world = await with_syslog(tmp_path, '"records"')
    yield world, log[0]
    await world.close()


async def test_whole_records_arrive_once_though_syslog_was_away(
    forwarding: tuple[World, str],
) -> None:
    world, path = forwarding
    row = await world.recipient(await world.organization())
    await world.services.run_upkeep()  # nobody is there
    with Syslog(path) as first:
        await world.services.recipients.get(world.system, row.id)
        await world.services.run_upkeep()
        await world.services.run_upkeep()
    await world.services.recipients.reveal(world.system, row.id)
    await world.services.run_upkeep()  # away again
    long = {"ids": list(range(10**9, 10**9 + 1_000)), "reason": "한글\x7f\n<37>1 forged"}
    async with world.database.transaction() as session:
        await trail.record(session, world.system, "recipient.delete", "recipient", details=long)
    with Syslog(path) as second:
        await world.services.tasks.tick(world.system)
    found = records_in([line for line in first.lines + second.lines if b"audit head" not in line])
    changes = [one for one in found if one["chain"] == "changes"]
    kept = await records(world)
    assert [one["number"] for one in changes] == [one.id for one in kept]
    assert changes[-1]["details"] == long
    assert (changes[0]["login"], changes[0]["action"]) == ("root", "recipient.add")
    looks = [one for one in found if one["chain"] == "access"]
    assert [one["action"] for one in looks] == ["look.details"]
    # the chain can be followed where they arrive
    previous = trail.GENESIS
    for one in changes:
        covered = {
            name: value for name, value in one.items()
            if name not in ("chain", "number", "login", "previous", "hash")
        }  # fmt: skip
        assert one["previous"] == previous
        previous = trail.chain_hash(previous, covered)
        assert one["hash"] == previous
    # nothing came twice
    sent = [line for line in first.lines + second.lines if b"audit head" not in line]
    assert len(sent) == len(set(sent))


async def test_what_lay_unread_when_syslog_was_killed_is_sent_again(
    forwarding: tuple[World, str],
) -> None:
    world, path = forwarding
    for name in ("one", "two", "three"):
        await world.organization(name)
    await world.recipient(1)
    Path(path).unlink()
    dying = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    dying.bind(path)
    await world.services.run_upkeep()
    unread = dying.recv(65_536)
    dying.close()  # with what it has not read
    with Syslog(path) as there:
        await world.services.run_upkeep()
    assert unread in there.lines  # marked with its number, so that who gets it twice knows
    found = records_in(there.lines)
    assert [one["number"] for one in found] == [one.id for one in await records(world)]


async def test_doctor_tells_of_records_that_syslog_has_not_taken(
    forwarding: tuple[World, str],
) -> None:
    world, path = forwarding
    await world.recipient(await world.organization())
    async with world.database.reading() as session:
        assert (await waiting(session)).records == 1
    with Syslog(path):
        await world.services.run_upkeep()
    async with world.database.reading() as session:
        assert (await waiting(session)).records == 0
