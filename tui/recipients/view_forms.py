"""Saving what is listed as a view, and calling one something else."""

from collections.abc import Coroutine
from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from core.recipients.dto import RecipientQuery
from core.values.i18n import N_, _
from core.views.dto import View
from core.views.rules import clean_name, why_not_change
from tui.forms.conflict_dialog import Compared
from tui.forms.edit_form import EditForm
from tui.forms.form_field import FormField
from tui.forms.radio_list import RadioList
from tui.recipients.filter_words import asked_words
from tui.text import shown

_OVER, _OWN, _SHARED = "over", "own", "organization"


class SaveViewForm(EditForm[View]):
    """Dismissed with the view as saved. ``on``: the view that is listed, which may be saved over.

    ``organization_id``: whose view it may become as well, where somebody may say so; None: one's own only.
    """

    title_words = N_("Save as a view")

    def __init__(
        self,
        query: RecipientQuery,
        on: View | None,
        organization_id: int | None,
        organization: str = "",
    ) -> None:
        super().__init__()
        self._query = query
        self._on = on
        self._organization_id = organization_id
        self._organization = organization
        self.version = on.version if on else 0

    def content(self) -> ComposeResult:
        """What is saved, the name, and whose it becomes."""
        options = []
        over = self._on
        if over is not None and self._may_change(over):
            options.append((_OVER, _("change the view {name}").format(name=over.name)))
        options.append((_OWN, _("a new view of your own")))
        if self._organization_id is not None:
            words = _("a new view of the organization {name}").format(name=self._organization)
            options.append(
                (_SHARED, words if self._organization else _("a new view of the organization"))
            )
        yield Static(shown(asked_words(self._query)), classes="question")
        with Vertical(classes="fields"):
            yield FormField(
                "name",
                _("Name"),
                over.name if options[0][0] == _OVER and over else "",
                clean_name,
                length=40,
            )
        if len(options) > 1:
            yield RadioList(options, options[0][0], id="whose")

    def _may_change(self, view: View) -> bool:
        reason = why_not_change(view.organization_id, self.actor.role)
        return not view.is_ready_made and reason is None

    def saving(self, version: int) -> Coroutine[Any, Any, View]:
        """Save it over the one that is listed, or as a new one."""
        views, name = self.services.views, self.query_one(FormField).value
        chosen = self.query_one(RadioList).value if self.query("#whose") else _OWN
        if chosen == _OVER and self._on is not None and self._on.id is not None:
            return self._over(self._on.id, name, version)
        if chosen == _SHARED and self._organization_id is not None:
            return views.share(self.actor, self._organization_id, name, self._query)
        return views.save(self.actor, name, self._query)

    async def _over(self, view_id: int, name: str, version: int) -> View:
        views = self.services.views
        saved = await views.replace(self.actor, view_id, self._query, version)
        if clean_name(name) == saved.name:
            return saved
        return await views.rename(self.actor, view_id, name, saved.version)

    def compared(self, current: View) -> list[Compared]:
        """The name and what is asked for, in both versions."""
        theirs = asked_words(current.query) if current.query else ""
        return [
            Compared(_("Name"), self.query_one(FormField).value, current.name),
            Compared(_("Asks for"), asked_words(self._query), theirs),
        ]


class RenameViewForm(EditForm[View]):
    """Dismissed with the view under its new name."""

    title_words = N_("Rename the view")
    verb = N_("Rename")
    gone = N_("This view does not exist (any more).")

    def __init__(self, view: View) -> None:
        super().__init__()
        self._view = view
        self.version = view.version

    def content(self) -> ComposeResult:
        """The name."""
        with Vertical(classes="fields"):
            yield FormField("name", _("Name"), self._view.name, clean_name, length=40)

    def saving(self, version: int) -> Coroutine[Any, Any, View]:
        """Rename it."""
        name = self.query_one(FormField).value
        return self.services.views.rename(self.actor, self._view.id or 0, name, version)

    def compared(self, current: View) -> list[Compared]:
        """The names."""
        return [Compared(_("Name"), self.query_one(FormField).value, current.name)]
