"""A long piece of work: how far it is, and an end before its time."""

from collections.abc import Callable

from msgspec import Struct, field

from core.values.errors import CoreError
from core.values.i18n import _

FEW = 5_000  # up to so many are changed at once, all or nothing; for more, progress is shown
FEW_TO_MOVE = 200  # the same to another organization: calls, conversations and tasks go along


class Cancelled(CoreError):
    """The admin cancelled."""

    exit_code = 130


class Job(Struct):
    """A long piece of work: tells how far it is, and can be cancelled.

    ``on_progress(done, total)`` is called in the event loop; a total of 0 means "not known yet".
    """

    on_progress: Callable[[int, int], None] | None = None
    done: int = 0
    total: int = 0
    _cancelled: bool = False
    _on_cancel: list[Callable[[], None]] = field(default_factory=list)

    @property
    def cancelled(self) -> bool:
        """Whether it is to end."""
        return self._cancelled

    def cancel(self) -> None:
        """Have it end."""
        self._cancelled = True
        for act in self._on_cancel:
            act()

    def when_cancelled(self, act: Callable[[], None]) -> None:
        """Have this called at once when the job is cancelled."""
        self._on_cancel.append(act)

    def report(self, done: int, total: int) -> None:
        """Tell how far it is. Raises Cancelled where it is to end."""
        if self._cancelled:
            raise Cancelled(_("Cancelled; nothing was saved."))
        self.tell(done, total)

    def tell(self, done: int, total: int) -> None:
        """Tell how far it is."""
        self.done, self.total = done, total
        if self.on_progress is not None:
            self.on_progress(done, total)


class Done(Struct, frozen=True):
    """How many of how many it was done to. ``stopped``: what ended it before all had their turn."""

    done: int
    total: int
    stopped: CoreError | None = None
    cancelled: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether all had their turn."""
        return self.stopped is None and not self.cancelled
