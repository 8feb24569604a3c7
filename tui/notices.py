"""What is told on every screen at once, whichever is on top."""

from collections.abc import Iterator

from core.values.errors import StorageUnavailable
from core.values.i18n import _
from tui.terminal.app import TerminalApp
from tui.widgets.notice import Notice


class Notices:
    """The notices of all screens of one console."""

    def __init__(self, app: TerminalApp) -> None:
        self._app = app
        self._is_storage_lost = False
        self.is_warned = False

    def warn(self, words: str) -> None:
        """Say so over everything else; a screen that was opened since is told as well."""
        if not (words or self.is_warned):
            return
        self.is_warned = bool(words)
        for notice in self._all():
            notice.warn(words)

    def tell_storage(self, error: StorageUnavailable | None) -> None:
        """Say that the database cannot be reached, once, and that it can again."""
        if bool(error) == self._is_storage_lost:
            return
        self._is_storage_lost = bool(error)
        words = f"{error} " + _("What you typed stays; it is tried again.") if error else ""
        self._stand("storage", words, "error")
        if not error:
            for notice in self._app.screen.query(Notice):
                notice.tell(_("The database is there again."), "success")

    def tell_waiting(self, waits: bool) -> None:
        """Say that the database keeps the console waiting, until it no longer does."""
        words = _("The database is in use by another program; waiting for it.")
        self._stand("waiting", words if waits else "", "warning")

    def _stand(self, name: str, words: str, severity: str) -> None:
        """Say what is so, until it is so no longer."""
        for notice in self._all():
            notice.stand(name, words, severity)

    def _all(self) -> Iterator[Notice]:
        for screen in self._app.screen_stack:
            yield from screen.query(Notice)
