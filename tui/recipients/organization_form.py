"""The form for an organization: at a first run there is none, and without one nobody can be added."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from core.organizations.dto import OrganizationRow
from core.organizations.rules import clean_name
from core.values.errors import CoreError, InvalidInput
from core.values.i18n import N_, _
from tui.text import shown
from tui.widgets.form_dialog import FormDialog
from tui.widgets.form_field import FormField


class OrganizationForm(FormDialog[OrganizationRow]):
    """Dismissed with the organization as added."""

    verb = N_("Add")

    def title_text(self) -> str:
        """The title."""
        return _("Add organization")

    def content(self) -> ComposeResult:
        """Why, and the name."""
        why = _("Every recipient belongs to an organization, and there is none yet.")
        yield Static(shown(why), classes="question")
        with Vertical(classes="fields"):
            yield FormField("name", _("Organization name"), "", clean_name)

    def action_save(self) -> None:
        """Add it, unless the name breaks a rule."""
        field = self.query_one(FormField)
        if field.check():
            adding = self.services.organizations.add(self.actor, field.value)
            self.write(adding, self.dismiss, self._refused)

    def _refused(self, error: CoreError) -> None:
        if isinstance(error, InvalidInput):
            self.query_one(FormField).show_reason(str(error))
        else:
            self.tell_error(error)
