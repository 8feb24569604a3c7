"""What is told of a file that an admin wrote out. Frozen."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file of the admin's own folder; ``name`` is its path below that."""

    name: str
    size: int
    written_at: datetime
