"""What the program uses of libraries though they keep it private: in one place each, and only what is listed here.

A new version may change any of it without a word. Then the test of that library fails and says what it was for.
"""

import ast
import functools
import importlib
import inspect
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from rich.color import ColorSystem
from rich.console import Console

import core
import tui

Check = Callable[[], bool]
Names = dict[str, tuple[str, Check]]


def at(path: str) -> Any:
    """What lies at ``module:name.name``."""
    module, _, names = path.partition(":")
    return functools.reduce(getattr, names.split("."), importlib.import_module(module))


def takes(path: str, *names: str) -> Check:
    """Whether the function or class takes these arguments."""
    return lambda: [*inspect.signature(at(path)).parameters] == list(names)


def sets(path: str) -> Check:
    """Whether an object of the class gets this attribute."""
    owner, _, name = path.rpartition(".")
    return lambda: name in private_names(at(owner))


def calls(path: str, text: str) -> Check:
    """Whether the function still does this, so that what stands in its place is reached."""
    return lambda: text in inspect.getsource(at(path))


def reads_keys() -> bool:
    parser = at("textual._xterm_parser:XTermParser")(False)
    return [event.key for event in parser.feed("\x1b[A")] == ["up"] and list(parser.tick()) == []


def knows_colours() -> bool:
    return Console(color_system="truecolor")._color_system is ColorSystem.TRUECOLOR


