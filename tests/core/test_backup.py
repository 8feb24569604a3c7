"""A backup is consistent while others write, private, whole, and never in the place of something else."""

import contextlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from core.app.services import Services
from core.db.engine import Database
from core.io.identity import of_process
from core.recipients.dto import RecipientQuery
from core.values.errors import ActionBlocked, InvalidInput, NotPermitted, StorageUnavailable
from core.values.roles import Role
from tests.commands import ROOT, Carecall
from tests.core.test_audit import some_changes, tamper
from tests.deliveries import call, deliver, small_world
from tests.factories import World, make_services, make_settings
from tests.older import make_older

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
    names = sorted(file.name for file in copy.parent.iterdir())
    assert names == ["carecall.db", "carecall.db.manifest"]
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
    [(root,)] = asked(file, "SELECT rootpage FROM sqlite_master WHERE name = 'uq_recipients_phone'")
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


@pytest.fixture
async def heard(tmp_path: Path) -> Carecall:
    world = await make_services(tmp_path, account=of_process().account)
    await small_world(world)
    await deliver(world, call("c-1", voice_file="2026/a.wav"))
    await world.close()
    return Carecall(tmp_path)


def test_what_is_not_in_it_is_told_with_how_to_copy_it(heard: Carecall) -> None:
    carecall = heard
    file = carecall.directory / "copy.db"
    copied = f"rsync -a {carecall.directory / 'voice'}/ ELSEWHERE/"
    for words in (("backup", str(file)), ("backup", "--verify", str(file))):
        told = carecall.done(*words).err
        assert "1 call names a voice file. It is not in the backup" in told
        assert copied in told
    file.write_bytes(b"PGDMP\x01\x0e")
    manifest(file).unlink()
    refused = carecall("backup", "--verify", str(file))
    assert refused.code == 4
    assert "is a dump of PostgreSQL. Try it on a server" in refused.err


def test_the_command_fails_where_the_records_do_not_fit(carecall: Carecall) -> None:
    tamper(carecall.directory / "carecall.db", "DELETE FROM audit_records WHERE id = 4")
    done = carecall("backup", str(carecall.directory / "copy.db"))
    assert (done.code, done.out) == (1, "")
    assert "The audit record 5 was changed" in done.err


# trying one


@pytest.fixture
def backup(carecall: Carecall) -> Path:
    file = carecall.directory / "copy.db"
    carecall.done("backup", str(file))
    return file


def nothing_left(carecall: Carecall) -> bool:
    state = Path(os.environ["XDG_STATE_HOME"]) / "carecall"
    return not list(state.glob("restored-*"))


def manifest(backup: Path) -> Path:
    return backup.with_name(f"{backup.name}.manifest")


def test_a_backup_is_restored_on_trial_without_a_database_to_sign_in_to(
    carecall: Carecall, backup: Path
) -> None:
    (carecall.directory / "carecall.db").unlink()
    done = carecall.done("backup", "--verify", str(backup))
    assert "can be restored: made 20" in done.err
    assert "6 recipients" in done.err
    assert len(done.out.strip()) == 64
    assert nothing_left(carecall)
    assert (manifest(backup).stat().st_mode & 0o777, backup.stat().st_mode & 0o777) == (
        0o600,
        0o600,
    )
    manifest(backup).unlink()
    assert "No manifest lies beside it" in carecall.done("backup", "--verify", str(backup)).err


def cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def flip(file: Path) -> None:
    """A letter of a name, which no check of integrity sees."""
    content = file.read_bytes()
    at = content.index("김영".encode()) if "김영".encode() in content else len(content) - 100
    file.write_bytes(content[:at] + b"\xea" + content[at + 1 :])


def remove_somebody(file: Path) -> None:
    with contextlib.closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute("DELETE FROM recipients WHERE id = 1")
        connection.commit()


@pytest.mark.parametrize("harm", [cut, flip, remove_somebody])
def test_one_that_is_not_as_it_was_made_is_refused(
    carecall: Carecall, backup: Path, harm: Callable[[Path], None]
) -> None:
    harm(backup)
    refused = carecall("backup", "--verify", str(backup))
    assert (refused.code, refused.out) == (4, "")
    assert "is not as it was made" in refused.err
    assert nothing_left(carecall)


def test_without_a_manifest_damage_and_tampered_records_are_found_all_the_same(
    carecall: Carecall, backup: Path
) -> None:
    manifest(backup).unlink()
    whole = backup.read_bytes()
    tamper(backup, "UPDATE audit_records SET account = 'x' WHERE id = 4")
    told = carecall("backup", "--verify", str(backup))
    assert (told.code, told.out) == (1, "")
    assert "The audit record 4 was changed" in told.err
    assert "do not restore it" in told.err
    for content in (whole[: len(whole) // 2], whole[:4096] + os.urandom(len(whole) - 4096)):
        backup.write_bytes(content)
        refused = carecall("backup", "--verify", str(backup))
        assert refused.code == 4
        # not "Restore the last backup": this is it
        assert "The backup is damaged: it cannot be restored. Use another one." in refused.err
    for content, said in ((b"PK\3\4", "no copy"), (b"", "no copy"), (b"SQLite format 3\0", "")):
        backup.write_bytes(content)
        refused = carecall("backup", "--verify", str(backup))
        assert refused.code == 4
        assert said in refused.err
    assert nothing_left(carecall)


def test_what_is_no_file_or_has_a_strange_manifest_is_refused(
    carecall: Carecall, backup: Path, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "pipe")
    manifest(tmp_path / "none.db").write_bytes(b"{}")
    for name, said in (
        ("none.db", "No such file"),
        ("pipe", "is no ordinary file"),
        (".", "Is a dir"),
    ):
        refused = carecall("backup", "--verify", str(tmp_path / name))
        assert refused.code == 2
        assert said in refused.err
    assert carecall("backup", "--verify", "/").code == 2
    for content in (b"", b"{}", b"[" * 100_000, b"\xff"):
        manifest(backup).write_bytes(content)
        assert carecall("backup", "--verify", str(backup)).code == 4
    manifest(backup).unlink()
    manifest(backup).symlink_to("/dev/zero")
    assert carecall("backup", "--verify", str(backup)).code == 4


@pytest.fixture
async def old(tmp_path: Path) -> Path:
    made = Database(f"sqlite+aiosqlite:///{tmp_path / 'old.db'}")
    await make_older(made, "0009")
    await made.close()
    return tmp_path / "old.db"


def test_an_older_one_is_brought_up_to_date_on_trial_and_a_newer_one_refused(
    carecall: Carecall, old: Path
) -> None:
    content = old.read_bytes()
    assert "brought up to date" in carecall.done("backup", "--verify", str(old)).err
    assert old.read_bytes() == content
    with contextlib.closing(sqlite3.connect(old)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    newer = carecall("backup", "--verify", str(old))
    assert newer.code == 4
    assert "newer version" in newer.err


def test_what_a_killed_trial_has_left_is_erased_by_the_next(
    carecall: Carecall, backup: Path
) -> None:
    left = Path(os.environ["XDG_STATE_HOME"]) / "carecall/restored-0123"
    left.mkdir(parents=True)
    (left / "carecall.db").write_bytes(b"personal")
    (left / "link").symlink_to(backup)
    carecall.done("backup", "--verify", str(backup))
    assert not left.exists()
    assert backup.exists()
