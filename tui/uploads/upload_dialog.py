"""Which file is taken in, for whom, and whether it is only checked."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.widgets import Static

from core.files import file_access
from core.values.errors import CoreError
from core.values.i18n import N_, _
from tui.text import shown
from tui.uploads.path_field import PathField
from tui.widgets.choice_field import ChoiceField
from tui.widgets.form_dialog import FormDialog
from tui.widgets.tick_list import TickList

if TYPE_CHECKING:
    from core.organizations.dto import OrganizationRow


@dataclass(frozen=True, slots=True)
class UploadRequest:
    """A file to take in; ``path`` as ``core.files`` opens it."""

    path: str
    organization_id: int | None
    check_only: bool


class UploadDialog(FormDialog[UploadRequest]):
    """Dismissed with a request."""

    verb = N_("Upload")

    def __init__(self) -> None:
        super().__init__()
        self._organization_id: int | None = None

    def title_text(self) -> str:
        """The title."""
        return _("Upload recipients")

    def content(self) -> ComposeResult:
        """Path, organization, check only."""
        access = file_access(self.console.settings, self.console.identity, self.actor.login)
        self._access = access
        where = (
            _("Only files in {folder} can be used.") if access.is_limited else _("From {folder}:")
        )
        yield Static(shown(where.format(folder=access.folder)))
        yield PathField(access)
        if self.actor.sees_all:
            hint = _(
                "Optional, for the whole file; enter chooses. Without it each row names its own."
            )
            yield ChoiceField("organization_id", _("Responsible organization"), "-", hint)
        yield TickList([("check", _("Check only: save nothing"))], (), id="options")
        yield Static(
            shown(
                _("tab completes, ↑ ↓ choose, enter or {keys[form.save]} takes the file in").format(
                    keys=self.console.own_keys
                )
            )
        )

    def on_choice_field_asked(self) -> None:
        """Choose the organization in its search dialog."""
        from tui.recipients.organization_dialog import OrganizationDialog

        def chosen(organization: "OrganizationRow | str") -> None:
            if isinstance(organization, str):
                self._organization_id = None
                self.query_one(ChoiceField).show("-")
            else:
                self._organization_id = organization.id
                self.query_one(ChoiceField).show(organization.name)

        self.ask(OrganizationDialog(_("Responsible organization"), offer_all=True), chosen)

    def on_path_field_taken(self) -> None:
        """Enter on a file."""
        self.action_save()

    def action_save(self) -> None:
        """Open the file and go on with it."""
        path = self.query_one(PathField).value
        try:
            self._access.open(path).close()
        except CoreError as error:
            self.tell_error(error)
            self.query_one(PathField).input.focus()
            return
        check_only = bool(self.query_one(TickList).ticked)
        self.dismiss(UploadRequest(path, self._organization_id, check_only))
