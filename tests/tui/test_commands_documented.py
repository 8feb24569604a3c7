"""``docs/commands.md`` has every command, and its examples are right."""

import importlib.util
import re
import shlex
from pathlib import Path

import pytest

from tui.__main__ import COMMANDS, make_parser

TEXT = (Path(__file__).parents[2] / "docs/commands.md").read_text("utf-8")
EXAMPLES = re.findall(r"^    carecall (.+)$", TEXT, re.MULTILINE)
PRESENT = [name for name, (module, _) in COMMANDS.items() if importlib.util.find_spec(module)]


@pytest.mark.parametrize("command", PRESENT)
def test_each_command_has_an_example(command: str) -> None:
    assert any(shlex.split(example)[0] == command for example in EXAMPLES)


@pytest.mark.parametrize("example", EXAMPLES)
def test_each_example_is_understood(example: str) -> None:
    words = shlex.split(example)
    assert words[0] in COMMANDS
    if words[0] in PRESENT:
        assert make_parser(words).parse_args(words).command == words[0]
