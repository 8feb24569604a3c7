"""What services and screens exchange about recipients. Frozen; times in UTC."""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from functools import partial
from typing import Any, Self

from core.recipients.fields import METRICS, NO_CHANGE, NO_VALUE, NUMBERS, FieldName, Given, named
from core.recipients.rules import Status
from core.trends.rules import Change
from core.values.days import Day
from core.values.jobs import Done
from core.values.stored import stored, stored_number
from core.values.times import NEVER


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientRow(Given):
    """A recipient as the list and the details show it. Rates are 0…1; ``answer_length`` counts characters,
    ``call_duration`` seconds; metrics are None where the last 3 months have no such call, ``change`` where there
    are not enough calls. ``pause_reason`` and ``resumes_at`` are those of a pause, where one was given. ``tags``
    are names, which are read once it is known whose."""

    id: int
    version: int
    organization_id: int
    organization: str
    timezone: str | None
    registered_at: datetime
    last_call_at: datetime | None
    change: Change | None
    total_calls: int
    connection_rate: float | None
    completion_rate: float | None
    answer_length: float | None
    call_duration: float | None
    campaign: str
    status: Status
    last_analysis: str | None
    unanswered_streak: int
    pause_reason: str | None
    resumes_at: datetime | None
    tags: tuple[str, ...] = ()

    @classmethod
    def of_columns(cls, values: dict[str, Any]) -> Self:
        """The row of the columns as they are kept."""
        for name, read in AS_READ.items():
            values[name] = read(values[name])
        return cls(**values)


def _last_call(kept: datetime) -> datetime | None:
    return None if kept == NEVER else kept


def _metric(kept: Any) -> float | None:
    return None if kept == NO_VALUE else stored_number(kept)


_NO_NUMBER = -10  # told as unreadable


def _change(kept: Any) -> Change | None:
    if kept == NO_CHANGE:
        return None
    return Change.read(kept if isinstance(kept, int) else _NO_NUMBER)


# what a column keeps, as it is read: what it keeps for "none" becomes None
AS_READ: Mapping[str, Callable[[Any], Any]] = {
    "status": partial(stored, Status),
    "last_call_at": _last_call,
    "change": _change,
    "unanswered_streak": stored_number,
    **dict.fromkeys(named(NUMBERS), stored_number),
    **dict.fromkeys(named(METRICS), _metric),
}
ROW_COLUMNS: tuple[str, ...] = tuple(one.name for one in fields(RecipientRow) if one.name != "tags")


@dataclass(frozen=True, slots=True)
class RecipientFilter(Given):
    """The detailed search; each field that is given narrows. Days are those of the settings' zone, inclusive.

    ``results`` are those of the last call, ``emergency_from`` is about any call since then. ``resumes_within``:
    paused, and resumed by itself within so many days. ``no_call_days``: there for so many days, and not phoned
    in them. ``getting_worse`` is about the column *Change*. ``tags`` are names, of which each has all.
    A new field has a line in ``core.recipients.kept_query``, too.
    """

    name: str = ""
    phone: str = ""
    statuses: frozenset[Status] = frozenset()
    organization: str = ""
    campaign: str = ""
    registered_from: Day | None = None
    registered_to: Day | None = None
    last_call_from: Day | None = None
    last_call_to: Day | None = None
    analyses: frozenset[str] = frozenset()
    unanswered_streak: int = 0
    results: frozenset[str] = frozenset()
    emergency_from: Day | None = None
    resumes_within: int | None = None
    no_call_days: int = 0
    getting_worse: bool = False
    tags: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether it narrows anything."""
        return self != RecipientFilter()


_ANYBODY = RecipientFilter()


@dataclass(frozen=True, slots=True)
class RecipientQuery:
    """Which recipients are listed, and in which order."""

    organization_id: int | None = None
    search: str = ""
    filter: RecipientFilter = field(default_factory=RecipientFilter)
    sort: FieldName = FieldName.REGISTERED_AT
    descending: bool = True

    @property
    def is_filtered(self) -> bool:
        """Whether some recipients that the admin may see are left out."""
        return bool(self.search.strip() or self.filter or self.organization_id is not None)

    @property
    def fields_asked(self) -> list[str]:
        """The names of what is searched for, without what."""
        names = (field.name for field in fields(self.filter))
        asked = {name for name in names if getattr(self.filter, name) != getattr(_ANYBODY, name)}
        return sorted(asked | ({"search"} if self.search.strip() else set()))

    def unfiltered(self) -> "RecipientQuery":
        """The same order over all that the admin may see."""
        return replace(self, organization_id=None, search="", filter=RecipientFilter())


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place in the order of a query: the sort value and the ID of a row."""

    value: object
    id: int


@dataclass(frozen=True, slots=True)
class Selection:
    """The recipients an action is for: these IDs, or all that match a query except some."""

    ids: frozenset[int] = frozenset()
    query: RecipientQuery | None = None
    excluded: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class SelectionCounts:
    """How many of a selection exist now, and how many of them an action is possible for.

    ``names`` are those of the first few; ``hidden`` tells how many the list does not show as it is searched and
    filtered now.
    """

    total: int
    pausable: int
    resumable: int
    names: tuple[str, ...] = ()
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """Recipients by ID, sorted, and the version in which each was seen."""

    ids: Sequence[int]
    versions: Sequence[int]

    def of(self, ids: Sequence[int]) -> dict[int, int]:
        """The versions of some that follow each other."""
        first = bisect_left(self.ids, ids[0])
        return dict(zip(ids, self.versions[first : first + len(ids)], strict=True))


@dataclass(frozen=True, slots=True)
class Kept:
    """A recipient who stays as it is, and why."""

    id: int
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class ManyEdited:
    """How many have now what was asked for; the first and the number of those who stay as they are.

    ``gone``: how many of them were deleted since.
    """

    done: Done
    kept: tuple[Kept, ...] = ()
    kept_count: int = 0
    gone: int = 0


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
