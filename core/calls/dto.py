"""What services and screens exchange about calls. Frozen; times in UTC."""

from datetime import datetime

from msgspec import Struct

from core.calls.rules import Analysis, CallResult, Speaker, Verdict


class CallRow(Struct, frozen=True):
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


class UtteranceRow(Struct, frozen=True):
    """Who said what, when: ``at_ms`` counts from the start of the call."""

    position: int
    at_ms: int
    speaker: Speaker
    text: str


class FeedbackRow(Struct, frozen=True):
    """One admin's verdict on a call."""

    admin_id: int
    admin: str
    verdict: Verdict
    given_at: datetime


class CallDetails(Struct, frozen=True):
    """A call with its conversation, who thinks what of it, and the calling system's own summary ("": none)."""

    call: CallRow
    utterances: tuple[UtteranceRow, ...]
    feedback: tuple[FeedbackRow, ...]
    summary: str = ""
