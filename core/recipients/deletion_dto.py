"""Types of deletes, and of what is restored."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from core.recipients.fields import Given
from core.values.jobs import Done


class Deletion(Struct, frozen=True):
    """A delete that can be undone by its ID, and how many it took."""

    id: int
    done: Done

    @property
    def count(self) -> int:
        """How many were deleted."""
        return self.done.done


class DeletionRow(Struct, frozen=True):
    """A delete as a whole: when, and how many of it can be restored."""

    id: int
    created_at: datetime
    count: int


class DeletedRow(Given, frozen=True, kw_only=True):
    """A deleted recipient: what it was, who deleted it and when, and when it is gone for good (None: never)."""

    id: int
    organization: str
    timezone: str | None
    registered_at: datetime
    deletion_id: int
    deleted_at: datetime
    deleted_by: str
    expires_at: datetime | None


class DeletedQuery(Struct, frozen=True):
    """Which deleted recipients: those that a search finds, those of one delete, or one."""

    search: str = ""
    deletion_id: int | None = None
    recipient_id: int | None = None


class DeletedSelection(Struct, frozen=True):
    """Deleted recipients to restore: these IDs, or all that match a query except some."""

    ids: frozenset[int] = frozenset()
    query: DeletedQuery | None = None
    excluded: frozenset[int] = frozenset()


class Taken(Struct, frozen=True):
    """A deleted recipient whose number belongs to somebody else now. Numbers are as the actor may see them."""

    id: int
    name: str
    phone: str
    holder: str


class Parted(Struct, frozen=True):
    """Two who were one by a merge: ``name`` is back, ``kept`` is the one who had stayed.

    ``counts`` is what went back, by its table, ``fields`` what the one who had stayed has as before (of
    ``TEXT_NAMES``), ``campaigns`` those in which both are now, since calls came there meanwhile.
    """

    kept: str
    name: str
    counts: Mapping[str, int]
    fields: tuple[str, ...] = ()
    campaigns: tuple[str, ...] = ()


class Restored(Struct, frozen=True):
    """How many are back, and the first few and the number of those that stay deleted.

    In ``kept`` are those whose number is taken, in ``parts`` why the merges of others cannot be taken back now.
    ``parted`` are the merges that were taken back.
    """

    done: Done
    kept: tuple[Taken, ...] = ()
    kept_count: int = 0
    parted: tuple[Parted, ...] = ()
    parts: tuple[str, ...] = ()
    parts_count: int = 0

    @property
    def count(self) -> int:
        """How many are back."""
        return self.done.done
