"""Types of deletes, and of what is restored."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.recipients.fields import Given
from core.values.jobs import Done


@dataclass(frozen=True, slots=True)
class Deletion:
    """A delete that can be undone by its ID, and how many it took."""

    id: int
    done: Done

    @property
    def count(self) -> int:
        """How many were deleted."""
        return self.done.done


@dataclass(frozen=True, slots=True)
class DeletionRow:
    """A delete as a whole: when, and how many of it can be restored."""

    id: int
    created_at: datetime
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletedRow(Given):
    """A deleted recipient: what it was, who deleted it and when, and when it is gone for good (None: never)."""

    id: int
    organization: str
    timezone: str | None
    registered_at: datetime
    deletion_id: int
    deleted_at: datetime
    deleted_by: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class DeletedQuery:
    """Which deleted recipients: those that a search finds, those of one delete, or one."""

    search: str = ""
    deletion_id: int | None = None
    recipient_id: int | None = None


@dataclass(frozen=True, slots=True)
class DeletedSelection:
    """Deleted recipients to restore: these IDs, or all that match a query except some."""

    ids: frozenset[int] = frozenset()
    query: DeletedQuery | None = None
    excluded: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Taken:
    """A deleted recipient whose number belongs to somebody else now. Numbers are as the actor may see them."""

    id: int
    name: str
    phone: str
    holder: str


@dataclass(frozen=True, slots=True)
class Parted:
    """Two who were one by a merge: ``name`` is back, ``kept`` is the one who had stayed.

    ``counts`` is what went back, by its table, ``fields`` what the one who had stayed has as before (of
    ``TEXT_NAMES``), ``campaigns`` those in which both are now, since calls came there meanwhile.
    """

    kept: str
    name: str
    counts: Mapping[str, int]
    fields: tuple[str, ...] = ()
    campaigns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Restored:
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
