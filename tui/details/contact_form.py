"""The form to add or edit a contact: who it is, name, number."""

from collections.abc import Coroutine, Mapping
from functools import partial
from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from core.contacts.dto import ContactRow
from core.contacts.rules import (
    NAME_MAXIMUM,
    RELATION_WORDS,
    ContactDraft,
    Relation,
    clean_name,
    clean_relation,
)
from core.io.drafts import DraftFile
from core.values import phone
from core.values.i18n import N_, _
from tui.forms.conflict_dialog import Compared
from tui.forms.drafts import KeptForm, number
from tui.forms.form_field import FormField
from tui.forms.radio_list import RadioList
from tui.text import shown

_PHONE_LENGTH = 20


class ContactForm(KeptForm[ContactRow]):
    """Dismissed with the contact as saved, or None. ``contact`` is the one to edit; without, one is added."""

    gone = N_("It was deleted meanwhile; what you typed cannot be saved.")

    def __init__(
        self,
        recipient_id: int,
        about: str,
        contact: ContactRow | None = None,
        draft: DraftFile | None = None,
    ) -> None:
        super().__init__(_("Edit contact") if contact else _("Add contact"))
        self._recipient_id = recipient_id
        self._about = about
        self._contact = contact
        self.version = contact.version if contact else 0
        self.draft_name = "contact.edit" if contact else "contact.add"
        self.draft_recipient = recipient_id
        self.draft_file = draft

    def content(self) -> ComposeResult:
        """Whose contact, and the fields."""
        one, region = self._contact, self.console.settings.region
        opened = phone.show(one.phone, region) if one else ""
        yield Static(shown(self._about), classes="about")
        words = [(relation.value, _(RELATION_WORDS[relation])) for relation in Relation]
        yield RadioList(words, one.relation.value if one else Relation.GUARDIAN.value)
        with Vertical(classes="fields"):
            yield FormField(
                "name",
                _("Name"),
                one.name if one else "",
                clean_name,
                _("Optional."),
                NAME_MAXIMUM,
            )
            yield FormField(
                "phone",
                _("Telephone number"),
                opened,
                partial(_check, opened, region),
                _("A landline or 119, too."),
                _PHONE_LENGTH,
            )

    @property
    def draft(self) -> ContactDraft:
        """What stands in the form."""
        typed = {field.field_name: field.value for field in self.query(FormField)}
        return ContactDraft(self.query_one(RadioList).value, typed["name"], typed["phone"])

    def saving(self, version: int) -> Coroutine[Any, Any, ContactRow]:
        """Add or edit."""
        contacts = self.services.contacts
        if self._contact is None:
            return contacts.add(self.actor, self._recipient_id, self.draft)
        return contacts.edit(self.actor, self._contact.id, self.draft, version)

    def compared(self, current: ContactRow) -> list[Compared]:
        """Each field."""
        mine, shown_number = self.draft, phone.show(current.phone, self.console.settings.region)
        relation = _(RELATION_WORDS[clean_relation(mine.relation)])
        return [
            Compared(_("Relation"), relation, _(RELATION_WORDS[current.relation])),
            Compared(_("Name"), mine.name, current.name),
            Compared(_("Telephone number"), mine.phone, shown_number),
        ]

    # keeping what is typed

    def draft_values(self) -> dict[str, str]:
        """The fields, which contact it is, and the version that was read."""
        return {
            **super().draft_values(),
            "relation": self.query_one(RadioList).value,
            "subject": str(self._contact.id if self._contact else 0),
            "version": str(self.version),
        }

    def restore(self, values: Mapping[str, str]) -> None:
        """Put what was kept into the fields; a version saved by somebody else meanwhile is a conflict."""
        super().restore(values)
        self.query_one(RadioList).choose(values.get("relation", ""))
        self.version = number(values, "version")


def _check(as_opened: str, region: str, typed: str) -> None:
    """A number that is masked may stay as it is."""
    if not as_opened or typed != as_opened:
        phone.parse_any(typed, region)
