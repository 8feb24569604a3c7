"""Takes pictures of the console on a sample database, as SVG, into docs/pictures.

Run it from the top of the checkout: ``python scripts/pictures.py [NAME…]``. A new one is a line in ``PICTURES``.
"""

import asyncio
import html
import os
import platform
import re
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import date, datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import Struct

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP))

import msgspec  # noqa: E402
from rich.cells import cell_len  # noqa: E402

from core.demo import place, writer  # noqa: E402 - the checkout is put on the path first
from core.demo.generator import Plan  # noqa: E402
from core.io.configuration import load  # noqa: E402
from core.io.identity import Identity  # noqa: E402
from core.values import times  # noqa: E402
from core.values.settings import Settings  # noqa: E402
from tui.app import ConsoleApp  # noqa: E402

PICTURES_DIR = TOP / "docs" / "pictures"
ACCOUNT = "sample"
SMALL, LARGE = (80, 24), (120, 40)
# workers that go on as long as the console
_LASTING = {"watch", "presence", "upkeep", "open", "action"}
_UNTIL = "until "  # in the place of a key: a text that is waited for


class _ThatMorning(datetime):
    """It is always the same moment in the pictures: on the last day of the sample, at work."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        """That moment."""
        return datetime(2026, 11, 23, 10, 5, tzinfo=ZoneInfo("Asia/Seoul")).astimezone(tz)


def _as_it_is(settings: Settings) -> Settings:
    return settings


def _heard(settings: Settings) -> Settings:
    """A command that takes sound as long as it is let, in the place of a sound server."""
    program = settings.voice_dir.parent / "paplay"
    program.write_text("#!/bin/sh\nexec sleep 600\n")
    program.chmod(0o700)
    return msgspec.structs.replace(settings, player="command", player_command=str(program))


def _not_heard(settings: Settings) -> Settings:
    """The connection to the desk is not there."""
    os.environ["PULSE_SERVER"] = "unix:/run/user/1000/desk-sound"
    return msgspec.structs.replace(settings, player="auto", player_command="paplay")


def _without_files(settings: Settings) -> Settings:
    """A voice directory to which nothing was delivered yet."""
    empty = settings.voice_dir.parent / "empty"
    empty.mkdir(exist_ok=True)
    return msgspec.structs.replace(settings, voice_dir=empty)


class Picture(Struct, frozen=True):
    """What is pressed from the list on, and what the picture is called."""

    name: str
    keys: Sequence[str]
    sizes: Sequence[tuple[int, int]] = (SMALL, LARGE)
    host: Callable[[Settings], Settings] = _as_it_is


def _details(name: str) -> Sequence[str]:
    return ("slash", *name, "until 1 of 200", "enter", "enter", "until [1 Calls")


_DETAILS = _details("황영철")
_HEARD = _details("김춘엽")  # whose last calls have a voice file
_VOICE = (*_HEARD, "down", "until █")
_PLAYING = (*_VOICE, "space", "until ▶ playing", "full_stop", "until 0:05 /")
_TODO = ("t", "until [", "4", "until [4 All")
PICTURES = (
    Picture("list", ()),
    Picture("details-calls", _DETAILS),
    Picture("details-memory", (*_DETAILS, "2")),
    Picture("details-followup", (*_DETAILS, "3")),
    Picture("details-memo", (*_DETAILS, "4")),
    Picture("details-contacts", (*_DETAILS, "5")),
    Picture("details-history", (*_DETAILS, "6")),
    Picture("hand-over", ("H", "until Signed by")),
    Picture("details-contact-form", (*_DETAILS, "5", "a"), (SMALL,)),
    Picture("details-followup-form", (*_DETAILS, "3", "a"), (SMALL,)),
    Picture("details-memo-form", (*_DETAILS, "4", "a"), (SMALL,)),
    Picture("details-memory-history", (*_DETAILS, "2", "enter"), (SMALL,)),
    Picture("todo", _TODO),
    Picture(
        "todo-details",
        (*_TODO, "down", "down", "enter", "until Recipient details", "until [1 Calls"),
    ),
    Picture("todo-later", (*_TODO, "h", *"+1 9:00", "until that is"), (SMALL,)),
    Picture("todo-done", (*_TODO, "down", "x", "until Next step"), (SMALL,)),
    Picture("todo-give", (*_TODO, "M", "until Give:"), (SMALL,)),
    Picture("voice-playing", _PLAYING, host=_heard),
    Picture("voice-paused", (*_PLAYING, "space", "until ‖ paused"), (SMALL,), _heard),
    Picture("voice-no-way", (*_VOICE, "space", "until At your desk"), (SMALL,), _not_heard),
    Picture("voice-missing", (*_HEARD, "down", "until not there"), (SMALL,), _without_files),
)


async def _quiet(app: ConsoleApp, pilot: object) -> None:
    for _ in range(200):
        await asyncio.sleep(0.05)
        busy = [one for one in app.workers if one.is_running and one.group not in _LASTING]
        ready = getattr(app.screen, "_ready", True)  # the list takes its keys
        if app.is_open and ready and not busy and not app.is_writing:
            return
    raise TimeoutError("the console never came to rest")


async def _appears(app: ConsoleApp, text: str) -> None:
    for _ in range(400):
        strips = app.screen._compositor.render_strips()
        screen = "\n".join("".join(part.text for part in strip) for strip in strips)
        if text in screen:
            return
        await asyncio.sleep(0.05)
    raise TimeoutError(f"{text} never appeared:\n{screen}")


async def take(settings: Settings, picture: Picture, size: tuple[int, int]) -> str:
    """The picture, as SVG that needs nothing from elsewhere."""
    app = ConsoleApp(picture.host(settings), Identity(account=ACCOUNT, uid=0))
    async with app.run_test(size=size) as pilot:
        await _quiet(app, pilot)
        for key in picture.keys:
            if key.startswith(_UNTIL):
                await _appears(app, key.removeprefix(_UNTIL))
            else:
                await pilot.press(key)
                await _quiet(app, pilot)
        await pilot.pause()
        svg = app.export_screenshot(title="carecall")
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL).replace("Fira Code, ", "")
    return re.sub(r"[ \t]+$", "", _TEXT.sub(_word_by_word, svg), flags=re.MULTILINE)


_TEXT = re.compile(
    r'<text class="(?P<style>[^"]*)" x="(?P<x>[\d.]+)" y="(?P<y>[\d.]+)"[^>]*>(?P<text>[^<]*)</text>'
)
_CELL = 12.2  # the width of a cell in these pictures


def _word_by_word(match: re.Match[str]) -> str:
    """Each word at its own place: blanks, and fonts whose wide letters are no two cells, shift nothing."""
    text = html.unescape(match["text"]).replace("\xa0", " ")
    words = []
    for word in re.finditer(r"\S+", text):
        x = float(match["x"]) + cell_len(text[: word.start()]) * _CELL
        words.append(
            f'<text class="{match["style"]}" x="{x:.1f}" y="{match["y"]}"'
            f' textLength="{cell_len(word[0]) * _CELL:.1f}">{html.escape(word[0])}</text>'
        )
    return "".join(words)


async def main(names: Sequence[str]) -> None:
    """Make the sample, then take the pictures with these names, or all."""
    PICTURES_DIR.mkdir(parents=True, exist_ok=True)
    platform.node = lambda: "care-host"
    times.datetime = _ThatMorning
    with tempfile.TemporaryDirectory() as home:
        settings = place.sample_settings(load({"HOME": home, "LANG": "en_US.UTF-8"}), 200, 1)
        file = Path(settings.database.partition("///")[2])
        await writer.make(file, Plan(200, 1, date(2026, 11, 23), ACCOUNT), lambda _percent: None)
        place.copy_voice_files(file, settings.voice_dir)
        for picture in PICTURES:
            if names and picture.name not in names:
                continue
            for width, height in picture.sizes:
                svg = await take(settings, picture, (width, height))
                (PICTURES_DIR / f"{picture.name}-{width}x{height}.svg").write_text(svg)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