# each name: what for it is used, and whether it is still there and of use
TEXTUAL: Names = {
    "textual._compositor.CompositorUpdate": (
        "updates are written as codes",
        takes("textual._compositor:CompositorUpdate.render_segments", "self", "console"),
    ),
    "textual._compositor.LayoutUpdate": (
        "the lines of a new layout are compared with what is shown",
        takes("textual._compositor:LayoutUpdate", "strips", "region"),
    ),
    "textual._compositor.ChopsUpdate": (
        "the pieces of lines that are new are compared with what is shown",
        takes("textual._compositor:ChopsUpdate", "chops", "spans", "chop_ends"),
    ),
    "textual._xterm_parser.XTermParser": (
        "keys are read from what the terminal sends",
        reads_keys,
    ),
    "App._display": (
        "only the cells that differ are written",
        takes("textual.app:App._display", "self", "screen", "renderable"),
    ),
    "App._running": ("nothing is written before it runs", sets("textual.app:App._running")),
    "App._batch_count": ("nothing is written within a batch", sets("textual.app:App._batch_count")),
    "MessagePump._closed": (
        "nothing is written after its end",
        sets("textual.message_pump:MessagePump._closed"),
    ),
    "App._previous_cursor_position": (
        "a frame without a difference writes nothing, and the cursor is moved when it is elsewhere",
        sets("textual.app:App._previous_cursor_position"),
    ),
    "options._index_to_line": (
        "the terminal's cursor stands on the option that is chosen",
        lambda: isinstance(vars(at("textual.widgets:OptionList"))["_index_to_line"], property),
    ),
    "App._context": (
        "writes outlive the screen that began them",
        takes("textual.app:App._context", "self"),
    ),
    "App._fatal_error": (
        "a crash prints no local variables",
        calls("textual.app:App._handle_exception", "self._fatal_error()"),
    ),
    "App._handle_exception": (
        "a crash is put into the log",
        takes("textual.app:App._handle_exception", "self", "error"),
    ),
    "App._return_code": (
        "a crash has an exit code of its own",
        sets("textual.app:App._return_code"),
    ),
    "MessagePump._close_messages_no_wait": (
        "a crash ends the console",
        takes("textual.message_pump:MessagePump._close_messages_no_wait", "self"),
    ),
    "LinuxDriver._file": (
        "a terminal that is gone is noticed",
        sets("textual.drivers.linux_driver:LinuxDriver._file"),
    ),
    "LinuxDriver._run_input_thread": (
        "a terminal that is gone is noticed",
        calls(
            "textual.drivers.linux_driver:LinuxDriver.start_application_mode",
            "target=self._run_input_thread",
        ),
    ),
    "LinuxDriver._writer_thread": (
        "a slow terminal delays no key",
        sets("textual.drivers.linux_driver:LinuxDriver._writer_thread"),
    ),
    "_writer_thread._queue": (
        "a slow terminal delays no key",
        sets("textual.drivers._writer_thread:WriterThread._queue"),
    ),
    "LinuxDriver._get_terminal_size": (
        "no more is drawn than a screen can be, whatever a client says",
        calls(
            "textual.drivers.linux_driver:LinuxDriver.start_application_mode",
            "self._get_terminal_size()",
        ),
    ),
    "Driver._size": (
        "no more is drawn than a screen can be, before a client says anything",
        sets("textual.driver:Driver._size"),
    ),
    "Driver._loop": (
        "each key is answered before the next",
        sets("textual.driver:Driver._loop"),
    ),
    "Driver._debug": ("keys are read as Textual reads them", sets("textual.driver:Driver._debug")),
}
RICH: Names = {
    "console._color_system": ("colours are written as the terminal knows them", knows_colours),
}
AIOSQLITE: Names = {
    "aiosqlite.core._STOP_RUNNING_SENTINEL": (
        "the thread of a connection is ended",
        calls("aiosqlite.core:_connection_worker_thread", "is _STOP_RUNNING_SENTINEL"),
    ),
    "Connection._connect": (
        "a file that cannot be opened leaves no thread",
        takes("aiosqlite.core:Connection._connect", "self"),
    ),
    "Connection._connection": (
        "a statement under way is interrupted",
        sets("aiosqlite.core:Connection._connection"),
    ),
    "Connection._execute": (
        "a statement and its first rows take one turn of the thread",
        takes("aiosqlite.core:Connection._execute", "self", "fn", "args", "kwargs"),
    ),
    "Connection._running": ("nobody stops it twice", sets("aiosqlite.core:Connection._running")),
    "Connection._tx": (
        "closing waits for what was asked before",
        calls("aiosqlite.core:_connection_worker_thread", "future, function = tx.get()"),
    ),
    "connection._thread": (
        "a write that waits for a lock keeps no process from ending",
        sets("aiosqlite.core:Connection._thread"),
    ),
}
_FORMATTER = "argparse:HelpFormatter."
ARGPARSE: Names = {
    "HelpFormatter._expand_help": (
        "Hangul in the help of an option is counted by its cells",
        takes(f"{_FORMATTER}_expand_help", "self", "action"),
    ),
    "HelpFormatter._metavar_formatter": (
        "and in the names of arguments",
        takes(f"{_FORMATTER}_metavar_formatter", "self", "action", "default_metavar"),
    ),
    "HelpFormatter._format_text": (
        "and in what is said of a command",
        takes(f"{_FORMATTER}_format_text", "self", "text"),
    ),
    "HelpFormatter._format_usage": (
        "and in the word before its use",
        takes(f"{_FORMATTER}_format_usage", "self", "usage", "actions", "groups", "prefix"),
    ),
}
# what of each library is used, and the one place where it may be
PLACES = {
    "textual": (TEXTUAL, "tui.terminal."),
    "rich": (RICH, "tui.terminal."),
    "aiosqlite": (AIOSQLITE, "core.db.sqlite_driver"),
    "argparse": (ARGPARSE, "tui.commands."),
}
# names that begin so, and are described in the manuals all the same
PUBLIC = {"_exit", "_asdict", "_fields", "_mapping"}


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.endswith("__") and name != "_"


@functools.cache
def code_of(module: str) -> dict[str, ast.ClassDef]:
    """The classes of a module as they are written."""
    tree = ast.parse(inspect.getsource(importlib.import_module(module)))
    return {node.name: node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}


