"""One field of several recipients: which one, and what they are to have; and who of them stays as it is."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import OptionList, Static

from core.recipients.edit_dto import ManyEdited
from core.recipients.fields import BY_NAME, MORE, FieldName
from core.recipients.rules import ManyDraft
from core.tags.rules import LONGEST_LIST, names_of
from core.values.i18n import N_, _, ngettext
from tui.forms.actions import back
from tui.forms.choices import Choices
from tui.forms.confirm_dialog import QuestionDialog
from tui.forms.form_dialog import FormDialog
from tui.forms.form_field import FormField
from tui.forms.organization_field import OrganizationField
from tui.forms.radio_list import RadioList
from tui.recipients.form_fields import form_fields
from tui.recipients.targets import kept_lines
from tui.text import shown

GIVE, TAKE, ORGANIZATION = "give", "take", FieldName.ORGANIZATION.value
_TAG_FIELDS = {
    GIVE: N_("Commas between them. Who has one keeps it; one that is not there is made."),
    TAKE: N_("Commas between them. Who has none of them stays as it is."),
}


def title() -> str:
    """What it is called."""
    return _("Edit a field of the selected")


class EditManyDialog(FormDialog[ManyDraft]):
    """Dismissed with what the selected are to have."""

    def __init__(self, whom: str) -> None:
        super().__init__(title())
        self._whom = whom
        # a field more needs no line here
        self._names = {field.name.value: field.label for field in MORE}
        self._names |= {GIVE: _("Give tags"), TAKE: _("Take tags")}

    def content(self) -> ComposeResult:
        """Whom it is about, which field, and what it is to be."""
        if self.actor.sees_all:
            self._names[ORGANIZATION] = BY_NAME[ORGANIZATION].label
        words = _("What each has now is not kept: this cannot be undone.")
        yield Static(shown(f"{self._whom}\n{words}"), classes="question")
        yield RadioList(self._names.items(), next(iter(self._names)), id="which")
        with Vertical(classes="fields"):
            hint = _("In the place of what each has now; left empty, it clears it.")
            yield from form_fields({}, self.console.settings.region, fields=MORE, hint=hint)
            for name, hint in _TAG_FIELDS.items():
                yield FormField(name, _("Tags"), "", names_of, _(hint), LONGEST_LIST)
            if self.actor.sees_all:
                goes = _("Calls, tasks and tags go along; they leave the other's campaigns.")
                yield OrganizationField(hint=goes)

    def on_mount(self) -> None:
        """Begin with the first field."""
        super().on_mount()
        self._show_field()

    def values(self) -> object:
        """What was typed; which field is under the cursor is nothing to lose."""
        typed = tuple(field.value for field in self.query(FormField))
        return typed, self._organization.chosen if self._organization else None

    @property
    def _organization(self) -> OrganizationField | None:
        return self.query_one(OrganizationField) if self.actor.sees_all else None

    @property
    def _which(self) -> str:
        return self.query_one("#which", RadioList).value

    def on_radio_list_changed(self) -> None:
        """Another field was chosen."""
        self._show_field()

    def _show_field(self) -> None:
        for field in self.query(FormField):
            field.display = field.field_name == self._which
        if self._organization is not None:
            self._organization.display = self._which == ORGANIZATION

    async def save(self) -> None:
        """Change them, unless what was typed breaks a rule."""
        which = self._which
        if which == ORGANIZATION and self._organization is not None:
            if self._organization.check():
                self.dismiss(ManyDraft(organization_id=self._organization.chosen))
            return
        field = self.query_one(f"#field-{which}", FormField)
        if not field.check():
            return
        if which not in _TAG_FIELDS:
            self.dismiss(ManyDraft({which: field.value}))
            return
        names = names_of(field.value)
        if not names:
            field.show_reason(_("Say which tags."))
            field.go_to()
        else:
            self.dismiss(ManyDraft(add=names) if which == GIVE else ManyDraft(remove=names))


class KeptDialog(QuestionDialog[None]):
    """Who stays as it is, and why."""

    AUTO_FOCUS = "OptionList"

    def __init__(self, edited: ManyEdited) -> None:
        words = ngettext(
            "{count} of {total} stays as it is:",
            "{count} of {total} stay as they are:",
            edited.kept_count,
        ).format(count=f"{edited.kept_count:,}", total=f"{edited.done.total:,}")
        super().__init__(title(), words, (back(N_("Close")), None))
        self._lines = kept_lines(edited)

    def extra(self) -> ComposeResult:
        """A line for each."""
        yield Choices((str(at), line) for at, line in enumerate(self._lines))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter closes it."""
        event.stop()
        self.dismiss(None)
