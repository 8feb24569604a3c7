"""A long piece of work while it runs: how far it is, how fast, how long it still takes; esc cancels it."""

import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from msgspec.structs import replace
from textual.app import ComposeResult
from textual.widgets import ProgressBar, Static

from core.values.errors import CoreError
from core.values.i18n import _
from core.values.jobs import Cancelled, Job
from tui.base import ConsoleDialog
from tui.forms.actions import FORM, GO_BACK
from tui.forms.progress import progress_words
from tui.text import shown

Outcome = TypeVar("Outcome")
_BETWEEN_UPDATES = 0.25  # seconds; a slow link has other things to carry
_KEYS = FORM.of(replace(GO_BACK, footer=1))


class JobDialog(ConsoleDialog[Outcome | CoreError]):
    """Dismissed with the outcome, with the CoreError that ended the work, or None where it was cancelled."""

    binds = (_KEYS,)
    scopes = (_KEYS,)

    def __init__(
        self,
        title: str,
        start: Callable[[Job], Coroutine[Any, Any, Outcome]],
        words: Callable[[int, int, float], str] | None = None,
    ) -> None:
        super().__init__(title)
        self._start = start
        self._words = words or progress_words
        self.job = Job(self._progress)
        self._began = time.monotonic()
        self._last = 0.0

    def content(self) -> ComposeResult:
        """The bar and its words."""
        yield ProgressBar(show_eta=False)
        yield Static(shown(self._words(0, 0, 0)), id="progress")

    def on_mount(self) -> None:
        """Begin."""
        self.begin(self._work())

    async def _work(self) -> None:
        outcome: Outcome | CoreError | None
        try:
            outcome = await self.console.written(self, self._start(self.job), in_turn=False)
        except Cancelled:
            outcome = None
        except CoreError as error:
            outcome = error
        if await self.is_there():
            self.dismiss(outcome)

    def _progress(self, done: int, total: int) -> None:
        moment = time.monotonic()
        if not self.is_attached or (moment - self._last < _BETWEEN_UPDATES and done < total):
            return
        self._last = moment
        self.query_one(ProgressBar).update(total=total or None, progress=done)
        words = self._words(done, total, moment - self._began)
        self.query_one("#progress", Static).update(shown(words))

    def go_back(self) -> None:
        """Cancel; the dialog closes when the work has ended."""
        self.job.cancel()
        self.tell(_("Cancelling…"))

    def leave(self) -> None:
        """Cancel, and leave the console."""
        self.job.cancel()
        self.console.leave()