@functools.cache
def private_names(owner: type) -> frozenset[str]:
    """The private names of a class: its own, and those that its methods give to ``self``."""
    given = {
        node.attr
        for node in ast.walk(code_of(owner.__module__)[owner.__name__])
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and ast.unparse(node.value) == "self"
    }
    return frozenset(name for name in {*vars(owner), *given} if is_private(name))


def stored(tree: ast.AST) -> Iterator[str]:
    """The names that are defined or given a value anywhere in this code."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg


def sources() -> dict[str, ast.Module]:
    """The code of each module."""
    found = {}
    for package in (core, tui):
        top = Path(str(package.__file__)).parent
        for file in top.rglob("*.py"):
            parts = file.relative_to(top.parent).with_suffix("").parts
            if "migrations" not in parts:
                found[".".join(parts).removesuffix(".__init__")] = ast.parse(
                    file.read_text("utf-8")
                )
    return found


def used() -> Iterator[tuple[str, str]]:
    """Module and name of each private name that belongs to a library."""
    modules = sources()
    ours = {name for tree in modules.values() for name in stored(tree) if is_private(name)}
    for module, tree in modules.items():
        from_above = set() if module.endswith("__main__") else set(inherited(module, tree))
        yield from from_above
        own = ours | {name.split(".")[1] for _module, name in from_above}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for alias in node.names:
                    whole = f"{node.module}.{alias.name}"
                    foreign = whole.split(".")[0] not in ("core", "tui", "__future__")
                    if foreign and any(map(is_private, whole.split("."))):
                        yield module, whole
            elif isinstance(node, ast.Attribute) and is_private(node.attr) and node.attr not in own:
                yield module, ".".join(ast.unparse(node).split(".")[-2:]).removeprefix("self.")


def inherited(module: str, tree: ast.Module) -> Iterator[tuple[str, str]]:
    """What the classes of a module use, or stand in the place of, of the classes of libraries above them."""
    classes = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    for cls in vars(importlib.import_module(module)).values():
        if not inspect.isclass(cls) or cls.__module__ != module or cls.__name__ not in classes:
            continue
        above = {
            name: base.__name__
            for base in reversed(cls.__mro__[1:])
            if base.__module__.split(".")[0] in PLACES
            for name in private_names(base)
        }
        if not above:
            continue
        code = classes[cls.__name__]
        names = {name for child in ast.iter_child_nodes(code) for name in stored(child)}
        names |= {
            node.attr
            for node in ast.walk(code)
            if isinstance(node, ast.Attribute)
            and node.attr in above
            and ast.unparse(node.value) in ("self", "super()")
        }
        for name in names & above.keys():
            yield module, f"{above[name]}.{name}"


@pytest.fixture(scope="module")
def found() -> set[tuple[str, str]]:
    return {(module, name) for module, name in used() if name.split(".")[-1] not in PUBLIC}


def test_private_names_of_a_library_are_used_in_one_place(found: set[tuple[str, str]]) -> None:
    """In ``tui/terminal``, ``core/db/sqlite_driver.py`` …, each with what for it is used, in the tables here."""
    allowed = {name: place for names, place in PLACES.values() for name in names}
    elsewhere = [
        f"{module} uses {name}"
        for module, name in sorted(found)
        if not (name in allowed and module.startswith(allowed[name]))
    ]
    assert elsewhere == []


def test_what_is_listed_is_used(found: set[tuple[str, str]]) -> None:
    listed = {name for names, _place in PLACES.values() for name in names}
    assert listed - {name for _module, name in found} == set()


@pytest.mark.parametrize("library", PLACES)
def test_the_library_still_has_what_it_keeps_private(library: str) -> None:
    names, place = PLACES[library]
    changed = []
    for name, (purpose, check) in names.items():
        try:
            holds = check()
        except (AttributeError, ImportError, KeyError, TypeError, ValueError):
            holds = False
        if not holds:
            changed.append(
                f"{name} is not what it was: {place.rstrip('.')} needs it, so that {purpose}."
            )
    assert not changed, "\n".join([f"{library} {version(library)}:", *changed])
