"""When the time of something is over, and what the reason of an erasing may be. Pure."""

from datetime import datetime, timedelta

from core.retention.blotting import Traces
from core.values import text
from core.values.errors import InvalidInput
from core.values.i18n import _


def expired_before(days: int, moment: datetime) -> datetime | None:
    """What is older than this has to go; None where it is kept until it is deleted by hand (0 days)."""
    return moment - timedelta(days=days) if days > 0 else None


def check_reason(value: str, traces: Traces) -> str:
    """The reason as it is recorded, of one about somebody.

    Raises InvalidInput (field ``reason``), also where it names them.
    """
    reason = text.clean_reason(value)
    if traces.are_in(reason):
        raise InvalidInput(
            _("The reason names the recipient; it is kept in a record that nobody can erase."),
            _("Write it without name and number."),
            field="reason",
        )
    return reason
