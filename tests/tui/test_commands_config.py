"""``carecall config``: what is set and from where, what is wrong in which line, and a file to begin with."""

import json
import stat
import tomllib
from pathlib import Path

import pytest

from core.io.configuration import own_file
from core.values.settings import OF_THE_ENVIRONMENT, every
from tests.commands import Carecall

WRONG = """\
database = "postgresql+asyncpg://kim:geheim@db/carecall"
regoin = "KR"
theme = "nord"
[retention]
calls = -5
[keys]
"recipients.ad" = "x"
"recipients.add" = "e"
"""


@pytest.fixture
def carecall(tmp_path: Path) -> Carecall:
    return Carecall(tmp_path)


@pytest.fixture
def file() -> Path:
    file = own_file()
    file.parent.mkdir()
    return file


def test_it_shows_every_setting_and_where_it_comes_from(carecall: Carecall, file: Path) -> None:
    file.write_text('theme = "nord"\n\n[retention]\ncalls = 90\n[keys]\n"recipients.add" = "+"\n')
    outcome = carecall("config", "show", "--json")
    assert outcome.code == 0, outcome
    found = {row["name"]: row for row in map(json.loads, outcome.out.splitlines())}
    names = {*every(), *(one.variable for one in OF_THE_ENVIRONMENT)}
    assert names ^ found.keys() == {"keys", "keys.recipients.add"}
    assert (found["theme"]["value"], found["theme"]["line"]) == ("nord", 1)
    assert found["retention.calls"] == {
        "name": "retention.calls",
        "value": 90,
        "source": "file",
        "file": str(file),
        "line": 4,
        "variable": None,
    }
    assert found["voice_dir"]["variable"] == "CARECALL_VOICE_DIR"
    assert (found["region"]["value"], found["region"]["source"]) == ("KR", "default")
    shown = carecall("config", "show").out
    assert "retention.calls               90" in shown
    assert "~/.config/carecall/config.toml:4" in shown
    assert not (carecall.directory / "carecall.db").exists()


def test_it_shows_no_password_even_where_something_is_wrong(carecall: Carecall, file: Path) -> None:
    file.write_text(WRONG)
    for more in ([], ["--json"]):
        outcome = carecall(
            "config",
            "show",
            *more,
            more={"CARECALL_DATABASE": "postgresql+asyncpg://kim:geheim@db/x"},
        )
        assert "geheim" not in outcome.out + outcome.err
        assert "postgresql+asyncpg://kim:***@db/x" in outcome.out
        assert "carecall config check" in outcome.err


@pytest.mark.parametrize(
    "database",
    [
        '["postgresql+asyncpg://kim:geheim@db/carecall"]',
        '[{ url = "postgresql+asyncpg://kim:geheim@db/carecall" }]',
        '"postgresql+asyncpg:/kim:geheim@db/carecall"',
        '"kim:geheim@db/carecall"',
        '"host=db password=geheim"',
    ],
)
def test_it_shows_no_password_of_what_is_no_url(
    carecall: Carecall, file: Path, database: str
) -> None:
    file.write_text(f"database = {database}\n")
    for more in ([], ["--json"]):
        outcome = carecall("config", "show", *more, more={"CARECALL_DATABASE": ""})
        assert "***" in outcome.out
        assert "geheim" not in outcome.out + outcome.err


def test_it_names_all_that_is_wrong_by_its_line(carecall: Carecall, file: Path) -> None:
    file.write_text(WRONG.replace("@db/", "@db:999999/"))
    outcome = carecall("config", "check")
    assert outcome.code == 2
    lines = outcome.out.splitlines()
    assert len(lines) == 5
    for line, number, words in zip(
        lines,
        (1, 2, 5, 7, 8),
        (
            "not the URL of a database that can be used",
            "Did you mean region?",
            "a whole number from 0 to 36,500",
            "Did you mean recipients.add?",
            "e would be both recipients.edit and recipients.add.",
        ),
        strict=True,
    ):
        assert f"{file}, line {number}" in line
        assert words in line
    assert outcome.told == ["5 things are wrong."]
    assert "geheim" not in outcome.out
    as_json = [json.loads(line) for line in carecall("config", "check", "--json").out.splitlines()]
    assert [(row["file"], row["line"]) for row in as_json] == [
        (str(file), n) for n in (1, 2, 5, 7, 8)
    ]


