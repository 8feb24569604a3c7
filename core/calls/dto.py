"""What services and screens exchange about calls. Frozen; times in UTC."""

from dataclasses import dataclass
from datetime import datetime

from core.calls.rules import Analysis, CallResult, Speaker, Verdict


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call as the list of calls shows it.

    ``unanswered_in_a_row`` counts the unanswered calls up to this one since the last connected one.
    ``positive`` and ``negative`` count the feedback of all admins, ``own_verdict`` is the actor's.
    """

    id: int
    external_id: str
    recipient_id: int
    campaign: str
    started_at: datetime
    duration_ms: int
    result: CallResult
    completed: bool
    analysis: Analysis | None
    voice_file: str | None
    positive: int
    negative: int
    own_verdict: Verdict | None
    followup_id: int | None
    unanswered_in_a_row: int


@dataclass(frozen=True, slots=True)
class UtteranceRow:
    """Who said what, when: ``at_ms`` counts from the start of the call."""

    position: int
    at_ms: int
    speaker: Speaker
    text: str


@dataclass(frozen=True, slots=True)
class FeedbackRow:
    """One admin's verdict on a call."""

    admin_id: int
    admin: str
    verdict: Verdict
    given_at: datetime


@dataclass(frozen=True, slots=True)
class CallDetails:
    """A call with its conversation, who thinks what of it, and the calling system's own summary ("": none)."""

    call: CallRow
    utterances: tuple[UtteranceRow, ...]
    feedback: tuple[FeedbackRow, ...]
    summary: str = ""
