"""The mapped classes. They never leave the core: services give DTOs."""

from core.db.models.base import Base, UtcDateTime
from core.db.models.calls import (
    Call,
    Feedback,
    FollowupAction,
    HeldDelivery,
    Memo,
    MemoryDetail,
    MemoryVersion,
    Utterance,
)
from core.db.models.campaigns import Campaign, Participation
from core.db.models.contacts import Contact
from core.db.models.conversations import ConversationFill, ConversationGrams
from core.db.models.duplicates import Merge, ToldApart
from core.db.models.handovers import Handover
from core.db.models.people import Admin, Organization, Recipient
from core.db.models.records import (
    AccessRecord,
    AuditRecord,
    Deletion,
    Forwarded,
    HeaderMapping,
    Upload,
    UploadRow,
)
from core.db.models.tags import RecipientTag, Tag
from core.db.models.tasks import Task, TaskCall
from core.db.models.views import View
from core.recipients.fields import NO_VALUE
from core.values.times import NEVER

__all__ = [
    "NEVER",
    "NO_VALUE",
    "AccessRecord",
    "Admin",
    "AuditRecord",
    "Base",
    "Call",
    "Campaign",
    "Contact",
    "ConversationFill",
    "ConversationGrams",
    "Deletion",
    "Feedback",
    "FollowupAction",
    "Forwarded",
    "Handover",
    "HeaderMapping",
    "HeldDelivery",
    "Memo",
    "MemoryDetail",
    "MemoryVersion",
    "Merge",
    "Organization",
    "Participation",
    "Recipient",
    "RecipientTag",
    "Tag",
    "Task",
    "TaskCall",
    "ToldApart",
    "Upload",
    "UploadRow",
    "UtcDateTime",
    "Utterance",
    "View",
]
