"""The form for a failed row: what the file said, the reasons beside the fields; saved as part of its upload."""

from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from core.recipients.fields import texts_of
from core.recipients.rules import RecipientDraft
from core.uploads.dto import ResultRow
from core.values.errors import CoreError, InvalidInput
from core.values.i18n import _
from tui.recipients.form_fields import form_fields
from tui.text import shown
from tui.widgets.choice_field import ChoiceField
from tui.widgets.form_dialog import FormDialog
from tui.widgets.form_field import FormField

if TYPE_CHECKING:
    from core.organizations.dto import OrganizationRow


class CorrectionForm(FormDialog[ResultRow]):
    """Dismissed with the row as it is now."""

    def __init__(self, upload_id: int, row: ResultRow) -> None:
        super().__init__()
        self._upload_id = upload_id
        self._row = row
        self._organization_id: int | None = None

    def title_text(self) -> str:
        """The title."""
        return _("Correct row {row}").format(row=self._row.row)

    def content(self) -> ComposeResult:
        """What the file said, and why it failed."""
        row, region = self._row, self.console.settings.region
        with Vertical(classes="fields"):
            masked = row.phone if "*" in row.phone else ""
            yield from form_fields(texts_of(row), region, as_opened=masked)
            if self.actor.sees_all:
                label = _("Responsible organization")
                yield ChoiceField("organization_id", label, row.organization, _("Enter to choose"))
        yield Static("", id="whole")

    def on_mount(self) -> None:
        """Put the reasons beside their fields."""
        whole = [self._show(field, reason) for reason, field in self._reasons()]
        self.query_one("#whole", Static).update(shown("\n".join(filter(None, whole))))
        self._go_to_wrong_field()

    def _reasons(self) -> list[tuple[str, str]]:
        fields = self._row.fields + ("",) * len(self._row.reasons)
        return list(zip(self._row.reasons, fields, strict=False))

    def _show(self, field: str, reason: str) -> str:
        for shown_at in self.query(f"#field-{field}" if field else "#none"):
            if isinstance(shown_at, FormField | ChoiceField):
                shown_at.show_reason(reason)
                return ""
        return f"✗ {reason}"

    def _go_to_wrong_field(self) -> None:
        for field in self.query(".form-field.-wrong"):
            if isinstance(field, FormField | ChoiceField):
                (field.input if isinstance(field, FormField) else field).focus()
                return

    async def _organization(self) -> int | None:
        """The organization that was chosen, else the one that the file names, where it is one."""
        named = self._row.organization
        if self._organization_id is None and self.actor.sees_all and named:
            found = await self.services.organizations.list(self.actor, search=named)
            return next((one.id for one in found if one.name == named), None)
        return self._organization_id

    def on_choice_field_asked(self) -> None:
        """Choose the organization in its search dialog."""
        from tui.recipients.organization_dialog import OrganizationDialog

        def chosen(organization: "OrganizationRow | str") -> None:
            if not isinstance(organization, str):
                self._organization_id = organization.id
                self.query_one(ChoiceField).show(organization.name)

        self.ask(OrganizationDialog(_("Responsible organization")), chosen)

    def action_save(self) -> None:
        """Save the row, unless a field breaks a rule."""
        typed: dict[str, Any] = {field.field_name: field.value for field in self.query(FormField)}
        right = [field.check() for field in self.query(FormField)]
        if all(right):

            async def save() -> ResultRow:
                draft = RecipientDraft(**typed, organization_id=await self._organization())
                return await self.services.uploads.correct_row(
                    self.actor, self._upload_id, self._row.row, draft
                )

            self.write(save(), self.dismiss, self._refused)
        else:
            self._go_to_wrong_field()

    def _refused(self, error: CoreError) -> None:
        if isinstance(error, InvalidInput) and not self._show(error.field, str(error)):
            self._go_to_wrong_field()
            return
        self.tell_error(error)
