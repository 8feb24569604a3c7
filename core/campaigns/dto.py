"""What services and screens exchange about campaigns. Frozen; times in UTC."""

from datetime import datetime

from msgspec import Struct

from core.campaigns.rules import CampaignState
from core.values.errors import CoreError


class CampaignRow(Struct, frozen=True):
    """A campaign. Without an organization it is open to every one."""

    id: int
    version: int
    name: str
    organization_id: int | None
    organization: str
    state: CampaignState
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class Refusal(Struct, frozen=True):
    """A number that was named and could not be taken, and why."""

    phone: str
    reason: str


class EnrollmentResult(Struct, frozen=True):
    """How many were enrolled (or withdrawn), how many were so before, and who was refused.

    ``left`` is how many have not had their turn, since it was ended early; ``stopped``, by what.
    """

    changed: int
    unchanged: int
    refused: tuple[Refusal, ...] = ()
    left: int = 0
    stopped: CoreError | None = None


class CallListEntry(Struct, frozen=True):
    """Somebody who may be phoned now. ``recipient`` is the ID, ``phone`` E.164."""

    campaign: str
    organization: str
    recipient: int
    name: str
    phone: str


class ParticipationRow(Struct, frozen=True):
    """A recipient's place in a campaign; paused where ``paused_at`` is set and ``resumes_at`` is not past."""

    campaign_id: int
    campaign: str
    state: CampaignState
    enrolled_at: datetime
    paused_at: datetime | None
    pause_reason: str
    resumes_at: datetime | None
