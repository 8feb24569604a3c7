"""The form to add or edit a recipient."""

from collections.abc import Coroutine, Mapping
from functools import partial
from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical

from core.io.drafts import DraftFile
from core.organizations.dto import OrganizationRow
from core.recipients.dto import RecipientRow
from core.recipients.fields import TYPED, FieldName, texts_of
from core.recipients.rules import RecipientDraft
from core.values import phone
from core.values.i18n import N_, _
from tui.forms.conflict_dialog import Compared
from tui.forms.drafts import KeptForm, number
from tui.forms.form_field import FormField
from tui.forms.organization_field import OrganizationField
from tui.recipients.form_fields import form_fields


class RecipientForm(KeptForm[RecipientRow]):
    """Dismissed with the recipient as saved, or None. ``row`` is the one to edit; without, one is added.

    ``organization`` is the one that is chosen already.
    """

    gone = N_("The recipient was deleted meanwhile; what you typed cannot be saved.")

    def __init__(
        self,
        row: RecipientRow | None = None,
        draft: DraftFile | None = None,
        organization: OrganizationRow | None = None,
    ) -> None:
        super().__init__(_("Edit recipient") if row else _("Add recipient"))
        self._row = row
        self.version = row.version if row else 0
        self.draft_name = "recipient.edit" if row else "recipient.add"
        self.draft_recipient = row.id if row else None
        self.draft_file = draft
        self._chosen: tuple[int | None, str] = (None, "")
        if row is not None:
            self._chosen = row.organization_id, row.organization
        elif organization is not None:
            self._chosen = organization.id, organization.name

    def content(self) -> ComposeResult:
        """The fields."""
        row, region = self._row, self.console.settings.region
        with Vertical(classes="fields"):
            opened = phone.show(row.phone, region) if row else ""
            values = {**texts_of(row), FieldName.PHONE: opened} if row else {}
            yield from form_fields(values, region, as_opened=opened)
            if self.actor.sees_all:
                yield OrganizationField(*self._chosen)

    @property
    def organization(self) -> OrganizationField | None:
        """The field for the organization, where the admin chooses it."""
        return self.query_one(OrganizationField) if self.actor.sees_all else None

    @property
    def draft(self) -> RecipientDraft:
        """What stands in the form."""
        typed: dict[str, Any] = {field.field_name: field.value for field in self.query(FormField)}
        chosen = self.organization.chosen if self.organization else self._chosen[0]
        return RecipientDraft(**typed, organization_id=chosen)

    def saving(self, version: int) -> Coroutine[Any, Any, RecipientRow]:
        """Add or edit."""
        recipients = self.services.recipients
        if self._row is None:
            return recipients.add(self.actor, self.draft)
        return recipients.edit(self.actor, self._row.id, self.draft, version)

    def compared(self, current: RecipientRow) -> list[Compared]:
        """Each field."""
        number = phone.show(current.phone, self.console.settings.region)
        chosen = self.organization.value if self.organization else current.organization
        mine = {**texts_of(self.draft), FieldName.ORGANIZATION: chosen}
        theirs = {
            **texts_of(current),
            FieldName.PHONE: number,
            FieldName.ORGANIZATION: current.organization,
        }
        return [Compared(one.label, mine[one.name], theirs[one.name]) for one in TYPED]

    def conflict_words(self, by: str) -> str:
        """Who has saved."""
        words = _("{who} saved this recipient since it was opened. Nothing was overwritten.")
        return words.format(who=by or _("Somebody else"))

    # keeping what is typed

    def draft_values(self) -> dict[str, str]:
        """The fields, and the version that they were read from."""
        values = {**super().draft_values(), "version": str(self.version)}
        if self.organization is not None and self.organization.chosen is not None:
            values["organization_id"] = str(self.organization.chosen)
            values["organization"] = self.organization.value
        return values

    def restore(self, values: Mapping[str, str]) -> None:
        """Put what was kept into the fields; a version saved by somebody else meanwhile is a conflict."""
        super().restore(values)
        self.version = number(values, "version") or self.version
        organization_id = number(values, "organization_id")
        if self.organization is not None and organization_id:
            self.organization.choose(organization_id, values.get("organization", ""))

    # what others do meanwhile

    def data_changed(self) -> None:
        """Somebody changed the data: say at once if it was this recipient."""
        if self._row is not None:
            reading = partial(self.services.recipients.get, self.actor, self._row.id)
            self.read(reading, self._compare, group="compare")

    def _compare(self, current: RecipientRow) -> None:
        if current.version != self.version:
            self.tell(
                _("Somebody else has saved this recipient meanwhile. Saving will show both."),
                "warning",
            )
