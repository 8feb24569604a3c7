"""Where a workbook is written to, and for a download why."""

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from core.uploads.rules import clean_reason
from core.values.errors import InvalidInput
from core.values.i18n import N_, _
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


class WriteDialog(FormDialog[str]):
    """Dismissed with the path of the new file."""

    verb = N_("Write")

    def __init__(self, title: str, stem: str) -> None:
        super().__init__(title)
        self._stem = stem

    def content(self) -> ComposeResult:
        """The path."""
        access = files_of(self)
        self._access = access
        yield Static(
            shown(
                _("A new file in {folder}; no other is written over.").format(folder=access.folder)
            )
        )
        yield PathField(access, _free_name(access, self._stem), browse=False)

    async def on_path_field_taken(self) -> None:
        """Enter on the path."""
        await self.act(SAVE)

    async def save(self) -> None:
        """Go on with the path."""
        try:
            self.dismiss(_new_file(self._access, self.query_one(PathField).value))
        except InvalidInput as error:
            self.tell_error(error)


@dataclass(frozen=True, slots=True)
class DownloadRequest:
    """Where to, and why."""

    path: str
    reason: str


class DownloadDialog(FormDialog[DownloadRequest]):
    """Dismissed with a request."""

    title_words = N_("Download")
    verb = N_("Download")

    def __init__(self, listed: str) -> None:
        super().__init__()
        self._listed = listed

    def content(self) -> ComposeResult:
        """What, where to, why."""
        access = files_of(self)
        self._access = access
        yield Static(
            shown(
                _("{listed}, filtered and sorted as now, with all columns.").format(
                    listed=self._listed
                )
            )
        )
        yield Static(
            shown(
                _("A new file in {folder}; no other is written over.").format(folder=access.folder)
            )
        )
        yield PathField(access, _free_name(access, "recipients"), browse=False)
        with Vertical(classes="fields"):
            yield FormField(
                "reason", _("Reason"), "", clean_reason, _("Why you need it; it is recorded.")
            )

    def on_path_field_taken(self) -> None:
        """Enter on the path goes on to the reason."""
        self.query_one(FormField).input.focus()

    async def save(self) -> None:
        """Go on with it, unless a field breaks a rule."""
        field = self.query_one(FormField)
        try:
            path = _new_file(self._access, self.query_one(PathField).value)
        except InvalidInput as error:
            self.tell_error(error)
            self.query_one(PathField).input.focus()
            return
        if field.check():
            self.dismiss(DownloadRequest(path, field.value))
        else:
            field.input.focus()
