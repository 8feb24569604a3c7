"""What a campaign may be called, and what may be done in which of its states. Pure."""

import enum

from core.values import text
from core.values.i18n import N_, _
from core.values.stored import UNREADABLE, Words

NAME_MAXIMUM = 60


class CampaignState(enum.StrEnum):
    """The life of a campaign, in this order and never back."""

    SCHEDULED = "scheduled"
    IN_PROGRESS = "in progress"
    ENDED = "ended"


STATE_WORDS = Words(
    {
        CampaignState.SCHEDULED: N_("scheduled"),
        CampaignState.IN_PROGRESS: N_("in progress"),
        CampaignState.ENDED: N_("ended"),
    }
)
_UNREADABLE = N_("The state of the campaign cannot be read.")


def clean_name(value: str) -> str:
    """The campaign's name as it is stored. Raises InvalidInput (field ``name``)."""
    label = _("Campaign name")
    return text.line(value, field="name", label=label, minimum=1, maximum=NAME_MAXIMUM)


def why_not_start(state: CampaignState) -> str | None:
    """The reason why a campaign in this state cannot be started, or None where it can."""
    return {
        CampaignState.SCHEDULED: None,
        CampaignState.IN_PROGRESS: _("The campaign is in progress already."),
        CampaignState.ENDED: _("The campaign has ended; it cannot be started again."),
    }.get(state, _(_UNREADABLE))


def why_not_end(state: CampaignState) -> str | None:
    """The reason why a campaign in this state cannot be ended, or None where it can."""
    return {
        CampaignState.SCHEDULED: _("The campaign has not started yet; there is nothing to end."),
        CampaignState.IN_PROGRESS: None,
        CampaignState.ENDED: _("The campaign has ended already."),
    }.get(state, _(_UNREADABLE))


def why_not_change_participants(state: CampaignState) -> str | None:
    """The reason why nobody can be enrolled or withdrawn in this state, or None."""
    if state is UNREADABLE:
        return _(_UNREADABLE)
    if state is CampaignState.ENDED:
        return _("The campaign has ended; who took part in it stays as it is.")
    return None
