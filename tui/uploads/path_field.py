"""A path to type, with the files that it may become below it: completion and file browser in one."""

import asyncio
import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Static

from core.uploads.endings import may_be_uploaded
from core.values.errors import CoreError
from core.values.i18n import _
from core.written.files import completions, folder_of
from tui.action import Acting
from tui.forms.actions import PATH
from tui.forms.choices import Choices
from tui.text import shown
from tui.uploads.typed_path import typed_path
from tui.widgets.line_input import LineInput

if TYPE_CHECKING:
    from core.written.files import Entry, FileAccess

_MOST_OFFERED = 100


class PathField(Acting, Vertical):
    """↑ ↓ choose a file or folder, tab completes, enter takes it (``Taken``)."""

    binds = (PATH,)

    class Taken(Message):
        """Enter was pressed on a path that is not a folder."""

    def __init__(self, access: "FileAccess", value: str = "", *, browse: bool = True) -> None:
        super().__init__()
        self._access = access
        self._browse = browse
        self.input = LineInput(
            value,
            placeholder=_("Path of the file"),
            id="path",
            compact=True,
        )
        self._choices = Choices()
        self._choices.can_focus = False
        self._more = Static()
        self._more.display = False
        self._folder: str | None = None  # whose entries were read
        self._entries: Sequence[Entry] = ()  # folders and workbooks
        self._offered: list[str] = []

    def compose(self) -> ComposeResult:
        """The path, and what it may become."""
        with Horizontal(classes="path-line"):
            yield Static(shown(_("File")), classes="label")
            yield self.input
        yield self._choices
        yield self._more

    async def on_mount(self) -> None:
        """Begin with the folder."""
        self._choices.display = self._browse
        await self._offer()

    @property
    def value(self) -> str:
        """The path, without quotes."""
        return typed_path(self.input.value)

    async def on_input_changed(self, event: Input.Changed) -> None:
        """Offer what fits."""
        event.stop()
        await self._offer()

    async def _offer(self) -> None:
        if not self._browse:
            return
        folder = folder_of(self.value)
        if folder != self._folder:
            # a folder may lie on a slow disk or hold thousands of files: one look, beside the screen
            try:
                entries = await asyncio.to_thread(self._access.entries, folder)
            except CoreError:
                entries = []  # what is typed so far leads nowhere: nothing to offer
            self._folder = folder
            self._entries = [
                entry for entry in entries if entry.is_folder or may_be_uploaded(entry.name)
            ]
        found = completions(self.value, self._entries)
        offered = {}
        if folder == self.value:
            above = _above(folder, is_limited=self._access.is_limited)
            offered = {above: "../"} if above is not None else {}
        first = min(len(offered), len(found))
        offered |= {path: _last_part(path) for path in found[:_MOST_OFFERED]}
        if list(offered) == self._offered:
            return
        self._offered = list(offered)
        self._choices.offer(offered.items(), at=first)
        more = len(found[_MOST_OFFERED:])
        self._more.display = more > 0
        self._more.update(shown(_("{count} more; type on to see them").format(count=f"{more:,}")))

    async def move(self, step: int) -> None:
        """Up and down in what is offered."""
        await self._offer()
        self._choices.move(step)

    def _chosen(self) -> str | None:
        return self._choices.chosen

    def _put(self, path: str) -> None:
        # a name with quotes of its own
        typed = path if typed_path(path) == path else shlex.quote(path)
        self.input.value = typed
        self.input.cursor_position = len(typed)

    async def complete(self) -> None:
        """Put what is chosen into the path; with nothing to complete, go on to the next field."""
        await self._offer()  # keys may be faster than what they ask for
        chosen = self._chosen() if self._browse else None
        if chosen is None or chosen == self.value:
            self.screen.focus_next()
        else:
            self._put(chosen)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go into the chosen folder, or take the path."""
        event.stop()
        typed, chosen = self.value, self._chosen()
        if chosen is not None and (_is_folder(chosen) or not typed or typed not in self._offered):
            self._put(chosen)
            if _is_folder(chosen):
                return
        self.post_message(self.Taken())


def _is_folder(path: str) -> bool:
    return path.endswith("/") or not path


def _above(folder: str, *, is_limited: bool) -> str | None:
    """The folder that a folder lies in, as it is typed; None where there is none to be used."""
    if folder in ("", "~/") or folder.endswith("../"):
        return None if is_limited else f"{folder}../"
    return folder[: folder.rstrip("/").rfind("/") + 1] if folder != "/" else None


def _last_part(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2] + ("/" if _is_folder(path) else "")
