"""Which file is taken in, and for whom; it is checked first."""

from msgspec import Struct
from textual.app import ComposeResult
from textual.widgets import Static

from core.values.errors import CoreError
from core.values.i18n import N_, _
from tui.forms.actions import SAVE
from tui.forms.form_dialog import FormDialog
from tui.text import shown
from tui.uploads.asked import HowToRead
from tui.uploads.file_organization import FileOrganization
from tui.uploads.files import files_of
from tui.uploads.path_field import PathField


class UploadRequest(Struct, frozen=True):
    """A file to take in, and how it is read at first; ``path`` as ``core.written.files`` opens it."""

    path: str
    how: HowToRead


class UploadDialog(FormDialog[UploadRequest]):
    """Dismissed with a request."""

    title_words = N_("Upload recipients")
    verb = N_("Check")

    def content(self) -> ComposeResult:
        """Path and organization."""
        access = files_of(self)
        self._access = access
        where = (
            _("Only files in {folder} can be used.") if access.is_limited else _("From {folder}:")
        )
        yield Static(shown(where.format(folder=access.folder)))
        yield PathField(access)
        if self.actor.sees_all:
            yield FileOrganization(HowToRead())
        yield Static(
            shown(
                _(
                    "tab completes, ↑ ↓ choose, enter or {keys[form.save]} checks the file; nothing is saved yet"
                ).format(keys=self.console.own_keys)
            )
        )

    async def on_path_field_taken(self) -> None:
        """Enter on a file."""
        await self.act(SAVE)

    async def save(self) -> None:
        """Open the file and go on with it."""
        path = self.query_one(PathField).value
        try:
            self._access.open(path).close()
        except CoreError as error:
            self.tell_error(error)
            self.query_one(PathField).input.focus()
            return
        organization = self.query_one(FileOrganization).given if self.actor.sees_all else {}
        self.dismiss(UploadRequest(path, HowToRead(**organization)))
