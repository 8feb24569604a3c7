"""What services and screens exchange about campaigns. Frozen; times in UTC."""

from dataclasses import dataclass
from datetime import datetime

from core.campaigns.rules import CampaignState
from core.values.errors import CoreError


@dataclass(frozen=True, slots=True)
class CampaignRow:
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


@dataclass(frozen=True, slots=True)
class Refusal:
    """A number that was named and could not be taken, and why."""

    phone: str
    reason: str


@dataclass(frozen=True, slots=True)
class EnrollmentResult:
    """How many were enrolled (or withdrawn), how many were so before, and who was refused.

    ``left`` is how many have not had their turn, since it was ended early; ``stopped``, by what.
    """

    changed: int
    unchanged: int
    refused: tuple[Refusal, ...] = ()
    left: int = 0
    stopped: CoreError | None = None


@dataclass(frozen=True, slots=True)
class CallListEntry:
    """Somebody who may be phoned now. ``recipient`` is the ID, ``phone`` E.164."""

    campaign: str
    organization: str
    recipient: int
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class ParticipationRow:
    """A recipient's place in a campaign; paused where ``paused_at`` is set and ``resumes_at`` is not past."""

    campaign_id: int
    campaign: str
    state: CampaignState
    enrolled_at: datetime
    paused_at: datetime | None
    pause_reason: str
    resumes_at: datetime | None
