"""What services and commands exchange about the audit records. Frozen; times in UTC."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct


class AuditFilter(Struct, frozen=True):
    """Which records are listed; what is not given does not narrow.

    ``action`` is a whole name (``recipient.edit``) or its first part (``recipient``). ``until`` is not included.
    ``access``: those of access instead of those of changes.
    """

    admin: str = ""
    action: str = ""
    recipient: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    access: bool = False


class AuditRow(Struct, frozen=True):
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


class Verification(Struct, frozen=True):
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


class SignIns(Struct, frozen=True):
    """How often an admin came in from an address: into the console, and for a command.

    ``is_new``: not once in the three months before.
    """

    admin: str
    address: str
    console: int
    commands: int
    out_of_hours: int
    is_new: bool


class OutOfHours(Struct, frozen=True):
    """What an admin came in for out of the working hours, from where, and when first and last."""

    admin: str
    address: str
    doing: str
    times: int
    first: datetime
    last: datetime


class BusyDay(Struct, frozen=True):
    """How many people an admin looked at on a day."""

    day: date
    people: int


class Looked(Struct, frozen=True):
    """How many people's details and conversations an admin opened, against the three months before.

    ``before``: in each of them, the latest last. ``usual``: how many in a day are usual for this admin; None where
    there is too little to compare with. ``unusual`` days are beyond that; ``busiest`` is the day with most.
    """

    admin: str
    people: int
    before: Sequence[int]
    days_before: int
    usual: int | None
    usual_month: int | None
    busiest: BusyDay
    unusual: Sequence[BusyDay]

    @property
    def is_unusual_month(self) -> bool:
        """Whether the whole month is beyond what is usual."""
        return self.usual_month is not None and self.people > self.usual_month


class Left(Struct, frozen=True):
    """What an admin took out of the console or had shown, how often, of how many people, and why."""

    admin: str
    action: str
    times: int
    people: int
    reason: str


class RefusedTries(Struct, frozen=True):
    """What was refused, how often, to whom: an admin, or an account that is none's."""

    admin: str
    account: str
    address: str
    tried: str
    times: int


class Ended(Struct, frozen=True):
    """How many sessions of the console ended in this way."""

    admin: str
    how: str
    sessions: int


class Signature(Struct, frozen=True):
    """That somebody checked a month: the text, and the hash of the figures as they were."""

    at: datetime
    admin: str
    organization_id: int | None
    text: str
    figures: str


class Figures(Struct, frozen=True):
    """What the records of a month come to, as far as the actor sees them (None: every organization)."""

    month: str
    since: datetime
    until: datetime
    timezone: str
    organization_id: int | None
    working_hours: str
    sign_ins: Sequence[SignIns]
    out_of_hours: Sequence[OutOfHours]
    looked: Sequence[Looked]
    left: Sequence[Left]
    refused: Sequence[RefusedTries]
    ended: Sequence[Ended]


class Review(Struct, frozen=True):
    """The figures of a month, their hash, and who has signed that they were checked."""

    figures: Figures
    hash: str
    signed: Sequence[Signature]
