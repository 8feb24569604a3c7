"""What a follow-up action may be and when one may be added. Pure."""

import enum

from core.values import text
from core.values.errors import InvalidInput
from core.values.i18n import N_, _
from core.values.stored import Words

DETAILS_MAXIMUM = 500


class ActionType(enum.StrEnum):
    """What staff did."""

    PHONED = "phoned"
    VISITED = "visited"
    SERVICE_LINKED = "service linked"
    EMERGENCY_DISPATCHED = "emergency dispatched"
    GUARDIAN_CONTACTED = "guardian contacted"
    NO_ISSUE_FOUND = "no issue found"
    OTHER = "other"


ACTION_WORDS = Words(
    {
        ActionType.PHONED: N_("phoned"),
        ActionType.VISITED: N_("visited"),
        ActionType.SERVICE_LINKED: N_("service linked"),
        ActionType.EMERGENCY_DISPATCHED: N_("emergency dispatched"),
        ActionType.GUARDIAN_CONTACTED: N_("guardian contacted"),
        ActionType.NO_ISSUE_FOUND: N_("no issue found"),
        ActionType.OTHER: N_("other"),
    }
)


def clean_type(value: str) -> ActionType:
    """The type of the action. Raises InvalidInput (field ``action_type``)."""
    try:
        return ActionType(value)
    except ValueError:
        raise InvalidInput(_("Choose what was done."), field="action_type") from None


def clean_details(value: str) -> str:
    """The details as they are stored. Raises InvalidInput (field ``details``)."""
    return text.note(value, field="details", label=_("Details"), maximum=DETAILS_MAXIMUM)


def why_not_add(*, has_followup: bool) -> str | None:
    """The reason why a call cannot get a follow-up action, or None where it can."""
    if has_followup:
        return _("This call has a follow-up action already; there is at most one for each call.")
    return None
