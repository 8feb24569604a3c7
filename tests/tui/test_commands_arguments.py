"""Arguments that no command can do anything with: told in a line, and never what nobody expected."""

import re
from pathlib import Path

import pytest
from rich.cells import cell_len

from core.io.identity import of_process
from core.values import i18n
from tests.commands import Carecall
from tests.factories import make_services
from tests.workbooks import workbook
from tui.__main__ import COMMANDS, GROUPS, make_parser

ACTING = set("\x9b\u202e\x7f\u2028\r")


@pytest.fixture
async def carecall(tmp_path: Path) -> Carecall:
    """The commands on a database whose records hold what a terminal would act on."""
    world = await make_services(tmp_path, account=of_process().account)
    await world.organization()
    await world.close()
    return Carecall(tmp_path)


@pytest.mark.parametrize(
    "words",
    [
        "audit list --recipient 100000000000000000000000000",
        "audit list --limit -1",
        "audit list --limit 99999999999999999999",
        "audit list --until 9999-12-31",
        "audit list --since 0001-01-01",
        "audit list --since +99999999999",
        "demo --recipients 0",
        "demo --seed 1234567890",
    ],
)
def test_a_number_or_day_beyond_any_is_told(carecall: Carecall, words: str) -> None:
    outcome = carecall(*words.split())
    assert outcome.code == 2, outcome
    assert "unexpected" not in outcome.err


@pytest.mark.parametrize(
    "words",
    [
        "campaign start \udcff",
        "campaign enroll Morning --phone \udcff",
        "audit list --admin \udcff",
        "voice \udcff",
        "organization list --search \udcff",
    ],
)
def test_an_argument_that_is_no_text_is_told(carecall: Carecall, words: str) -> None:
    outcome = carecall(*words.split())
    assert outcome.code == 2, outcome
    assert "An argument is not text in UTF-8: " in outcome.err


def test_a_day_beyond_any_is_named_so_and_an_id_that_no_call_has(carecall: Carecall) -> None:
    outcome = carecall("audit", "list", "--since", "0001-01-01")
    assert "The day has to lie between 1900-01-01 and 2999-12-31." in outcome.err
    assert "Choose another, or leave it out." in outcome.err
    outcome = carecall("voice", "NOSUCH", "x.wav")
    assert outcome.code == 2
    assert "There is no call with the id NOSUCH." in outcome.err
    assert "The console copies the command with the id" in outcome.err


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        (
            "sslpassword=geheim",
            "The parameter sslpassword in the URL of the database is not known.",
        ),
        ("ssl=require&timeout=5", "The parameter timeout in the URL of the database is not known."),
        (
            "ssl=geheim",
            "The parameter ssl in the URL of the database has a value that is not known.",
        ),
        ("prepared_statement_cache_size=geheim", "The setting database is not the URL of a"),
        ("host=geheim&host=geheim", "The setting database is not the URL of a"),
    ],
)
def test_what_the_url_of_a_server_may_not_hold_is_named_without_its_value(
    carecall: Carecall, parameters: str, named: str
) -> None:
    url = f"postgresql+asyncpg://kim@localhost:1/carecall?{parameters}"
    for words in ("db status", "audit verify", "init", "doctor"):
        outcome = carecall(*words.split(), more={"CARECALL_DATABASE": url})
        assert outcome.code == 2
        assert named in outcome.err
        assert "geheim" not in outcome.out + outcome.err


def test_a_search_of_two_thousand_words_is_told(carecall: Carecall) -> None:
    """Each word is one more level in the statement, which has only so many."""
    searched = carecall("download", "-", "--reason", "x", "--search", "kim " * 2_000)
    assert searched.code == 2
    assert "at most 200 characters" in searched.err


def test_nothing_that_is_printed_reaches_the_terminal_as_a_command(
    carecall: Carecall, tmp_path: Path
) -> None:
    """A file's name goes into the records, its cells into the results; both are another's words."""
    odd = "\u202ename\x7f\x9b2J\u2028"
    file = tmp_path / f"{odd}.xlsx"
    file.write_bytes(workbook([[odd, "010-1234-5678", odd, "Haeundae"]]))
    for words in (
        ("upload", str(file), "--json"),
        ("upload", str(file)),
        ("upload", str(tmp_path / odd)),
        ("organization", "add", odd),
        ("campaign", "start", odd),
        ("admin", odd),
        ("audit", "list", "--format", "jsonl"),
        ("audit", "list"),
    ):
        outcome = carecall(*words)
        assert not ACTING & set(outcome.out + outcome.err), words


@pytest.mark.parametrize("language", ["en", "ko"])
def test_help_has_the_commands_in_groups_and_fits_80_cells(
    language: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of every command, in both languages; Hangul takes two cells each."""
    monkeypatch.setenv("COLUMNS", "80")
    i18n.use(language)
    told = make_parser([*COMMANDS]).format_help()
    titles = [f"{i18n._(title)}:" for title in GROUPS]
    assert [line for line in told.splitlines() if line in titles] == titles
    assert re.findall(r"^  ([a-z][a-z-]*)  ", told, re.MULTILINE) == [*COMMANDS]
    for name in COMMANDS:
        with pytest.raises(SystemExit):
            make_parser([name]).parse_args([name, "--help"])
    told += capsys.readouterr().out
    assert [line for line in told.splitlines() if cell_len(line) > 80 or "\ue000" in line] == []


def test_help_in_korean_is_aligned_by_cells() -> None:
    i18n.use("ko")
    told = make_parser([]).format_help().splitlines()
    options = [line for line in told if line.startswith("  --")]
    named = [line for line in options if re.search("아이디|포트", line)]
    assert len(named) == 2
    begins = {cell_len(re.match(r"  \S+( \S+)? {2,}", line)[0]) for line in options}
    assert len(begins) == 1
