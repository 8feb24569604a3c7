"""What services, screens and commands exchange about hand-overs. Frozen; times in UTC."""

from datetime import datetime

from msgspec import Struct

from core.handovers.rules import Section
from core.tasks.rules import TaskKind


class Item(Struct, frozen=True):
    """One line of a report: about whom, what for, when it came, until when, by whom.

    ``name`` is None where the recipient is not to be seen (any more). ``seen``: of an emergency, whether somebody
    had acknowledged it.
    """

    recipient_id: int
    name: str | None
    kind: TaskKind | None
    at: datetime
    until: datetime | None
    who: str
    text: str
    seen: bool


class Part(Struct, frozen=True):
    """A section of a report: how many there are, and the first of them."""

    section: Section
    count: int
    items: tuple[Item, ...]


class HandoverRow(Struct, frozen=True):
    """A hand-over without its report. An ``id`` of 0: the one that is not signed yet."""

    id: int
    organization_id: int
    organization: str
    timezone: str | None
    since: datetime
    signed_at: datetime
    signed_by_id: int
    signed_by: str
    text: str
    confirmed_at: datetime | None
    confirmed_by: str | None

    @property
    def is_signed(self) -> bool:
        """Whether somebody has signed it."""
        return self.id > 0


class Handover(Struct, frozen=True):
    """A hand-over with its report. ``before`` is the one before it, by ID."""

    row: HandoverRow
    parts: tuple[Part, ...]
    before: int | None
