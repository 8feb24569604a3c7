"""Changing few or very many recipients: few at once, very many behind a dialog that tells how far it is."""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from core.values.errors import CoreError
from core.values.i18n import _
from core.values.jobs import FEW, Done, Job
from tui.base import ConsoleActions

Outcome = TypeVar("Outcome")


class WorkActions(ConsoleActions):
    """What screens share that change a selection."""

    def work(
        self,
        title: str,
        count: int,
        start: Callable[[Job], Coroutine[Any, Any, Outcome]],
        then: Callable[[Outcome], Any],
        failed: Callable[[CoreError], Any] | None = None,
    ) -> None:
        """Do it; for very many with progress, and esc ends it after the part it is at."""
        if count <= FEW:
            self.write(start(Job()), then, failed)
            return
        from tui.uploads.job_dialog import JobDialog, cancelled_words
        from tui.uploads.progress import people_words

        def ended(outcome: Outcome | CoreError | None) -> None:
            if isinstance(outcome, CoreError):
                (failed or self.tell_error)(outcome)
            elif outcome is not None:
                then(outcome)

        dialog = JobDialog(title, start, cancelled_words(), people_words)
        self.console.push_screen(dialog, ended)

    def tell_done(self, done: Done, whole: str, part: str) -> None:
        """Tell what came of it: ``whole``, or ``part`` (with {done} and {total}) and what ended it early."""
        if done.is_whole:
            self.tell(whole.format(count=f"{done.done:,}", keys=self.console.own_keys), "success")
            return
        told = part.format(
            done=f"{done.done:,}", total=f"{done.total:,}", keys=self.console.own_keys
        )
        if done.stopped is not None:
            self.tell(f"{told} {done.stopped}", "error")
        else:
            self.tell(told + " " + _("Cancelled."))
