"""What services and commands exchange about what is erased. Frozen; times in UTC."""

from datetime import datetime
from pathlib import Path
from typing import Self

from msgspec import Struct
from msgspec.structs import replace


class Erased(Struct, frozen=True):
    """How much was erased for good. ``voice_left`` counts voice files that could not be, ``files_left``
    files that admins wrote out; they are tried again.

    ``texts`` are those of many people out of which somebody was blotted, ``views`` those that named somebody,
    ``drafts_open`` forms that are open and hold something of who is gone. ``journal_in_use``: another console was
    reading, so that SQLite's journal still holds what was erased. ``copies_before``: copies of the database, made
    before upgrades, that still hold it. ``server_keeps``: the server does, until the owner of its tables has them
    made anew.
    """

    recipients: int = 0
    calls: int = 0
    voice_files: int = 0
    uploads: int = 0
    deliveries: int = 0
    drafts: int = 0
    handovers: int = 0
    files: int = 0
    texts: int = 0
    views: int = 0
    drafts_open: int = 0
    voice_left: int = 0
    files_left: int = 0
    journal_in_use: bool = False
    copies_before: tuple[Path, ...] = ()
    server_keeps: bool = False

    def plus(self, **counts: int) -> Self:
        """With so many more of these."""
        return replace(self, **{name: getattr(self, name) + more for name, more in counts.items()})


class Held(Struct, frozen=True):
    """What is kept of somebody, in numbers. ``contact_of``: how many others name the number as a contact's.

    ``name`` is "" of who was erased already; ``namesakes`` are others of the organization with that name.
    """

    id: int
    name: str
    phone: str
    organization: str
    deleted_at: datetime | None
    calls: int
    voice_files: int
    memories: int
    notes: int
    tasks: int
    contact_of: int
    namesakes: int
    written: int
