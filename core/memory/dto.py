"""What services and screens exchange about memory details. Frozen; times in UTC."""

from datetime import datetime
from typing import NamedTuple

from msgspec import Struct

from core.memory.rules import MemoryChange


class MemoryRow(Struct, frozen=True):
    """A memory detail. ``admin`` is "" where the machine's own words stand.

    ``call_id`` is the call that it comes from. ``newer_content`` is what a later call (``newer_call_id``)
    brought up after an admin's edit. With ``reset_at`` it counts as forgotten.
    """

    id: int
    version: int
    recipient_id: int
    topic: str
    content: str
    call_id: int | None
    call_at: datetime | None
    learned_at: datetime
    changed_at: datetime
    admin: str
    newer_content: str | None
    newer_call_id: int | None
    newer_call_at: datetime | None
    reset_at: datetime | None

    @property
    def is_reset(self) -> bool:
        """Whether the machine has forgotten it."""
        return self.reset_at is not None


class MemoryVersionRow(Struct, frozen=True):
    """One step in the history of a memory detail; ``admin`` is "" for the machine."""

    number: int
    change: MemoryChange
    content: str
    call_id: int | None
    call_at: datetime | None
    admin: str
    changed_at: datetime


class BroughtUp(NamedTuple):
    """A topic and what was said of it, with the forms in which they are compared."""

    topic: str
    topic_key: str
    content: str
    content_key: str
