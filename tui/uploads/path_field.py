"""A path to type, with the files that it may become below it: completion and file browser in one."""

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from core.errors import CoreError
from core.i18n import _
from tui.text import shown
from tui.uploads.typed_path import typed_path

if TYPE_CHECKING:
    from core.files import FileAccess


class PathField(Vertical):
    """↑ ↓ choose a file or folder, tab completes, enter takes it (``Taken``)."""

    BINDINGS = [
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("tab", "complete", show=False),
    ]

    class Taken(Message):
        """Enter was pressed on a path that is not a folder."""

    def __init__(self, access: "FileAccess", value: str = "", *, browse: bool = True) -> None:
        super().__init__()
        self._access = access
        self._browse = browse
        self.input = Input(value, placeholder=_("Path of the file"), id="path", compact=True)
        self.input.cursor_blink = False
        self._options = OptionList()
        self._options.can_focus = False

    def compose(self) -> ComposeResult:
        """The path, and what it may become."""
        yield self.input
        yield self._options

    def on_mount(self) -> None:
        """Begin with the folder."""
        self._options.display = self._browse
        self._offer()

    @property
    def value(self) -> str:
        """The path, without quotes."""
        return typed_path(self.input.value)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Offer what fits."""
        event.stop()
        self._offer()

    def _offer(self) -> None:
        try:
            found = self._access.complete(self.value)
        except CoreError:
            found = []
        found = [name for name in found if name.endswith("/") or name.lower().endswith(".xlsx")]
        self._found = found
        self._options.clear_options()
        self._options.add_options(Option(shown(_last_part(name))) for name in found)
        self._options.highlighted = 0 if found else None

    def action_move(self, step: int) -> None:
        """Up and down in what is offered."""
        at = self._options.highlighted
        if at is not None:
            self._options.highlighted = (at + step) % self._options.option_count

    def _chosen(self) -> str | None:
        at = self._options.highlighted
        return self._found[at] if at is not None and at < len(self._found) else None

    def _put(self, path: str) -> None:
        self.input.value = path
        self.input.cursor_position = len(path)

    def action_complete(self) -> None:
        """Put what is chosen into the path; with nothing to complete, go on to the next field."""
        chosen = self._chosen() if self._browse else None
        if chosen is None or chosen == self.value:
            self.screen.focus_next()
        else:
            self._put(chosen)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go into the chosen folder, or take the path."""
        event.stop()
        typed, chosen = self.value, self._chosen()
        if (
            self._browse
            and chosen
            and (not typed or chosen.endswith("/") or typed not in self._found)
        ):
            self._put(chosen)
            if chosen.endswith("/"):
                return
        self.post_message(self.Taken())


def _last_part(path: str) -> str:
    folder = path.endswith("/")
    return path.rstrip("/").rpartition("/")[2] + ("/" if folder else "")
