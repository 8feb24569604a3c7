"""Where a workbook is written to, and for a download why."""

import itertools
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from core.values.errors import InvalidInput
from core.values.i18n import N_, _
from core.values.text import clean_reason
from core.written.files import folder_of
from tui.forms.actions import SAVE
from tui.forms.form_dialog import FormDialog
from tui.forms.form_field import FormField
from tui.text import shown
from tui.uploads.files import files_of
from tui.uploads.path_field import PathField
from tui.uploads.typed_path import typed_path

if TYPE_CHECKING:
    from core.written.files import FileAccess

Result = TypeVar("Result")


def _new_file(access: "FileAccess", typed: str) -> str:
    path = typed_path(typed)
    if not path:
        raise InvalidInput(_("The name of the new file is missing."))
    path = path if path.lower().endswith(".xlsx") else f"{path}.xlsx"
    folder = folder_of(path)
    if path[len(folder) :] in {entry.name for entry in access.entries(folder)}:
        raise InvalidInput(
            _("{file} exists already; it is not written over.").format(file=path),
            _("Choose another name."),
        )
    return path


def _free_name(access: "FileAccess", stem: str) -> str:
    """A name that no file of the folder has yet: ``recipients.xlsx``, ``recipients-2.xlsx``, …"""
    try:
        taken = {entry.name for entry in access.entries()}
    except InvalidInput:
        taken = set()
    names = (f"{stem}-{at}.xlsx" if at > 1 else f"{stem}.xlsx" for at in itertools.count(1))
    return next(name for name in names if name not in taken)


class _NewFile(FormDialog[Result]):
    """Asks for the path of a new file. ``above``: what is said before it."""

    def __init__(self, title: str, stem: str, above: str = "") -> None:
        super().__init__(title)
        self._stem = stem
        self._above = above

    def content(self) -> ComposeResult:
        """The path."""
        access = self._access = files_of(self)
        where = _("A new file in {folder}; no other is written over.").format(folder=access.folder)
        yield Static(shown(f"{self._above}\n{where}".strip()))
        yield PathField(access, _free_name(access, self._stem), browse=False)

    def path(self) -> str | None:
        """The path; None where there can be no such new file, which is told."""
        try:
            return _new_file(self._access, self.query_one(PathField).value)
        except InvalidInput as error:
            self.tell_error(error)
            self.query_one(PathField).input.focus()
            return None


class WriteDialog(_NewFile[str]):
    """Dismissed with the path of the new file."""

    verb = N_("Write")

    async def on_path_field_taken(self) -> None:
        """Enter on the path."""
        await self.act(SAVE)

    async def save(self) -> None:
        """Go on with the path."""
        if (path := self.path()) is not None:
            self.dismiss(path)


class DownloadRequest(Struct, frozen=True):
    """Where to, and why."""

    path: str
    reason: str


class DownloadDialog(_NewFile[DownloadRequest]):
    """Dismissed with a request."""

    verb = N_("Download")

    def __init__(self, listed: str) -> None:
        what = _("{listed}, filtered and sorted as now, with all columns.").format(listed=listed)
        super().__init__(_("Download"), "recipients", what)

    def content(self) -> ComposeResult:
        """What, where to, why."""
        yield from super().content()
        with Vertical(classes="fields"):
            yield FormField(
                "reason", _("Reason"), "", clean_reason, _("Why you need it; it is recorded.")
            )

    def on_path_field_taken(self) -> None:
        """Enter on the path goes on to the reason."""
        self.query_one(FormField).input.focus()

    async def save(self) -> None:
        """Go on with it, unless a field breaks a rule."""
        path = self.path()
        if path is not None and self.are_right():
            self.dismiss(DownloadRequest(path, self.query_one(FormField).value))
