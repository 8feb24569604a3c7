"""The mapped classes. They never leave the core: services give DTOs."""

from core.models.base import Base, UtcDateTime
from core.models.calls import (
    Call,
    Feedback,
    FollowupAction,
    HeldDelivery,
    Memo,
    MemoryDetail,
    MemoryVersion,
    Utterance,
)
from core.models.campaigns import Campaign, Participation
from core.models.people import Admin, Organization, Recipient
from core.models.records import AuditRecord, Deletion, Upload, UploadRow
from core.recipients.rules import NO_VALUE
from core.values.times import NEVER

__all__ = [
    "NEVER",
    "NO_VALUE",
    "Admin",
    "AuditRecord",
    "Base",
    "Call",
    "Campaign",
    "Deletion",
    "Feedback",
    "FollowupAction",
    "HeldDelivery",
    "Memo",
    "MemoryDetail",
    "MemoryVersion",
    "Organization",
    "Participation",
    "Recipient",
    "Upload",
    "UploadRow",
    "UtcDateTime",
    "Utterance",
]
