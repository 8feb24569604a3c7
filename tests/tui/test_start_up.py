"""Starting: no garbage is collected meanwhile, and no key is lost or refused."""

import contextlib
import gc
import signal
from pathlib import Path

import pytest
from textual import events

from core.app.services import Services
from core.io.identity import Identity
from core.values.errors import InvalidInput
from tests.drivers import Console, console
from tests.factories import make_services, make_settings
from tests.gates import held_back
from tui import __main__, entry, start_up
from tui.app import ConsoleApp
from tui.terminal.preparing import prepare
from tui.terminal.type_ahead import TypeAhead


async def test_the_open_console_collects_garbage(tmp_path: Path) -> None:
    world = await make_services(tmp_path, account="root")
    with start_up.starting():
        assert not gc.isenabled()
        async with console(world) as it:
            await it.until(gc.isenabled)
    await world.close()


@pytest.mark.parametrize("arguments", [["organization", "list"], ["no-such-command"]])
def test_so_does_whoever_calls_it(arguments: list[str]) -> None:
    with contextlib.suppress(SystemExit):
        __main__.main(arguments)
    assert gc.isenabled()


def test_a_process_that_ends_looks_through_nothing_once_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    frozen: list[bool] = []
    monkeypatch.setattr(gc, "freeze", lambda: frozen.append(True))
    monkeypatch.setattr(signal, "signal", lambda *_given: None)
    monkeypatch.setattr(__main__, "main", lambda: 3)
    assert (entry.main(), frozen) == (3, [True])


@pytest.mark.parametrize(
    ("more", "chosen", "theme"),
    [({}, "", "ansi-dark"), ({}, "nord", "nord"), ({"NO_COLOR": "1"}, "nord", "ansi-dark")],
)
def test_the_theme_is_there_before_stylesheets_are_read(
    more: dict[str, str], chosen: str, theme: str
) -> None:
    environment = {"TERM": "xterm", "TEXTUAL_THEME": "dracula", **more}
    prepare(theme=chosen, plain=True, environment=environment)
    assert environment["TEXTUAL_THEME"] == theme


def test_a_theme_that_is_none_is_told_with_those_that_there_are(tmp_path: Path) -> None:
    settings = make_settings(tmp_path, CARECALL_THEME="nordd")
    with pytest.raises(InvalidInput, match=r"no theme nordd.*, nord, "):
        ConsoleApp(settings, Identity("root", 0))


async def test_rows_are_worked_with_before_the_core_is_there(tmp_path, monkeypatch) -> None:
    """Enter opens the details of whom the list shows; what needs the core is kept, in its order."""
    world = await make_services(tmp_path, account="root")
    body = await world.organization("해운대구 복지관")
    for name in ("김영희", "박철수"):
        row = await world.recipient(body, name)
        await world.services.memos.add(world.system, row.id, f"{name}의 메모")
    gate = held_back(monkeypatch, Services, "open")
    app = ConsoleApp(world.settings, Identity(account="root", uid=0))
    async with app.run_test(size=(80, 24)) as pilot:
        it = Console(app, pilot)
        await it.sees("박철수", "김영희")
        passed: list[str] = []
        ahead = TypeAhead(app, lambda event: passed.append(event.key))
        await it.press("down", "enter")
        await it.sees("Recipient details", it.list.table.row_at(1).data.name)
        for key in ("escape", "4", "escape", "d"):
            ahead.typed(events.Key(key, None))
        ahead.catch_up()
        assert passed == ["escape"]
        ahead.typed(events.Key("ctrl+c", None))
        assert passed == ["escape", "ctrl+c"]
        gate.set()
        await it.sees("1 of 2" if it.list.table.cursor_index == 0 else "2 of 2", "4 Memo 1")
        ahead.catch_up()
        assert passed == ["escape", "ctrl+c", "4", "escape", "d"]
        assert not ahead.is_waiting
        await it.press("left_square_bracket")
        await it.sees("1 of 2")
    await world.close()
