"""What a hand-over says, who may sign one and who may take it over. Pure."""

import enum
from datetime import datetime, timedelta
from typing import Protocol

from core.values import text
from core.values.i18n import N_, _
from core.values.stored import Words

TEXT_MAXIMUM = 2_000
ITEMS = 100  # of each section of a report are named; all are counted
SHORTEST_SHIFT = timedelta(hours=1)
FIRST_SHIFT = timedelta(hours=24)  # so far back looks the first of an organization


class Signed(Protocol):
    """What the rules ask of a hand-over that is signed."""

    @property
    def signed_at(self) -> datetime: ...
    @property
    def signed_by_id(self) -> int: ...
    @property
    def signed_by(self) -> str: ...
    @property
    def confirmed_at(self) -> datetime | None: ...
    @property
    def confirmed_by(self) -> str | None: ...


class Section(enum.StrEnum):
    """What a report tells of, in its order: what is left first, then what happened."""

    OPEN_EMERGENCIES = "open_emergencies"
    OVERDUE = "overdue"
    PROMISED = "promised"
    NOT_REACHED = "not_reached"
    NEW_EMERGENCIES = "new_emergencies"
    DONE = "done"
    PAUSED = "paused"
    DELETED = "deleted"


SECTION_WORDS = Words(
    {
        Section.OPEN_EMERGENCIES: N_("Open emergencies"),
        Section.OVERDUE: N_("Overdue"),
        Section.PROMISED: N_("Promised"),
        Section.NOT_REACHED: N_("Not reached"),
        Section.NEW_EMERGENCIES: N_("Emergencies that came"),
        Section.DONE: N_("Done"),
        Section.PAUSED: N_("Paused"),
        Section.DELETED: N_("Deleted"),
    }
)


def clean_text(value: str) -> str:
    """What the shift leaves to say; it may be nothing. Raises InvalidInput (field ``text``)."""
    return text.note(value, field="text", label=_("Text"), minimum=0, maximum=TEXT_MAXIMUM)


def why_not_sign(last: Signed, moment: datetime) -> str | None:
    """The reason why no other hand-over can be signed now, so soon after the last one, or None."""
    if last.confirmed_at is not None or moment - last.signed_at >= SHORTEST_SHIFT:
        return None
    return _("{name} has just signed a hand-over, which nobody has confirmed yet.").format(
        name=last.signed_by
    )


def why_not_confirm(signed: Signed, admin_id: int) -> str | None:
    """The reason why this admin cannot confirm a hand-over, or None."""
    if signed.confirmed_at is not None:
        return _("{name} has confirmed it already.").format(name=signed.confirmed_by)
    if signed.signed_by_id == admin_id:
        return _("You have signed it: somebody else confirms it.")
    return None
