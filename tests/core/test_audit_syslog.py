"""The head of the audit records goes to the host's syslog, so that a cut end is seen."""

import contextlib
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.app.audit import syslog, trail
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


async def with_syslog(directory: Path) -> World:
    config = directory / ".config/carecall/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text("audit_syslog = true\n")
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
