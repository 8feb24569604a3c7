"""What a fresh interpreter imports: start-up time and the split between core and screens depend on it."""

import ast
import json
import subprocess
import sys
import tomllib
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]
_SCRIPT = "import {modules}, json, sys; print(json.dumps(sorted(sys.modules)))"
_DATABASE = {"sqlalchemy", "aiosqlite", "alembic", "asyncpg"}
_SCREEN = {"textual", "rich", "tui"}
_LIGHT = sorted(
    ".".join(file.relative_to(ROOT).with_suffix("").parts)
    for name in ("rules", "dto")
    for file in ROOT.glob(f"core/*/{name}.py")
)


def imported_with(*modules: str) -> set[str]:
    """The top-level packages that come along with these modules."""
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT.format(modules=", ".join(modules))],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return {name.partition(".")[0] for name in json.loads(done.stdout)}


def test_the_first_frame_waits_for_no_database_library() -> None:
    assert not imported_with("tui.__main__", "tui.app", "core.values.settings") & _DATABASE


def test_the_core_works_without_a_screen() -> None:
    modules = ("core.app.services", "core.voice.player", "core.demo.generator")
    assert not imported_with(*modules) & _SCREEN


def test_a_command_without_a_screen_does_not_load_one() -> None:
    assert not imported_with("tui.commands.context") & {"textual", "rich"}


def test_rules_and_dtos_are_light() -> None:
    heavy = _DATABASE | _SCREEN | {"openpyxl", "python_calamine"}
    if imported_with(*_LIGHT) & heavy:
        assert [module for module in _LIGHT if imported_with(module) & heavy] == []


@pytest.mark.parametrize("package", ["core", "tui"])
def test_no_modules_import_each_other_in_a_circle(package: str) -> None:
    """Imports for types only neither."""
    graph = grimp.build_graph(package, cache_dir=None)
    sorter = TopologicalSorter(
        {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    )
    try:
        sorter.prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_every_module_of_use_cases_stands_in_their_layer() -> None:
    described = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contracts = described["tool"]["importlinter"]["contracts"]
    of_all = (contract.get("layers", []) for contract in contracts)
    layers = next(layers for layers in of_all if "core.app.use_case" in layers)
    declared = {name.strip() for layer in layers for name in layer.split(":")}
    with_use_cases = {
        ".".join(file.relative_to(ROOT).with_suffix("").parts)
        for file in (ROOT / "core").rglob("*.py")
        if "(Service" in file.read_text("utf-8")
    }
    assert with_use_cases - declared == set()


# what makes a file or folder, starts a process, or bounds one
_OF_THE_SYSTEM = {
    "O_CREAT", "O_EXCL", "O_TMPFILE", "mkdir", "makedirs", "mkstemp", "mkdtemp", "NamedTemporaryFile", "mkfifo",
    "setrlimit", "Popen", "create_subprocess_exec", "create_subprocess_shell", "fork",
}  # fmt: skip
_THE_USERS_OWN = {("core/voice/backends/command.py", "Popen")}  # player_command


def test_files_and_processes_are_made_in_one_place() -> None:
    found = {
        (str(file.relative_to(ROOT)), node.attr)
        for package in ("core", "tui")
        for file in (ROOT / package).rglob("*.py")
        if file.parent != ROOT / "core/io"
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in _OF_THE_SYSTEM
    }
    assert found - _THE_USERS_OWN == set()
