"""The form for a failed row: what the file said, the reasons beside the fields; saved as part of its upload."""

from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from core.recipients.fields import GUARDIAN, TAGS, texts_of
from core.recipients.rules import RecipientDraft
from core.uploads.dto import Guardian, ResultRow
from core.values.i18n import _
from tui.forms.edit_form import EditForm
from tui.forms.form_field import FormField
from tui.forms.organization_field import OrganizationField
from tui.recipients.form_fields import form_fields
from tui.text import shown


class CorrectionForm(EditForm[ResultRow]):
    """Dismissed with the row as it is now."""

    def __init__(self, upload_id: int, row: ResultRow) -> None:
        super().__init__(_("Correct row {row}").format(row=row.row))
        self._upload_id = upload_id
        self._row = row

    def content(self) -> ComposeResult:
        """What the file said, and why it failed."""
        row, region = self._row, self.console.settings.region
        with Vertical(classes="fields"):
            masked = row.phone if "*" in row.phone else ""
            yield from form_fields(texts_of(row), region, as_opened=masked)
            if row.guardian or row.guardian_phone:
                masked = row.guardian_phone if "*" in row.guardian_phone else ""
                values = {"guardian": row.guardian, "guardian_phone": row.guardian_phone}
                yield from form_fields(values, region, as_opened=masked, fields=GUARDIAN)
            if row.tags:
                yield from form_fields({"tags": row.tags}, region, fields=(TAGS,))
            if self.actor.sees_all:
                yield OrganizationField(None, row.organization, required=False)
        yield Static("", id="whole")

    def on_mount(self) -> None:
        """Put the reasons beside their fields."""
        fields = {field.field_name: field for field in self.fields()}
        whole = []
        for reason, name in self._reasons():
            if name in fields:
                fields[name].show_reason(reason)
            else:
                whole.append(f"✗ {reason}")
        self.query_one("#whole", Static).update(shown("\n".join(whole)))
        wrong = {name for _reason, name in self._reasons()}
        first = next((field for name, field in fields.items() if name in wrong), None)
        if first is not None:
            first.go_to()

    @property
    def organization(self) -> OrganizationField | None:
        """The field for the organization, where the admin chooses it."""
        return self.query_one(OrganizationField) if self.actor.sees_all else None

    def _reasons(self) -> list[tuple[str, str]]:
        fields = self._row.fields + ("",) * len(self._row.reasons)
        return list(zip(self._row.reasons, fields, strict=False))

    async def saving(self, _version: int) -> ResultRow:
        """Save it as a part of its upload."""
        typed: dict[str, Any] = {field.field_name: field.value for field in self.query(FormField)}
        guardian = Guardian(typed.pop("guardian", ""), typed.pop("guardian_phone", ""))
        tags = typed.pop("tags", "")
        draft = RecipientDraft(**typed, organization_id=await self._organization_id())
        return await self.services.uploads.correct_row(
            self.actor, self._upload_id, self._row.row, draft, guardian, tags
        )

    async def _organization_id(self) -> int | None:
        """The organization that was chosen, else the one that the file names, where it is one."""
        named = self._row.organization
        if self.organization is None:
            return None
        if self.organization.chosen is None and named:
            found = await self.services.organizations.list(self.actor, search=named)
            return next((one.id for one in found if one.name == named), None)
        return self.organization.chosen
