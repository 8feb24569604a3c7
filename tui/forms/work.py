"""Changing few or very many: few at once, very many behind a dialog that tells how far it is."""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from core.values.errors import CoreError
from core.values.i18n import _
from core.values.jobs import FEW, Done, Job
from tui.shell import View

Outcome = TypeVar("Outcome")
Start = Callable[[Job], Coroutine[Any, Any, Outcome]]


async def work(
    view: View, title: str, count: int, start: Start[Outcome], few: int = FEW
) -> Outcome | None:
    """The outcome of changing so many; None where it was cancelled. Raises CoreError.

    Very many are changed with progress, and esc ends it after the part it is at.
    """
    if count <= few:
        return await view.write(start(Job()))
    from tui.forms.progress import people_words

    return await with_progress(view, title, start, people_words)


async def look_long(view: View, title: str, count: int, start: Start[Outcome]) -> Outcome | None:
    """What is looked for among so many; with progress where they are very many. Raises CoreError."""
    if count <= FEW:
        return await view.look(start(Job()))
    return await with_progress(view, title, start)


async def with_progress(
    view: View,
    title: str,
    start: Start[Outcome],
    words: Callable[[int, int, float], str] | None = None,
) -> Outcome | None:
    """The outcome of a long piece of work; None where it was cancelled. Raises CoreError."""
    from tui.forms.job_dialog import JobDialog

    outcome = await view.ask(JobDialog(title, start, words))
    if isinstance(outcome, CoreError):
        raise outcome
    return outcome


def tell_done(view: View, done: Done, whole: str, part: str) -> None:
    """Tell what came of it: ``whole``, or ``part`` (with {done} and {total}) and what ended it early."""
    if done.is_whole:
        view.tell(whole.format(count=f"{done.done:,}", keys=view.console.own_keys), "success")
        return
    told = part.format(done=f"{done.done:,}", total=f"{done.total:,}", keys=view.console.own_keys)
    if done.stopped is not None:
        view.tell(f"{told} {done.stopped}", "error")
    else:
        view.tell(told + " " + _("Cancelled."))
