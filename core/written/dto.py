"""What is told of a file that an admin wrote out. Frozen."""

from datetime import datetime

from msgspec import Struct


class WrittenFile(Struct, frozen=True):
    """A file of the admin's own folder; ``name`` is its path below that."""

    name: str
    size: int
    written_at: datetime
