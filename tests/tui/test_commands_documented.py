"""``docs/commands.md`` has every command, and its examples are right; without a database each ends plainly."""

import re
import shlex
from pathlib import Path

import pytest

from core.values import i18n
from tests.commands import Carecall
from tui.__main__ import COMMANDS, make_parser
from tui.commands.man_pages import pages
from tui.commands.parsing import leaves

TEXT = (Path(__file__).parents[2] / "docs/commands.md").read_text("utf-8")
EXAMPLES = [
    example.partition(" > ")[0]
    for example in re.findall(r"^ +carecall (.+?)(?:   .*)?$", TEXT, re.MULTILINE)
    if "--schema" not in example
]
# what needs no database
ALONE = {"init", "demo", "template", "backup", "db", "doctor", "completion", "config", "man"}


def words_of(example: str) -> str:
    """The words of the command that an example asks for."""
    words = shlex.split(example)
    parsed = make_parser(words).parse_args(words)
    assert parsed.command == words[0]
    return str(parsed.parser.prog)


def test_each_example_is_understood_and_each_command_has_one() -> None:
    shown = {words_of(example) for example in EXAMPLES}
    every = {leaf.prog for leaf in leaves(make_parser(COMMANDS))}
    assert every - shown == set()


def test_without_a_database_every_command_says_so(tmp_path: Path) -> None:
    """It ends with 4 and a line, and makes nothing."""
    carecall = Carecall(tmp_path)
    asked = {words_of(example): example for example in EXAMPLES}
    for example in asked.values():
        words = shlex.split(example)
        if words[0] in ALONE:
            continue
        outcome = carecall(*words, more={"XDG_DATA_HOME": str(tmp_path)})
        assert outcome.code == 4, (example, outcome)
        assert len(outcome.told) <= 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("language", "title"), [("en", "NAME"), ("ko", "이름")])
def test_the_manual_has_every_command_and_argument(language: str, title: str) -> None:
    i18n.use(language)
    try:
        told = {name: text.replace("\\-", "-") for name, text in pages()}
        every = list(leaves(make_parser(COMMANDS)))
    finally:
        i18n.use("en")
    for leaf in every:
        page = told[f"carecall-{leaf.prog.split()[1]}.1"]
        assert f'.SH "{title}"' in page
        assert f".B {leaf.prog}\n" in page
        options = {name for one in leaf._actions for name in one.option_strings}
        missing = [one for one in options - {"-h", "--help", "--as"} if f".B {one}" not in page]
        hidden = [one for one in missing if f"[{one}" not in page]
        assert hidden == [] or (leaf.prog, hidden) == ("carecall audit list", ["--format"])
    assert {line.split()[0] for page in told.values() for line in page.splitlines() if line[:1] == "."} <= {
        ".TH", ".SH", ".SS", ".B", ".BR", ".TP", ".P", ".nh", ".hy", ".ad", ".\\\"",
    }  # fmt: skip
