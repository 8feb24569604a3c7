"""A backup is consistent while others write, private, whole, and never in the place of something else."""

import contextlib
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from core.app.services import Services
from core.io.identity import of_process
from core.recipients.dto import RecipientQuery
from core.values.errors import ActionBlocked, InvalidInput, NotPermitted, StorageUnavailable
from core.values.roles import Role
from tests.commands import ROOT, Carecall
from tests.core.test_audit import some_changes, tamper
from tests.factories import World, make_services, make_settings

pytestmark = pytest.mark.sqlite


def asked(file: Path, question: str) -> list[tuple[object, ...]]:
    with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        return connection.execute(question).fetchall()


async def test_a_backup_holds_what_the_database_holds(world: World, tmp_path: Path) -> None:
    await some_changes(world)
    made = await world.services.backup.make(world.system, tmp_path / "copy.db")
    copy = tmp_path / "copy.db"
    people = "SELECT * FROM recipients ORDER BY id"
    assert asked(copy, people) == asked(tmp_path / "carecall.db", people)
    assert asked(copy, "PRAGMA integrity_check") == [("ok",)]
    assert made.size == copy.stat().st_size
    # that it was made is in it
    assert asked(copy, "SELECT action FROM audit_records ORDER BY id DESC LIMIT 1") == [
        ("backup.make",)
    ]
    assert made.audit.is_whole
    assert (await world.services.audit.verify(world.system, made.audit.head)).is_whole


async def test_a_backup_opens_as_a_database_of_the_console(world: World, tmp_path: Path) -> None:
    await some_changes(world)
    (tmp_path / "there").mkdir()
    copy = tmp_path / "there/carecall.db"
    await world.services.backup.make(world.system, copy)
    assert [file.name for file in copy.parent.iterdir()] == ["carecall.db"]
    services = await Services.open(make_settings(copy.parent))
    assert await services.recipients.count(world.system, RecipientQuery()) == 6
    await services.close()


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777])
async def test_it_is_private_whatever_the_umask(world: World, tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        await world.services.backup.make(world.system, tmp_path / "copy.db")
    finally:
        os.umask(before)
    assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o600


async def test_it_is_consistent_while_others_write(world: World, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.core.writers", world.settings.database, "50"]
    writers = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) for _ in range(2)]
    counts = []
    while any(writer.poll() is None for writer in writers):
        copy = tmp_path / f"copy-{len(counts)}.db"
        made = await world.services.backup.make(world.system, copy)
        assert made.audit.is_whole
        [(counted, recorded)] = asked(
            copy,
            "SELECT coalesce(json_extract(preferences, '$.counted'), 0),"
            " (SELECT count(*) FROM audit_records WHERE action = 'test.count')"
            " FROM admins WHERE login = 'root'",
        )
        # a change and its record are in the copy both or not at all
        assert counted == recorded
        counts.append(counted)
    assert [writer.wait() for writer in writers] == [0, 0]
    assert counts == sorted(counts)
    assert len(set(counts)) > 1


async def test_nothing_is_written_over_and_no_link_followed(world: World, tmp_path: Path) -> None:
    there = tmp_path / "there.db"
    there.write_text("mine")
    link = tmp_path / "link.db"
    link.symlink_to(tmp_path / "elsewhere.db")
    for taken in (there, link, tmp_path / "carecall.db"):
        with pytest.raises(InvalidInput, match="exists already"):
            await world.services.backup.make(world.system, taken)
    with pytest.raises(InvalidInput, match="cannot be used"):
        await world.services.backup.make(world.system, tmp_path / "no/such/place.db")
    assert there.read_text() == "mine"
    assert not (tmp_path / "elsewhere.db").exists()


async def test_a_damaged_database_gives_no_backup(world: World, tmp_path: Path) -> None:
    await world.recipients(await world.organization(), 20)
    file = tmp_path / "carecall.db"
    await world.database.close()
    content = bytearray(file.read_bytes())
    [(root,)] = asked(file, "SELECT rootpage FROM sqlite_master WHERE name = 'ix_recipients_phone'")
    assert isinstance(root, int)
    content[(root - 1) * 4096 : root * 4096] = os.urandom(4096)
    file.write_bytes(content)
    with pytest.raises(StorageUnavailable, match="damaged"):
        await world.services.backup.make(world.system, tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


async def test_broken_audit_records_are_told_and_the_backup_stays(
    world: World, tmp_path: Path
) -> None:
    await some_changes(world)
    tamper(tmp_path / "carecall.db", "UPDATE audit_records SET account = 'x' WHERE id = 4")
    made = await world.services.backup.make(world.system, tmp_path / "copy.db")
    assert (made.audit.is_whole, made.audit.broken) == (False, 4)
    assert (tmp_path / "copy.db").exists()


async def test_only_system_admins_make_one(world: World, tmp_path: Path) -> None:
    kim = await world.admin("kim", Role.ORGANIZATION, await world.organization())
    with pytest.raises(NotPermitted):
        await world.services.backup.make(kim, tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


async def test_on_postgresql_its_own_program_is_named(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.database, "path", None)
    with pytest.raises(ActionBlocked, match="pg_dump"):
        await world.services.backup.make(world.system, tmp_path / "copy.db")


# the command


@pytest.fixture
async def carecall(tmp_path: Path) -> Carecall:
    world = await make_services(tmp_path, account=of_process().account)
    await some_changes(world)
    await world.close()
    return Carecall(tmp_path)


def test_the_command_tells_size_and_head(carecall: Carecall) -> None:
    file = carecall.directory / "copy.db"
    done = carecall.done("backup", str(file))
    assert f"The backup {file} is whole: {file.stat().st_size:,} bytes." in done.told
    assert carecall("audit", "verify", "--head", done.out.strip()).code == 0
    again = carecall("backup", str(file))
    assert (again.code, again.out) == (2, "")
    assert "not written over" in again.err


def test_the_command_fails_where_the_records_do_not_fit(carecall: Carecall) -> None:
    tamper(carecall.directory / "carecall.db", "DELETE FROM audit_records WHERE id = 4")
    done = carecall("backup", str(carecall.directory / "copy.db"))
    assert (done.code, done.out) == (1, "")
    assert "The audit record 5 was changed" in done.err
