"""What services and commands exchange about the audit records. Frozen; times in UTC."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which records are listed; what is not given does not narrow.

    ``action`` is a whole name (``recipient.edit``) or its first part (``recipient``). ``until`` is not included.
    ``looks``: those of looking instead of those of changes.
    """

    admin: str = ""
    action: str = ""
    recipient: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    looks: bool = False


@dataclass(frozen=True, slots=True)
class AuditRow:
    """Who did what to what. ``admin`` is "" where it was the console itself, or somebody who is no admin."""

    id: int
    at: datetime
    admin: str
    account: str
    client: str
    action: str
    organization: str
    subject: str
    subject_id: int | None
    details: Mapping[str, Any]
    hash: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What a check of the chain found. ``broken`` is the ID of the first record that does not fit.

    ``last`` and ``head`` are ID and hash of the last record that fits; ``head_found`` tells whether the hash
    that was asked for is among those that fit.
    """

    records: int
    last: int
    head: str
    broken: int | None
    head_found: bool

    @property
    def is_whole(self) -> bool:
        """Whether nothing was changed, taken out or, as far as the asked hash tells, cut off."""
        return self.broken is None and self.head_found
