"""What a contact may be, how many a recipient may have, and in which order. Pure."""

import enum

from msgspec import Struct

from core.values import phone, text
from core.values.errors import InvalidInput
from core.values.i18n import N_, _, ngettext
from core.values.stored import Words

MOST = 5
NAME_MAXIMUM = 40


class Relation(enum.StrEnum):
    """Who it is for the recipient."""

    GUARDIAN = "guardian"
    NEIGHBOUR = "neighbour"
    TOWN_OFFICE = "town office"
    EMERGENCY_SERVICE = "emergency service"
    OTHER = "other"


RELATION_WORDS = Words(
    {
        Relation.GUARDIAN: N_("guardian"),
        Relation.NEIGHBOUR: N_("neighbour"),
        Relation.TOWN_OFFICE: N_("town office"),
        Relation.EMERGENCY_SERVICE: N_("emergency service"),
        Relation.OTHER: N_("other"),
    }
)


class ContactDraft(Struct, frozen=True):
    """What is typed of a contact. Without a name, the relation says who it is."""

    relation: str
    name: str
    phone: str


def clean_relation(value: str) -> Relation:
    """The relation. Raises InvalidInput (field ``relation``)."""
    try:
        return Relation(value)
    except ValueError:
        raise InvalidInput(_("Choose who the contact is."), field="relation") from None


def clean_name(value: str) -> str:
    """The name as it is stored. Raises InvalidInput (field ``name``)."""
    return text.line(value, field="name", label=_("Name"), maximum=NAME_MAXIMUM)


def clean(draft: ContactDraft, region: str) -> ContactDraft:
    """The draft as it is stored. Raises InvalidInput naming the field."""
    return ContactDraft(
        clean_relation(draft.relation), clean_name(draft.name), phone.parse_any(draft.phone, region)
    )


def why_not_add(count: int) -> str | None:
    """The reason why a recipient with so many contacts cannot get another one, or None."""
    if count < MOST:
        return None
    return ngettext(
        "A recipient has at most {count} contact; edit or delete one.",
        "A recipient has at most {count} contacts; edit or delete one.",
        MOST,
    ).format(count=MOST)


def why_not_move(place: int, to: int, count: int) -> str | None:
    """The reason why the contact at this place, of so many, cannot go to that one, or None."""
    if 1 <= to <= count and to != place:
        return None
    if to < 1:
        return _("This is the first contact already.")
    if to > count:
        return _("This is the last contact already.")
    return _("This contact has that place already.")