def test_a_link_to_nowhere_is_a_file_that_cannot_be_read(carecall: Carecall, file: Path) -> None:
    """What its admin meant to be so is not left out in silence."""
    file.symlink_to("elsewhere.toml")
    assert f"The settings file {file} cannot be read." in carecall("config", "check").out
    assert f"The settings file {file} cannot be read." in carecall("organization", "list").err


def test_any_other_command_names_the_line_but_tells_its_help(
    carecall: Carecall, file: Path
) -> None:
    file.write_text("[retention]\n\ncalls = -5\n")
    outcome = carecall("organization", "list")
    assert outcome.code == 2
    assert f"The setting retention.calls ({file}, line 3) is wrong." in outcome.err
    assert carecall("organization", "list", "--help").code == 0


def test_where_nothing_is_wrong_it_says_so(carecall: Carecall, file: Path) -> None:
    assert carecall("config", "check").told == ["Nothing is wrong; no file is there."]
    file.write_text('region = "JP"\n')
    outcome = carecall("config", "check")
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.told == [f"Nothing is wrong. Read: {file}."]


def test_it_writes_a_file_in_which_everything_can_be_uncommented(carecall: Carecall) -> None:
    outcome = carecall("config", "init")
    assert outcome.code == 0, outcome
    file = own_file()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = file.read_text()
    assert {"retention", "tasks", "upload", "keys"} == tomllib.loads(text).keys()
    assert carecall("config", "check").code == 0
    lines = text.splitlines()
    examples = [line.removeprefix("# ") for line in lines if " = " in line and "(OSC" not in line]
    assert {line.partition(" = ")[0] for line in examples} >= {
        one.last_name for one in every().values() if one.name != "keys"
    }
    file.write_text(
        "\n".join(line.removeprefix("# ") if line[2:] in examples else line for line in lines)
    )
    assert carecall("config", "check").told == [f"Nothing is wrong. Read: {file}."]
    shown = carecall("config", "show", "--json").out
    assert '"source":"default"' in shown
    assert all(
        row["source"] != "default"
        for row in map(json.loads, shown.splitlines())
        if row["name"] in every()
    )


def test_it_never_writes_over_a_file(carecall: Carecall, file: Path, tmp_path: Path) -> None:
    file.write_text("# mine\n")
    outcome = carecall("config", "init")
    assert outcome.code == 2
    assert f"{file} exists already" in outcome.err
    assert file.read_text() == "# mine\n"
    assert carecall("config", "init", str(tmp_path / "new.toml")).code == 0
    assert (tmp_path / "new.toml").read_text() == carecall("config", "init", "-").out
    for nowhere in ("/proc/none", "/dev/null"):
        outcome = carecall("config", "init", more={"XDG_CONFIG_HOME": nowhere})
        assert outcome.code == 2
        assert f"{nowhere}/carecall/config.toml cannot be used" in outcome.err


def test_the_schema_has_every_setting_with_its_bounds(carecall: Carecall) -> None:
    schema = json.loads(carecall("config", "schema").out)
    assert schema["$schema"].endswith("2020-12/schema")
    properties = schema["properties"]
    for setting in every().values():
        where = properties[setting.part]["properties"] if setting.part else properties
        assert where[setting.last_name]["description"].startswith(setting.says.meaning)
    calls = properties["retention"]["properties"]["calls"]
    assert (calls["minimum"], calls["maximum"], calls["default"]) == (0, 36_500, 0)
    assert properties["language"]["enum"] == ["en", "ko"]
    assert properties["keys"]["properties"]["recipients.add"]["description"] == "Add: a"
    assert not properties["keys"]["additionalProperties"]
    assert not schema["additionalProperties"]


def test_it_speaks_korean(carecall: Carecall) -> None:
    text = carecall("config", "init", "-", more={"CARECALL_LANGUAGE": "ko"}).out
    assert "음성 파일을 두는 곳" in text
