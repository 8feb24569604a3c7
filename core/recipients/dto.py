"""What services and screens exchange about recipients. Frozen; times in UTC."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Self

from msgspec import Struct, field
from msgspec.structs import replace

from core.recipients.fields import METRICS, NO_CHANGE, NO_VALUE, NUMBERS, FieldName, Given, named
from core.recipients.rules import Status
from core.trends.rules import Change
from core.values.days import Day
from core.values.stored import stored, stored_number
from core.values.times import NEVER


class RecipientRow(Given, frozen=True, kw_only=True):
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
ROW_COLUMNS: tuple[str, ...] = tuple(
    name for name in RecipientRow.__struct_fields__ if name != "tags"
)


class RecipientFilter(Given, frozen=True):
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


class RecipientQuery(Struct, frozen=True):
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
        names = self.filter.__struct_fields__
        asked = {name for name in names if getattr(self.filter, name) != getattr(_ANYBODY, name)}
        return sorted(asked | ({"search"} if self.search.strip() else set()))

    def unfiltered(self) -> "RecipientQuery":
        """The same order over all that the admin may see."""
        return replace(self, organization_id=None, search="", filter=RecipientFilter())


class Anchor(Struct, frozen=True):
    """A place in the order of a query: the sort value and the ID of a row."""

    value: object
    id: int


class Page(Struct, frozen=True):
    """Which rows of a list: those after the anchor, or (``backward``) before it, nearest first, without the first
    ``skip`` of them.

    Without an anchor from the first row on (``backward``: from the last).
    """

    anchor: Anchor | None = None
    backward: bool = False
    skip: int = 0
    limit: int = 64

    @property
    def fields_asked(self) -> tuple[str, ...]:
        """A page narrows nothing."""
        return ()


FIRST_PAGE = Page()


class Selection(Struct, frozen=True):
    """The recipients an action is for: these IDs, or all that match a query except some."""

    ids: frozenset[int] = frozenset()
    query: RecipientQuery | None = None
    excluded: frozenset[int] = frozenset()


class SelectionCounts(Struct, frozen=True):
    """How many of a selection exist now, and how many of them an action is possible for.

    ``names`` are those of the first few; ``hidden`` tells how many the list does not show as it is searched and
    filtered now.
    """

    total: int
    pausable: int
    resumable: int
    names: tuple[str, ...] = ()
    hidden: int = 0
