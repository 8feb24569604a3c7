"""Every key is declared once, and everything that is told of keys is made from the declarations."""

import ast
import subprocess
import sys
from pathlib import Path

import core.app.services  # noqa: F401 - declares them
from core.app.use_case import USE_CASES
from tui import action

ROOT = Path(__file__).parents[2]
_DECLARES = "tui/action.py"


def sources() -> list[tuple[str, ast.Module]]:
    """Every module of the console, parsed."""
    return [
        (str(file.relative_to(ROOT)), ast.parse(file.read_text("utf-8")))
        for file in sorted((ROOT / "tui").rglob("*.py"))
    ]


def names(tree: ast.AST) -> set[str]:
    """Every name that is used or set."""
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def test_no_key_is_bound_by_hand() -> None:
    by_hand = [
        name
        for name, tree in sources()
        if name != _DECLARES and names(tree) & {"BINDINGS", "Binding"}
    ]
    assert by_hand == []


def test_every_module_that_declares_actions_is_known() -> None:
    declaring = {
        name.removesuffix(".py").replace("/", ".")
        for name, tree in sources()
        if name != _DECLARES
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Scope"
    }
    assert declaring == set(action.DECLARING)


def test_actions_are_declared_without_a_screen() -> None:
    """The user's own keys are checked before any command."""
    script = "from tui import action; action.scopes(); import sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    loaded = set(done.stdout.split())
    assert not loaded & {"textual.app", "textual.screen", "textual.widget", "sqlalchemy"}


def test_use_cases_and_commands_of_actions_are_there() -> None:
    from tui.__main__ import COMMANDS, make_parser
    from tui.commands.parsing import leaves

    every = list(action.every())
    assert {one.use_case for one in every if one.use_case} <= set(USE_CASES)
    commands = {leaf.prog.removeprefix("carecall ") for leaf in leaves(make_parser(COMMANDS))}
    assert {words for one in every for words in one.commands} <= commands


def test_each_action_names_its_command_or_says_why_there_is_none() -> None:
    """Whatever a key can do, a command can: what does not show people or change them is for the screen."""
    silent = [one.full_name for one in action.every() if bool(one.command) == bool(one.no_command)]
    assert silent == []
    without = [one.full_name for one in action.every() if one.use_case and not one.command]
    assert without == [], (
        "what asks the core has a command: see docs/architecture.md, Add a command"
    )
