"""``carecall doctor``: what works on this host, and why the rest does not."""

import contextlib
import json
import sqlite3
import zipfile
from pathlib import Path

import pytest

from tests.commands import Carecall


@pytest.fixture
def carecall(tmp_path: Path) -> Carecall:
    return Carecall(tmp_path).initialised()


GOOD = {"TERM": "xterm-256color", "CARECALL_PLAYER": "off"}


def line(output: str, what: str) -> str:
    return next(one for one in output.splitlines() if what in one)


def test_a_host_in_order_ends_with_0(carecall: Carecall) -> None:
    outcome = carecall("doctor", more=GOOD)
    assert outcome.code == 0, outcome.out
    for what in ("Python", "SQLite", "Journal mode", "Integrity", "Text encoding", "tmux",
                 "miniaudio", "Setting region"):  # fmt: skip
        assert line(outcome.out, what).startswith("ok")
    assert "365 days at least (개인정보의 안전성 확보조치 기준 제8조)" in line(
        outcome.out, "Audit records"
    )
    assert line(outcome.out, "A console without a key").endswith("left after 10 min")
    assert line(outcome.out, "Longest session").endswith("12 h")
    assert line(outcome.out, "carecall.db  ").endswith("0600")


def test_the_one_file_names_no_installation_into_it(
    carecall: Carecall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    extras = (("no_such_module", "sound"),)
    monkeypatch.setattr("tui.commands.doctor._EXTRAS", extras)
    assert "pip install 'carecall-console[sound]'" in carecall("doctor", more=GOOD).out
    file = tmp_path / "carecall.pyz"
    zipfile.ZipFile(file, "w").close()
    monkeypatch.setattr("sys.argv", [str(file), "doctor"])
    told = line(carecall("doctor", more=GOOD).out, "no_such_module")
    assert told.endswith("not in this file; carecall installed with pip can have it")


def test_a_console_that_is_never_left_is_marked(carecall: Carecall, tmp_path: Path) -> None:
    config = tmp_path / "config/carecall/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text("idle_minutes = 0\nsession_hours = 0\n")
    outcome = carecall("doctor", more={**GOOD, "XDG_CONFIG_HOME": str(tmp_path / "config")})
    assert outcome.code == 1
    for what, words in (("A console without a key", "제6조"), ("Longest session", "switched off")):
        told = line(outcome.out, what)
        assert told.startswith("!")
        assert words in told


def test_the_journal_mode_is_explained(carecall: Carecall) -> None:
    told = line(carecall("doctor", more=GOOD).out, "Journal mode for new databases")
    assert "WAL" in told


def test_settings_are_told_with_where_they_come_from(carecall: Carecall) -> None:
    outcome = carecall("doctor", more={**GOOD, "CARECALL_REGION": "JP"})
    assert line(outcome.out, "Setting region").endswith("JP (CARECALL_REGION)")
    assert line(outcome.out, "Setting player_command").endswith("(default)")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+asyncpg://kim:geheim@localhost:1/carecall",
        "postgresql+asyncpg://kim@localhost:1/carecall?password=geheim",
    ],
)
def test_a_password_is_never_shown(carecall: Carecall, url: str) -> None:
    outcome = carecall("doctor", more={**GOOD, "CARECALL_DATABASE": url})
    assert outcome.code == 1
    assert "kim" in line(outcome.out, "Setting database")
    assert "geheim" not in outcome.out + outcome.err


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+asyncpg://kim:geheim@host:port/carecall",
        "postgresql+asyncpg:/kim:geheim@host/carecall",
        "postgresql+asyncpg://kim:geheim@[::1/carecall",
    ],
)
@pytest.mark.parametrize("command", ["doctor", "db status", "campaign list"])
def test_what_is_no_url_is_told_without_it(carecall: Carecall, url: str, command: str) -> None:
    outcome = carecall(*command.split(), more={**GOOD, "CARECALL_DATABASE": url})
    assert outcome.code == 2
    assert "The setting database is not the URL" in outcome.err
    assert "geheim" not in outcome.out + outcome.err


def test_files_that_others_can_open_are_marked(carecall: Carecall) -> None:
    (carecall.directory / "carecall.db").chmod(0o644)
    outcome = carecall("doctor", more=GOOD)
    assert outcome.code == 1
    marked = line(outcome.out, "0644")
    assert marked.startswith("!")
    assert "chmod" in marked
    assert "1" in outcome.err


def test_damage_is_found(carecall: Carecall) -> None:
    file = carecall.directory / "carecall.db"
    with contextlib.closing(sqlite3.connect(file)) as connection:
        root = "SELECT rootpage FROM sqlite_master WHERE name = 'memos'"
        page = connection.execute(root).fetchone()[0]
    content = bytearray(file.read_bytes())
    content[4096 * (page - 1) : 4096 * page] = b"\xff" * 4096
    file.write_bytes(content)
    outcome = carecall("doctor", more=GOOD)
    assert outcome.code == 1
    assert "damaged" in line(outcome.out, "Database problem")


def test_a_missing_database_is_told_and_not_made(tmp_path: Path) -> None:
    outcome = Carecall(tmp_path)("doctor", more=GOOD)
    assert outcome.code == 1
    assert "carecall init" in line(outcome.out, "Database problem")
    assert list(tmp_path.iterdir()) == []


def test_a_poor_terminal_is_marked(carecall: Carecall) -> None:
    outcome = carecall("doctor", more={"TERM": "dumb"})
    assert line(outcome.out, "Terminal (TERM)").startswith("!")


def test_a_password_in_the_url_of_the_database_is_marked(tmp_path: Path) -> None:
    url = "postgresql+asyncpg://kim:secret@127.0.0.1:1/carecall"
    outcome = Carecall(tmp_path)("doctor", more={**GOOD, "CARECALL_DATABASE": url})
    assert outcome.code == 1
    assert line(outcome.out, "URL of the database").startswith("!")
    assert ".pgpass" in line(outcome.out, "URL of the database")
    assert "secret" not in outcome.out + outcome.err


def test_the_articles_of_the_law_are_gone_through(carecall: Carecall) -> None:
    outcome = carecall("doctor", "--profile", "kr-public", more=GOOD)
    assert outcome.code == 1
    assert line(outcome.out, "A console that nobody sits at").startswith("met       art.  6")
    kept = line(outcome.out, "How long records are kept")
    assert kept.startswith("NOT MET   art.  8")
    assert kept.endswith("[retention] records_days = 730")
    assert "(the host's)" in line(outcome.out, "Encryption of the disk")
    assert "개인정보의 안전성 확보조치 기준: " in outcome.err
    korean = carecall("doctor", "--profile", "kr-public", more={**GOOD, "CARECALL_LANGUAGE": "ko"})
    assert line(korean.out, "기록 보관 기간").startswith("미충족   제 8조")


def test_the_articles_are_given_as_json(carecall: Carecall) -> None:
    outcome = carecall("doctor", "--profile", "kr-public", "--json", more=GOOD)
    found = json.loads(outcome.out)
    states = [one["state"] for one in found["lines"]]
    assert (found["profile"], outcome.code) == ("kr-public", 1)
    for state in ("met", "not met", "not ours"):
        assert found[state.replace(" ", "_")] == states.count(state) > 0
    [kept] = [one for one in found["lines"] if one["check"] == "records.kept"]
    assert set(kept) == {"article", "check", "state", "what", "found", "to_do", "whose"}
    assert (kept["article"], kept["whose"]) == (8, None)
