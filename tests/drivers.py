"""Drives the console as a person would: presses keys, reads the screen, waits until something is there."""

import asyncio
import contextlib
import unicodedata
from collections.abc import AsyncIterator, Callable
from typing import Any

from textual import events
from textual.keys import REPLACED_KEYS, _character_to_key, _get_unicode_name_from_key
from textual.message_pump import MessagePump
from textual.pilot import Pilot

from core.io.identity import Identity
from core.values.settings import Settings
from tests.factories import World
from tests.undrawn import draw, state
from tui.app import ConsoleApp
from tui.recipients.list_screen import RecipientsScreen
from tui.terminal.type_ahead import answered

PATIENCE_SECONDS = 20.0
_TURN = 0.02
_BETWEEN_PRESSES, _BETWEEN_REPEATS = 1.0, 0.03


async def idle(app: ConsoleApp) -> None:
    """Wait until the app, its screen and all on it have handled what they have been sent up to now.

    The pilot's own way sends each of them a message, most of what a key costs: who waits for one has handled all.
    """
    shown = [
        one for screen in app.screen_stack[-1:] for one in screen.walk_children(with_self=True)
    ]
    for one in (app, *shown):
        handled = asyncio.Event()
        if not _waits(one) and one.call_later(handled.set):
            while not handled.is_set() and one.is_running:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(handled.wait(), _TURN)


def _waits(pump: MessagePump) -> bool:
    queue: Any = pump._message_queue
    return queue.empty() and bool(queue.ready_event._waiters)


class Console:
    """One console in the pilot."""

    def __init__(self, app: ConsoleApp, pilot: "Pilot[Any]") -> None:
        self.app = app
        self.pilot = pilot
        self._pressed_at = 0.0

    async def press(self, *keys: str) -> None:
        """Press these keys one after the other, each as soon as the one before it is answered.

        The pilot's own way waits until the whole process is idle, twice for each key.
        """
        for key in keys:
            self.send(key)
            await answered(self.app, PATIENCE_SECONDS)
        await idle(self.app)

    async def type(self, text: str) -> None:
        """Type a text, a key for each character, as fast as a terminal passes them on.

        Waiting for each of them to be drawn, as ``press`` does, takes ten times as long.
        """
        for character in text:
            self.send(character)
        await answered(self.app, PATIENCE_SECONDS)
        await idle(self.app)

    async def hold(self, key: str, repeats: int) -> None:
        """Hold a key down until the terminal has repeated it so many times."""
        await self.press(key)
        for _repeat in range(repeats):
            self.send(key, after=_BETWEEN_REPEATS)
            await answered(self.app, PATIENCE_SECONDS)

    def send(self, key: str, *, after: float = _BETWEEN_PRESSES) -> None:
        """Press a key so many seconds after the one before it, by its own time, and wait for nothing."""
        if len(key) == 1 and not key.isalnum():
            key = _character_to_key(key)
        name = _get_unicode_name_from_key(REPLACED_KEYS.get(key, key))
        try:
            character: str | None = unicodedata.lookup(name)
        except KeyError:
            character = key if len(key) == 1 else None
        event = events.Key(key, character)
        event.set_sender(self.app)
        event.time = self._pressed_at = max(event.time, self._pressed_at) + after
        assert self.app._driver is not None
        self.app._driver.send_message(event)

    async def paste(self, text: str) -> None:
        """Paste a text in one piece, as a terminal does with what is dropped onto it."""
        self.app.post_message(events.Paste(text))
        await self.pilot.pause()

    def text(self) -> str:
        """The screen as a person reads it, a line for each row."""
        width, height = self.app.size
        lines = [
            "".join(segment.text for segment in strip)[: width * 2] for strip in draw(self.app)
        ]
        return "\n".join(lines[:height])

    async def until(
        self, condition: Callable[[], object], what: str | Callable[[], str] = ""
    ) -> None:
        """Wait until the condition holds; fails with the screen if it never does."""
        loop = asyncio.get_running_loop()
        end = loop.time() + PATIENCE_SECONDS
        while not condition():
            if loop.time() > end:
                told = what() if callable(what) else what or condition
                why = self.app.failure or ""  # the core that was not opened says why
                raise AssertionError(f"never: {told} {why}\n{self.text()}")
            await asyncio.sleep(_TURN)

    def words(self) -> str:
        """The screen as running text: line breaks, sides of boxes and what stands beside notices are taken out."""
        return self._words(self.text())

    def _words(self, text: str) -> str:
        text = text.replace("│", " ")
        return " ".join((text.replace(self.app.sign, "") if self.app.sign else text).split())

    def _looks(self, condition: Callable[[str], bool]) -> Callable[[], bool]:
        """The condition for what is on the screen, asked again only when that may be another."""
        seen: object = None

        def is_so() -> bool:
            nonlocal seen
            before, seen = seen, state(self.app)
            return seen != before and condition(self.text())

        return is_so

    async def sees(self, *texts: str) -> None:
        """Wait until each text is on the screen, broken into lines or not."""
        left = list(texts)

        def are_seen(screen: str) -> bool:
            words = self._words(screen)
            while left and (left[0] in screen or left[0] in words):
                left.pop(0)
            return not left

        await self.until(self._looks(are_seen), lambda: f"sees {left[0]!r}")

    async def sees_no(self, *texts: str) -> None:
        """Wait until none of the texts is on the screen."""
        for text in texts:
            is_gone = self._looks(lambda screen, text=text: text not in screen)
            await self.until(is_gone, f"no longer sees {text!r}")

    @property
    def list(self) -> RecipientsScreen:
        """The list at the bottom of the stack."""
        screen = self.app.screen_stack[1]
        assert isinstance(screen, RecipientsScreen)
        return screen

    async def quiet(self) -> None:
        """Wait until the list has read what it shows and nothing is being written."""
        await self.until(
            lambda: (
                not self.list.table.busy
                and not self.app.is_writing
                and self.list.table.total is not None
            ),
            "the list is read",
        )


@contextlib.asynccontextmanager
async def console(
    world: World, *, account: str = "root", size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Console]:
    """A console on the world's database, run by this OS account, its list read."""
    async with console_of(world.settings, Identity(account=account, uid=0), size=size) as driver:
        yield driver


@contextlib.asynccontextmanager
async def console_of(
    settings: Settings, identity: Identity, *, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Console]:
    """A console with these settings, run by whom the identity says, its list read."""
    app = ConsoleApp(settings, identity)
    async with app.run_test(size=size) as pilot:
        driver = Console(app, pilot)
        await driver.until(lambda: app.is_open or app.failure, "the core is open")
        if not app.failure:
            await driver.quiet()
        yield driver
