"""Why a delivery cannot be stored. Pure."""

import enum

from core.values.errors import ActionBlocked
from core.values.i18n import N_
from core.values.stored import Words


class Reason(enum.StrEnum):
    """Why, as it is kept with a delivery that is held."""

    LINE = "line"
    TOO_LONG = "too long"
    ORGANIZATION = "organization"
    RECIPIENT = "recipient"
    CAMPAIGN = "campaign"
    ID = "id"
    VOICE = "voice file"
    MEMORY = "memory"
    CONFLICT = "conflict"


REASON_WORDS = Words(
    {
        Reason.LINE: N_("wrong line"),
        Reason.TOO_LONG: N_("line too long"),
        Reason.ORGANIZATION: N_("unknown organization"),
        Reason.RECIPIENT: N_("unknown recipient"),
        Reason.CAMPAIGN: N_("unknown campaign"),
        Reason.ID: N_("id of another recipient's call"),
        Reason.VOICE: N_("voice file"),
        Reason.MEMORY: N_("too many memory details"),
        Reason.CONFLICT: N_("saved by somebody else at this moment"),
    }
)


class DeliveryRefused(ActionBlocked):
    """The delivery cannot be stored as things are; it is held until they have changed."""

    def __init__(self, reason: Reason, what: str, hint: str = "") -> None:
        super().__init__(what, hint)
        self.reason = reason
