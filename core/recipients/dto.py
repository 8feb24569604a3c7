"""What services and screens exchange about recipients. Frozen; times in UTC."""

import enum
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Self

from core.recipients.rules import NO_VALUE, Status
from core.values.jobs import Done
from core.values.stored import stored, stored_number
from core.values.times import NEVER


class SortColumn(enum.StrEnum):
    """The columns of the list; each sorts both ways."""

    ORGANIZATION = "organization"
    NAME = "name"
    PHONE = "phone"
    OTHER_INFORMATION = "other_information"
    REGISTERED_AT = "registered_at"
    LAST_CALL_AT = "last_call_at"
    TOTAL_CALLS = "total_calls"
    CONNECTION_RATE = "connection_rate"
    COMPLETION_RATE = "completion_rate"
    ANSWER_LENGTH = "answer_length"
    CALL_DURATION = "call_duration"
    CAMPAIGN = "campaign"
    STATUS = "status"


@dataclass(frozen=True, slots=True)
class RecipientRow:
    """A recipient as the list and the details show it. Rates are 0…1; ``answer_length`` counts characters,
    ``call_duration`` seconds; metrics are None where the last 3 months have no such call.
    ``pause_reason`` and ``resumes_at`` are those of a pause, where one was given."""

    id: int
    version: int
    organization_id: int
    organization: str
    timezone: str | None
    name: str
    phone: str
    other_information: str
    registered_at: datetime
    last_call_at: datetime | None
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

    @classmethod
    def of_columns(cls, values: dict[str, Any]) -> Self:
        """The row of the columns as they are kept; what they keep for "none" becomes None."""
        values["status"] = stored(Status, values["status"])
        if values["last_call_at"] == NEVER:
            values["last_call_at"] = None
        values["total_calls"] = stored_number(values["total_calls"])
        values["unanswered_streak"] = stored_number(values["unanswered_streak"])
        for metric in ("connection_rate", "completion_rate", "answer_length", "call_duration"):
            values[metric] = stored_number(values[metric])
            if values[metric] == NO_VALUE:
                values[metric] = None
        return cls(**values)


@dataclass(frozen=True, slots=True)
class RecipientFilter:
    """The detailed search; each field that is given narrows. Dates are days in the settings' zone, inclusive."""

    name: str = ""
    phone: str = ""
    other_information: str = ""
    statuses: frozenset[Status] = frozenset()
    organization: str = ""
    campaign: str = ""
    registered_from: date | None = None
    registered_to: date | None = None
    last_call_from: date | None = None
    last_call_to: date | None = None
    analyses: frozenset[str] = frozenset()
    unanswered_streak: int = 0

    def __bool__(self) -> bool:
        """Whether it narrows anything."""
        return self != RecipientFilter()


@dataclass(frozen=True, slots=True)
class RecipientQuery:
    """Which recipients are listed, and in which order."""

    organization_id: int | None = None
    search: str = ""
    filter: RecipientFilter = field(default_factory=RecipientFilter)
    sort: SortColumn = SortColumn.REGISTERED_AT
    descending: bool = True

    @property
    def is_filtered(self) -> bool:
        """Whether some recipients that the admin may see are left out."""
        return bool(self.search.strip() or self.filter or self.organization_id is not None)

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


@dataclass(frozen=True, slots=True)
class DeletedRow:
    """A deleted recipient: what it was, who deleted it and when, and when it is gone for good (None: never)."""

    id: int
    organization: str
    timezone: str | None
    name: str
    phone: str
    other_information: str
    registered_at: datetime
    deletion_id: int
    deleted_at: datetime
    deleted_by: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class DeletedQuery:
    """Which deleted recipients: those that a search finds, or those of one delete."""

    search: str = ""
    deletion_id: int | None = None


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
class Restored:
    """How many are back, and the first few and the number of those that stay deleted."""

    done: Done
    kept: tuple[Taken, ...] = ()
    kept_count: int = 0

    @property
    def count(self) -> int:
        """How many are back."""
        return self.done.done
