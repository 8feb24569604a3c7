"""How the console behaves in a terminal, whatever is done in it."""

import re
import signal
import subprocess

import pytest

from tests.terminal.driver import Terminal
from tests.terminal.host import CARECALL, Host
from tui.terminal.size import HIGHEST

LOUD = {
    "mouse": rb"\x1b\[\?100[0-3]h",
    "pixels of the mouse": rb"\x1b\[\?1016h",
    "kitty keyboard protocol": rb"\x1b\[>\d+u",
    "a blinking cursor": rb"\x1b\[\?12h|\x1b\[[135] q",
    "blinking text": rb"\x1b\[(?:[\d;]*;)?5m",
}
COLOUR = re.compile(rb"\x1b\[(?:\d+;)*(?:3[0-7]|4[0-7]|9[0-7]|10[0-7]|38|48)[;m]")


def walk(console: Terminal) -> None:
    """Open what there is."""
    for key, title in (("a", "Add recipient"), ("f", "Detailed search"), ("?", "─ Help ─")):
        console.press(key)
        console.sees(title)
        console.press("escape")
        console.sees_no(title)


@pytest.mark.parametrize("what", LOUD)
def test_nothing_loud_is_switched_on_unless_asked_for(console: Terminal, what: str) -> None:
    walk(console)
    assert not re.search(LOUD[what], console.raw)


def test_rich_brings_the_mouse_back(host: Host) -> None:
    with host.console("--rich") as it:
        it.sees("recipient")
        assert re.search(LOUD["mouse"], it.raw)


def test_nothing_is_written_while_nothing_changes(console: Terminal) -> None:
    console.press("/")
    console.settle(1.0)
    before = len(console.raw)
    for _turn in range(30):
        console.read(0.1)
    assert console.raw[before:] == b""


def test_a_resize_keeps_the_focus_and_what_was_typed(console: Terminal) -> None:
    console.press("a")
    console.sees("Add recipient")
    console.press("tab")
    console.type("010 55")
    console.resize(120, 40)
    console.sees("010 55", "Add recipient")
    console.type("66")
    console.sees("010 5566")
    console.resize(60, 20)
    console.sees("The terminal is too small: the console needs 80 columns and 24 rows.")
    assert "010 5566" not in console.text()
    console.resize(80, 24)
    console.sees("010 5566", "Add recipient")
    console.type("7")
    console.sees("010 55667")


def test_of_a_terminal_of_any_size_only_so_much_is_drawn(host: Host) -> None:
    """Each cell takes memory of the host, and who comes over SSH says how many there are."""

    def lowest_row() -> int:
        return max(map(int, re.findall(rb"\x1b\[(\d+);\d+H", it.raw[begun:])), default=0)

    with host.opened() as it:
        begun = it.mark()
        it.resize(1_200, 1_000)
        it.until(lambda: lowest_row() >= HIGHEST, "the last row is drawn")
        it.settle()
        assert lowest_row() == HIGHEST
        it.resize(80, 24)
        it.sees("이순신")


def test_a_terminal_that_is_too_small_at_first_may_grow(host: Host) -> None:
    with host.console(width=79, height=24) as it:
        it.sees("The terminal is too small")
        it.settle(1.0)
        it.resize(80, 24)
        it.sees("Manage recipients", "1 recipient ", "이순신")
        it.press("a")
        it.sees("Add recipient")


def test_where_no_colour_is_wanted_none_is_written(host: Host) -> None:
    with host.opened(NO_COLOR="1") as it:
        walk(it)
        assert not COLOUR.search(it.raw)


def test_a_theme_with_colours_writes_some(host: Host) -> None:
    with host.console(cold=True, CARECALL_THEME="textual-dark") as it:
        it.press("F")  # before the first frame: it is kept and answered
        it.sees("Search conversations")
        it.press("escape")
        it.sees("이순신")
        assert COLOUR.search(it.raw)


@pytest.mark.parametrize(("term", "command"), [("dumb", "demo"), ("unknown", ""), ("", "")])
def test_a_terminal_without_a_screen_is_refused_with_the_commands_to_use(
    host: Host, term: str, command: str
) -> None:
    before = set(host.directory.rglob("*"))
    with host.console(*command.split(), TERM=term) as it:
        assert it.ends() == 2
        assert set(host.directory.rglob("*")) == before
        it.sees(
            "The console needs a terminal with a screen.", "carecall --plain", "upload, download"
        )
        assert b"\x1b" not in it.raw


def test_without_a_terminal_the_commands_are_named(host: Host) -> None:
    done = subprocess.run(
        CARECALL, env=host.environment, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    assert done.returncode == 2
    assert b"carecall --plain" in done.stderr
    assert done.stdout == b""


@pytest.mark.parametrize("key", ["q", "ctrl+c"])
def test_leaving_gives_the_terminal_back(host: Host, key: str) -> None:
    with host.opened() as it:
        it.press(key, key)
        assert it.ends() == 0
        assert_given_back(it)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_ends_it_and_gives_the_terminal_back(host: Host, number: int) -> None:
    with host.opened() as it:
        it.signal(number)
        it.signal(number)
        assert it.ends() == 128 + number
        assert_given_back(it)
        assert "Traceback" not in it.text()


def assert_given_back(console: Terminal) -> None:
    """The usual screen, its cursor, line wrap, and no report or paste mode left on."""
    for switched_on, switched_off in (
        (b"\x1b[?1049h", b"\x1b[?1049l"),
        (b"\x1b[?25l", b"\x1b[?25h"),
        (b"\x1b[?2004h", b"\x1b[?2004l"),
        (b"\x1b[?1004h", b"\x1b[?1004l"),
        (b"\x1b[?7l", b"\x1b[?7h"),
    ):
        assert switched_on in console.raw
        assert console.raw.rindex(switched_off) > console.raw.rindex(switched_on)


def test_a_signal_ends_it_while_many_keys_still_wait(host: Host) -> None:
    with host.opened() as it:
        it.type("?\x1b[B" * 500)
        it.signal(signal.SIGTERM)
        assert it.ends() == 128 + signal.SIGTERM


def test_bytes_that_are_no_keys_do_no_harm(console: Terminal) -> None:
    console.press("/")
    for typed in ("김".encode("cp949"), b"\xff\xfe\x80", b"\x1b[999;999;999Z", b"\x1bP1$r\x1b\\", b"\x1b[<0;1;1M",
                  b"\x1b]52;c;AAAA\x07", b"\x1b[?2026;1$y", b"\x1b[200~x[/]\x1b[201~"):  # fmt: skip
        console.send(typed)
        console.settle(0.2)
    console.press("escape")
    console.sees("Manage recipients", "이순신")
