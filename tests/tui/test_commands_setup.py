"""Setting up, and every way in which a command cannot even begin."""

import contextlib
import os
import sqlite3
from pathlib import Path

import pytest

from core.db.engine import Database
from core.storage import maintenance
from tests.commands import Carecall
from tests.factories import make_services
from tui.crash import EXIT_CODE


@pytest.fixture
def carecall(tmp_path: Path) -> Carecall:
    return Carecall(tmp_path)


@pytest.fixture
async def somebody_elses(tmp_path: Path) -> Carecall:
    """A database whose only admin is another account than that of this process."""
    world = await make_services(tmp_path, account="somebody-else")
    await world.close()
    return Carecall(tmp_path)


def test_init_makes_a_private_database_and_says_what_to_do_next(carecall: Carecall) -> None:
    outcome = carecall.done("init")
    assert outcome.out == ""
    assert "first system admin" in outcome.told[0]
    assert outcome.told[1] == "Next: carecall organization add NAME, then carecall"
    assert (carecall.directory / "carecall.db").stat().st_mode & 0o777 == 0o600
    assert carecall.done("admin", "list").out.count("system") == 1


def test_init_again_is_refused_with_the_way_on(carecall: Carecall) -> None:
    carecall.done("init")
    outcome = carecall("init")
    assert outcome.code == 2
    assert "set up already" in outcome.err
    assert len(outcome.told) == 1


COMMANDS = [
    ("organization", "list"),
    ("organization", "add", "Haeundae"),
    ("admin", "list"),
    ("campaign", "list"),
    ("call-list",),
    ("db", "status"),
    ("db", "upgrade"),
]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_missing_database_ends_with_4_and_is_not_made(
    carecall: Carecall, command: tuple[str, ...]
) -> None:
    outcome = carecall(*command)
    assert outcome.code == 4
    assert "There is no database" in outcome.err
    assert "carecall init" in outcome.err
    assert len(outcome.told) == 1
    assert list(carecall.directory.iterdir()) == []


@pytest.mark.parametrize("kind", ["empty", "text", "newer"])
def test_a_database_that_cannot_be_used_ends_with_4_unchanged(
    carecall: Carecall, kind: str
) -> None:
    file = carecall.directory / "carecall.db"
    if kind == "empty":
        file.touch()
    elif kind == "text":
        file.write_text("no database\n" * 500)
    else:
        carecall.initialised()
        with contextlib.closing(sqlite3.connect(file)) as connection, connection:
            connection.execute("UPDATE alembic_version SET version_num = 'later'")
    before = file.read_bytes()
    for command in (("organization", "add", "Haeundae"), ("call-list",), ("db", "status")):
        outcome = carecall(*command)
        assert (outcome.code, len(outcome.told)) == (4, 1), outcome
    assert file.read_bytes() == before


def test_a_locked_database_ends_with_4(carecall: Carecall, monkeypatch: pytest.MonkeyPatch) -> None:
    carecall.initialised()
    defaults = Database.__init__.__kwdefaults__
    assert defaults is not None
    monkeypatch.setitem(defaults, "busy_timeout_ms", 50)
    file = carecall.directory / "carecall.db"
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        outcome = carecall("organization", "add", "Haeundae")
    assert outcome.code == 4
    assert "locked by another program" in outcome.err
    carecall.done("organization", "add", "Haeundae")


def test_an_unknown_account_ends_with_3_and_the_way_out(somebody_elses: Carecall) -> None:
    outcome = somebody_elses("organization", "add", "Haeundae")
    assert outcome.code == 3
    assert "is not an admin of this console" in outcome.err
    assert "carecall admin add LOGIN --account" in outcome.err


def test_variables_that_claim_to_be_somebody_else_are_not_believed(
    somebody_elses: Carecall,
) -> None:
    claim = {"USER": "somebody-else", "LOGNAME": "somebody-else", "SUDO_USER": "somebody-else"}
    assert somebody_elses("admin", "list", more=claim).code == 3


def test_the_owner_of_the_database_may_act_as_another(somebody_elses: Carecall) -> None:
    assert "root" in somebody_elses.done("--as", "root", "admin", "list").out
    for after in (("admin", "--as", "root", "list"), ("admin", "list", "--as=root")):
        assert "root" in somebody_elses.done(*after).out
    assert somebody_elses("--as", "nobody", "admin", "list").code == 3


def test_whoever_does_not_own_the_database_may_not(somebody_elses: Carecall) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file to another account")
    for place in (somebody_elses.directory, somebody_elses.directory / "carecall.db"):
        os.chown(place, 65534, 65534)
    for outcome in (
        somebody_elses.process("--as", "root", "admin", "list"),
        somebody_elses.process("--as=root", "call-list", more={"SUDO_USER": "nobody"}),
    ):
        assert (outcome.code, outcome.out) == (3, "")
        assert "--as is only for the account that owns the database." in outcome.err


