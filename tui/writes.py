"""Writes under way: each in its turn, and done whatever becomes of the screen that began it."""

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from core.values.errors import CoreError
from core.values.i18n import _

if TYPE_CHECKING:
    from tui.shell import View
    from tui.terminal.app import TerminalApp

Result = TypeVar("Result")

TELLING_AFTER = 0.5  # seconds that a write waits for the one before it


class Writes:
    """The writes of one console. ``running``: those that leaving waits for."""

    def __init__(self, app: "TerminalApp") -> None:
        self._app = app
        self._turn = asyncio.Lock()
        self.running: set[asyncio.Task[Any]] = set()

    async def outcome(
        self, view: "View", writing: Coroutine[Any, Any, Result], *, in_turn: bool = True
    ) -> Result:
        """The outcome of a write; ``in_turn``: begun when those before it are done."""

        async def run() -> Result:
            try:
                return await (self._in_turn(view, writing) if in_turn else writing)
            except CoreError:
                raise
            except Exception as error:  # a write must not end the console
                raise CoreError(view.console.log_unexpected(error)) from error

        with self._app.as_app():
            task = asyncio.create_task(run())
        self.running.add(task)
        task.add_done_callback(self.running.discard)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            task.add_done_callback(self._tell_failed)  # on the screen that is there then
            raise

    async def _in_turn(self, view: "View", writing: Coroutine[Any, Any, Result]) -> Result:
        """Whoever waits long for the writes before it is told."""
        words = _("It is saved as soon as the change before it is done.")

        def stand(words: str = words) -> None:
            view.stand("turn", words)

        waiting = self._app.set_timer(TELLING_AFTER, stand, pause=not self._turn.locked())
        async with self._turn:
            waiting.stop()
            stand("")
            return await writing

    def _tell_failed(self, write: "asyncio.Task[Any]") -> None:
        error = None if write.cancelled() else write.exception()
        if error is not None and (tell := getattr(self._app.screen, "tell_error", None)):
            tell(error)
