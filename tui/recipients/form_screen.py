"""The form to add or edit a recipient."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.containers import Vertical

from core.drafts import DraftFile
from core.recipients.dto import RecipientRow
from core.recipients.fields import FieldName, texts_of
from core.recipients.rules import RecipientDraft
from core.values import phone
from core.values.errors import Conflict, CoreError, InvalidInput, NotFound
from core.values.i18n import _
from tui.drafts import KeepsDraft, number
from tui.recipients.conflict_dialog import ConflictDialog
from tui.recipients.form_fields import form_fields
from tui.widgets.choice_field import ChoiceField
from tui.widgets.form_field import FormField

if TYPE_CHECKING:
    from core.organizations.dto import OrganizationRow


class RecipientForm(KeepsDraft[RecipientRow]):
    """Dismissed with the recipient as saved, or None. ``row`` is the one to edit; without, one is added.

    ``organization`` is the one that is chosen already.
    """

    def __init__(
        self,
        row: RecipientRow | None = None,
        draft: DraftFile | None = None,
        organization: "OrganizationRow | None" = None,
    ) -> None:
        super().__init__()
        self._row = row
        self._version = row.version if row else 0
        self.draft_file = draft
        self._organization = row.organization if row else ""
        self._organization_id = row.organization_id if row else None
        if organization is not None:
            self._organization, self._organization_id = organization.name, organization.id

    def title_text(self) -> str:
        """The title."""
        return _("Edit recipient") if self._row else _("Add recipient")

    def content(self) -> ComposeResult:
        """The fields."""
        row, region = self._row, self.console.settings.region
        with Vertical(classes="fields"):
            opened = phone.show(row.phone, region) if row else ""
            values = {**texts_of(row), FieldName.PHONE: opened} if row else {}
            yield from form_fields(values, region, as_opened=opened)
            if self.actor.sees_all:
                yield ChoiceField(
                    "organization_id",
                    _("Responsible organization"),
                    self._organization,
                    _("Enter to choose"),
                )

    @property
    def draft(self) -> RecipientDraft:
        """What stands in the form."""
        typed: dict[str, Any] = {field.field_name: field.value for field in self.query(FormField)}
        return RecipientDraft(**typed, organization_id=self._organization_id)

    def on_choice_field_asked(self) -> None:
        """Choose the organization in its search dialog."""
        from tui.recipients.organization_dialog import OrganizationDialog

        def chosen(organization: "OrganizationRow | str") -> None:
            if not isinstance(organization, str):
                self._choose(organization.id, organization.name)
                self.keep_soon()

        self.ask(OrganizationDialog(_("Responsible organization")), chosen)

    def _choose(self, organization_id: int, name: str) -> None:
        self._organization_id = organization_id
        self.query_one(ChoiceField).show(name)

    @property
    def draft_name(self) -> str:
        """The name of the form."""
        return "recipient.edit" if self._row else "recipient.add"

    @property
    def draft_recipient(self) -> int | None:
        """Who is edited."""
        return self._row.id if self._row else None

    def draft_values(self) -> dict[str, str]:
        """The fields, and the version that they were read from."""
        values = {field.field_name: field.value for field in self.query(FormField)}
        values["version"] = str(self._version)
        if self._organization_id is not None and self.actor.sees_all:
            values["organization_id"] = str(self._organization_id)
            values["organization"] = self.query_one(ChoiceField).value
        return values

    def restore(self, values: Mapping[str, str]) -> None:
        """Put what was kept into the fields; a version saved by somebody else meanwhile is a conflict."""
        for field in self.query(FormField):
            field.put_back(values.get(field.field_name, field.value))
        self._version = number(values, "version") or self._version
        organization_id = number(values, "organization_id")
        if self.actor.sees_all and organization_id:
            self._choose(organization_id, values.get("organization", ""))

    def action_save(self) -> None:
        """Save what stands in the form, unless a field breaks a rule."""
        if self.console.screen is not self:
            return
        fields = list(self.query(FormField))
        right = [field.check() for field in fields]
        if self.actor.sees_all and self._organization_id is None:
            self.query_one(ChoiceField).show_reason(_("Responsible organization is missing."))
            right.append(False)
        if not all(right):
            wrong = right.index(False)
            (fields[wrong].input if wrong < len(fields) else self.query_one(ChoiceField)).focus()
            return
        self._save(self._version)

    def _save(self, version: int) -> None:
        recipients = self.services.recipients
        if self._row is None:
            saving = recipients.add(self.actor, self.draft)
        else:
            saving = recipients.edit(self.actor, self._row.id, self.draft, version)
        self.write(saving, self.dismiss, self._refused)

    def _refused(self, error: CoreError) -> None:
        if (
            isinstance(error, Conflict)
            and isinstance(error.current, RecipientRow)
            and self._row is not None
        ):
            self._show_conflict(error.current, error.by)
            return
        if isinstance(error, InvalidInput) and error.field:
            for field in self.query(f"#field-{error.field}").results(FormField):
                field.show_reason(str(error))
                field.input.focus()
                return
        if isinstance(error, NotFound):
            self.tell(
                _("The recipient was deleted meanwhile; what you typed cannot be saved."), "error"
            )
            return
        self.tell_error(error)

    def _show_conflict(self, current: RecipientRow, by: str) -> None:
        def chosen(keep_mine: bool) -> None:
            if keep_mine:
                self._save(current.version)
            else:
                self.dismiss(current)

        organization = (
            self.query_one(ChoiceField).value if self.actor.sees_all else current.organization
        )
        self.ask(
            ConflictDialog(self.draft, organization, current, self.console.settings.region, by=by),
            chosen,
        )

    def data_changed(self) -> None:
        """Somebody changed the data: say at once if it was this recipient."""
        if self._row is None:
            return
        opened = self._row

        def compare(current: RecipientRow) -> None:
            if current.version != self._version:
                self.tell(
                    _("Somebody else has saved this recipient meanwhile. Saving will show both."),
                    "warning",
                )

        self.read(self.services.recipients.get(self.actor, opened.id), compare, group="compare")