def test_a_disabled_admin_ends_with_3(carecall: Carecall) -> None:
    carecall.initialised()
    carecall.done("admin", "add", "park", "--role", "system")
    carecall.done("admin", "disable", "park")
    outcome = carecall("--as", "park", "call-list")
    assert outcome.code == 3
    assert "park is disabled" in outcome.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("organization",),
        ("organization", "add"),
        ("admin", "add", "kim"),
        ("admin", "add", "kim", "--role", "boss"),
        ("campaign", "enroll", "Morning"),
        ("campaign", "enroll", "Morning", "--all", "--phone", "01012345678"),
        ("call-list", "--format", "xml"),
        ("--nonsense",),
    ],
)
def test_wrong_usage_ends_with_2(carecall: Carecall, arguments: tuple[str, ...]) -> None:
    outcome = carecall(*arguments)
    assert outcome.code == 2
    assert outcome.out == ""
    assert "usage: carecall" in outcome.err


@pytest.mark.parametrize("command", ["", "init", "organization", "admin", "campaign", "db",
                                     "call-list", "doctor"])  # fmt: skip
def test_every_command_has_help(carecall: Carecall, command: str) -> None:
    outcome = carecall.done(*[word for word in (command, "--help") if word])
    assert outcome.out.startswith(f"usage: carecall {command}".rstrip())
    assert outcome.err == ""


def test_a_wrong_setting_ends_with_2_and_names_it(carecall: Carecall) -> None:
    outcome = carecall("call-list", more={"CARECALL_REGION": "Korea"})
    assert outcome.code == 2
    assert "region (CARECALL_REGION)" in outcome.err
    outcome = carecall("call-list", more={"CARECALL_DATABASE": "nonsense"})
    assert outcome.code == 2
    assert "setting database" in outcome.err


def test_status_and_upgrade_tell_how_the_database_is(carecall: Carecall) -> None:
    carecall.initialised()
    outcome = carecall.done("db", "status")
    assert str(carecall.directory / "carecall.db") in outcome.out
    assert "up to date" in outcome.out
    assert "up to date already" in carecall.done("db", "upgrade").err
    assert [one.name for one in carecall.directory.glob("*upgrade*")] == []


def test_what_nobody_expected_is_told_without_a_traceback_and_logged_without_data(
    carecall: Carecall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(carecall.directory / "state"))

    async def fails(*_: object) -> None:
        phone = "010-1234-5678"
        raise ValueError(phone)

    monkeypatch.setattr(maintenance, "set_up", fails)
    before = os.umask(0)
    try:
        outcome = carecall("init")
    finally:
        os.umask(before)
    told = outcome.err
    assert outcome.code == EXIT_CODE
    log = carecall.directory / "state/carecall/log"
    assert told.count("\n") == 1
    assert str(log) in told
    written = log.read_text("utf-8")
    assert "ValueError" in written
    assert "fails" in written
    assert "1234" not in told + written
    assert log.stat().st_mode & 0o777 == 0o600
    assert log.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("arguments", [("db", "status"), ("organization", "--help")])
def test_output_that_nobody_reads_ends_quietly(
    carecall: Carecall, arguments: tuple[str, ...]
) -> None:
    carecall.initialised()
    reader, writer = os.pipe()
    os.close(reader)
    outcome = carecall.cold_process(*arguments, stdout=writer)
    os.close(writer)
    assert (outcome.code, outcome.err) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this host has no /dev/full")
def test_output_that_cannot_be_written_is_told(carecall: Carecall) -> None:
    carecall.initialised()
    with Path("/dev/full").open("w") as full:
        outcome = carecall.cold_process("admin", "list", stdout=full.fileno())
    assert outcome.code == 2
    assert outcome.err.startswith("carecall: The output cannot be written: No space left")
    assert len(outcome.told) == 1


def test_a_process_of_its_own_ends_with_the_same_codes(somebody_elses: Carecall) -> None:
    assert somebody_elses.process("--version").code == 0
    assert somebody_elses.process("nonsense").code == 2
    assert somebody_elses.process("admin", "list").code == 3
    (somebody_elses.directory / "carecall.db").unlink()
    outcome = somebody_elses.process("admin", "list")
    assert (outcome.code, len(outcome.told)) == (4, 1)


def test_in_korean_particles_and_the_systems_reasons_are_korean_too(carecall: Carecall) -> None:
    more = {"CARECALL_LANGUAGE": "ko"}
    carecall.initialised()
    assert (
        carecall("organization", "add", "수영구청", more=more).told[0]
        == "기관 수영구청을 추가했습니다."
    )
    refused = carecall("upload", "none.xlsx", more=more)
    assert "none.xlsx를 사용할 수 없습니다: 파일이나 폴더가 없습니다." in refused.err
