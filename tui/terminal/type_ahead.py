"""Keys typed faster than the console answers: each is answered before the next one is passed on.

On a slow link several keys arrive at once. Textual hands all of them to the widget that has the focus then, so
that what is typed behind ``/`` would act on the list instead of being searched for. And rows are on the screen
before the core is there: what cannot be answered without it is kept, and everything typed after it.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable

from textual import events
from textual.message_pump import MessagePump

from tui.terminal.app import TerminalApp

ANSWER_SECONDS = 5.0  # of a machine so busy that the next key would be answered no sooner
OPENING_SECONDS = 1.0  # no key waits longer for what the one before it opens or lists
_TURN = 0.005


class TypeAhead:
    """What was typed, passed on in its order: at once, or when the core is there."""

    def __init__(
        self, app: TerminalApp, pass_on: Callable[[events.Key | events.Paste], None]
    ) -> None:
        self._app = app
        self._pass_on = pass_on
        self._kept: deque[events.Key | events.Paste] = deque()
        self._typed_for: object = None

    @property
    def is_waiting(self) -> bool:
        """Whether something is kept."""
        return bool(self._kept)

    def typed(self, event: events.Key | events.Paste) -> None:
        """Pass it on, or keep it behind what is kept. The key that ends the console is never kept."""
        self.catch_up()
        waits = self._kept or not self._app.answers_now(event)
        if waits and not self._app.ends_it(event):
            if not self._kept:
                self._typed_for = self._seen()
            self._kept.append(event)
        else:
            self._pass_on(event)

    def catch_up(self) -> None:
        """Pass on what can be answered by now; nothing to a dialog that has come by itself meanwhile."""
        if self._kept and self._app.is_ready and self._seen() is not self._typed_for:
            self._kept.clear()
        while self._kept and self._app.answers_now(self._kept[0]):
            self._pass_on(self._kept.popleft())
            self._typed_for = self._seen()

    def _seen(self) -> object:
        """The screen that keys are for; the list, before there is one and when it is the one."""
        above = self._app.screen_stack[2:]
        return above[-1] if above else None


async def answered(app: TerminalApp, opening: float = OPENING_SECONDS) -> None:
    """Return when the key that was just posted has been answered: what it opens is there, with its focus.

    What it opens or lists is waited for ``opening`` seconds at most.
    """
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(ANSWER_SECONDS):
            await _done(app)
            for node in (app.focused or app.screen).ancestors_with_self:
                await _done(node)
            await _shown(app)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(opening):
            while app.is_opening:  # noqa: ASYNC110 - the workers are Textual's own
                await asyncio.sleep(_TURN)
            await _shown(app)
    app.key_answered()


async def _shown(app: TerminalApp) -> None:
    await _done(app)
    await _done(app.screen)


async def _done(pump: MessagePump) -> None:
    """Wait until it has handled what it has been sent up to now, or is gone."""
    handled = asyncio.Event()
    if pump.call_later(handled.set):
        while not handled.is_set() and pump.is_running:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(handled.wait(), _TURN)
