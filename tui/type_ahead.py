"""Keys typed faster than the console answers: each is answered before the next one is passed on.

On a slow link several keys arrive at once. Textual hands all of them to the widget that has the focus then, so
that what is typed behind ``/`` would act on the list instead of being searched for.
"""

import asyncio
import contextlib
from typing import TYPE_CHECKING

from textual.message_pump import MessagePump

if TYPE_CHECKING:
    from tui.app import ConsoleApp

PATIENCE_SECONDS = 0.2  # no key waits longer for the one before it
_TURN = 0.005


async def answered(app: "ConsoleApp", patience: float = PATIENCE_SECONDS) -> None:
    """Return when the key that was just posted has been answered: what it opens is there, with its focus.

    Returns after ``patience`` seconds at the latest.
    """
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(patience):
            await _done(app)
            for node in (app.focused or app.screen).ancestors_with_self:
                await _done(node)
            await _shown(app)
            while _is_opening(app):  # noqa: ASYNC110 - the workers are Textual's own
                await asyncio.sleep(_TURN)
            await _shown(app)


async def _shown(app: "ConsoleApp") -> None:
    await _done(app)
    await _done(app.screen)


async def _done(pump: MessagePump) -> None:
    """Wait until it has handled what it has been sent up to now."""
    handled = asyncio.Event()
    if pump.call_later(handled.set):
        await handled.wait()


def _is_opening(app: "ConsoleApp") -> bool:
    return any(worker.group == "open" and not worker.is_finished for worker in app.workers)
