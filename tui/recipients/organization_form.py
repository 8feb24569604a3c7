"""The form for an organization: at a first run there is none, and without one nobody can be added."""

from collections.abc import Coroutine
from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from core.organizations.dto import OrganizationRow
from core.organizations.rules import clean_name
from core.values.i18n import N_, _
from tui.forms.edit_form import EditForm
from tui.forms.form_field import FormField
from tui.text import shown


class OrganizationForm(EditForm[OrganizationRow]):
    """Dismissed with the organization as added."""

    title_words = N_("Add organization")
    verb = N_("Add")

    def content(self) -> ComposeResult:
        """Why, and the name."""
        why = _("Every recipient belongs to an organization, and there is none yet.")
        yield Static(shown(why), classes="question")
        with Vertical(classes="fields"):
            yield FormField("name", _("Organization name"), "", clean_name)

    def saving(self, _version: int) -> Coroutine[Any, Any, OrganizationRow]:
        """Add it."""
        return self.services.organizations.add(self.actor, self.query_one(FormField).value)
