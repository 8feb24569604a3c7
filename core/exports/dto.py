"""What an export of a recipient holds: the shape of ``data.json``, of which the schema is made.

Frozen; times in UTC. A field that is added is no new ``VERSION``; one that is taken out, or means something else
from then on, is.
"""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from core.recipients.dto import RecipientRow

FORMAT, VERSION = "carecall-recipient", 1
# where in an export the rows of each table are that is a recipient's
KEPT_IN: Mapping[str, str] = {
    "recipients": "recipient",
    "participations": "participations",
    "calls": "calls",
    "utterances": "calls",
    "conversation_grams": "calls",  # an index of what was said in them, and of what is remembered
    "feedback": "calls",
    "followup_actions": "calls",
    "memory_details": "memory",
    "memory_versions": "memory",
    "memos": "memos",
    "tasks": "tasks",
    "task_calls": "tasks",
    "contacts": "contacts",
    "recipient_tags": "tags",
    "upload_rows": "uploads",
    "merges": "merges",
    "told_apart": "changes",
}


class ParticipationMade(Struct, frozen=True):
    """A campaign, and its pause where there is one."""

    campaign: str
    enrolled_at: datetime
    paused_at: datetime | None
    pause_reason: str
    resumes_at: datetime | None


class Said(Struct, frozen=True):
    """Who said what, so many seconds after the call began."""

    at_s: float
    speaker: str
    text: str


class VerdictGiven(Struct, frozen=True):
    """What somebody thought of a call."""

    verdict: str
    at: datetime
    by: str


class FollowupMade(Struct, frozen=True):
    """What was done about a call."""

    type: str
    details: str
    created_at: datetime
    updated_at: datetime
    by: str


class CallMade(Struct, frozen=True):
    """A call. ``voice`` is its file in the export, ``voice_missing`` why there is none of one that it has."""

    id: str
    source: str
    campaign: str
    started_at: datetime
    duration_s: float
    result: str
    completed: bool
    analysis: str
    summary: str
    conversation: tuple[Said, ...]
    feedback: tuple[VerdictGiven, ...]
    followup: FollowupMade | None
    voice: str = ""
    voice_missing: str = ""


class MemoryStep(Struct, frozen=True):
    """What a memory detail said at a time; ``by`` is "" for the machine."""

    change: str
    content: str
    at: datetime
    by: str


class MemoryKept(Struct, frozen=True):
    """What the machine remembers, or (``reset_at``) has forgotten."""

    topic: str
    content: str
    newer_content: str
    learned_at: datetime
    changed_at: datetime
    reset_at: datetime | None
    by: str
    history: tuple[MemoryStep, ...]


class MemoKept(Struct, frozen=True):
    """A note."""

    text: str
    created_at: datetime
    updated_at: datetime
    by: str


class TaskKept(Struct, frozen=True):
    """What somebody had or has to do. ``calls`` are those that it is about."""

    kind: str
    text: str
    since: datetime
    due_at: datetime
    tries: int
    assignee: str
    acknowledged_at: datetime | None
    acknowledged_by: str
    closed_at: datetime | None
    closed_by: str
    outcome: str
    reason: str
    calls: tuple[str, ...]


class ContactKept(Struct, frozen=True):
    """Whom to turn to."""

    place: int
    relation: str
    name: str
    phone: str


class MergeMade(Struct, frozen=True):
    """Another recipient became part of this one: as whom it was kept, and what this one said before.

    One that was taken back (``undone_at``) is another person again, of whom nothing is given.
    """

    at: datetime
    by: str
    undone_at: datetime | None
    other: Mapping[str, str]
    before: Mapping[str, str]


class RowGiven(Struct, frozen=True):
    """A row of an uploaded file; ``given`` is what it said, where that is kept."""

    file_name: str
    at: datetime
    by: str
    row: int
    result: str
    given: Mapping[str, str]
    reasons: tuple[str, ...]
    warnings: tuple[str, ...]


class TextNaming(Struct, frozen=True):
    """What a text of many people (``of``: which) says of the recipient: its lines, without others' names."""

    of: str
    at: datetime
    text: str


class DeliveryHeld(Struct, frozen=True):
    """A call that was delivered and could not be stored, as it came."""

    received_at: datetime
    content: str


class Record(Struct, frozen=True):
    """Who did something (``changes``), or looked (``access``), and when; ``by`` is "" for the console itself."""

    at: datetime
    by: str
    action: str
    fields: tuple[str, ...]


class Export(Struct, frozen=True):
    """All that is kept of a recipient. ``left_out`` says what there may be beside it."""

    made_at: datetime
    recipient: RecipientRow
    deleted_at: datetime | None
    participations: tuple[ParticipationMade, ...]
    calls: tuple[CallMade, ...]
    memory: tuple[MemoryKept, ...]
    memos: tuple[MemoKept, ...]
    tasks: tuple[TaskKept, ...]
    contacts: tuple[ContactKept, ...]
    merges: tuple[MergeMade, ...]
    uploads: tuple[RowGiven, ...]
    texts: tuple[TextNaming, ...]
    deliveries: tuple[DeliveryHeld, ...]
    changes: tuple[Record, ...]
    access: tuple[Record, ...]
    tags: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    format: str = FORMAT
    version: int = VERSION
