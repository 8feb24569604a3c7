"""Types of deliveries that are held."""

from datetime import datetime

from msgspec import Struct

from core.calls.refused import Reason


class HeldRow(Struct, frozen=True):
    """A delivery that is held: who (login and name) delivered it when, and why it could not be stored.

    ``call`` and ``organization`` are what the line itself says, "" where that cannot be read.
    """

    id: int
    received_at: datetime
    admin: str
    source: str
    organization: str
    call: str
    reason: Reason
    field: str
    emergency: bool
    name: str = ""


class HeldSummary(Struct, frozen=True):
    """How many deliveries are held, how many of them are emergencies, and the ID of the newest (0: none)."""

    count: int
    emergencies: int
    newest: int
