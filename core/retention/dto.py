"""What services and commands exchange about what is erased. Frozen."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Erased:
    """How much was erased for good. ``voice_left`` counts voice files that could not be, ``files_left``
    files that admins wrote out; they are tried again.

    ``journal_in_use``: another console was reading, so that SQLite's journal still holds what was erased.
    ``copies_before``: copies of the database, made before upgrades, that still hold it.
    """

    recipients: int = 0
    calls: int = 0
    voice_files: int = 0
    uploads: int = 0
    deliveries: int = 0
    drafts: int = 0
    handovers: int = 0
    files: int = 0
    voice_left: int = 0
    files_left: int = 0
    journal_in_use: bool = False
    copies_before: tuple[Path, ...] = ()
