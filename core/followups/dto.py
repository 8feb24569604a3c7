"""What services and screens exchange about follow-up actions. Frozen; times in UTC."""

from datetime import datetime

from msgspec import Struct

from core.followups.rules import ActionType


class FollowupRow(Struct, frozen=True):
    """What staff did about one call. ``admin`` is who wrote it last."""

    id: int
    version: int
    recipient_id: int
    call_id: int
    call_at: datetime
    action_type: ActionType
    details: str
    admin: str
    created_at: datetime
    updated_at: datetime
