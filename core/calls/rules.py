"""What a call may be, in words of the product. Pure."""

import enum

from core.values.i18n import N_
from core.values.stored import Words


class CallResult(enum.StrEnum):
    """Whether somebody answered."""

    CONNECTED = "connected"
    UNANSWERED = "unanswered"


class Analysis(enum.StrEnum):
    """How the calling system judges what was said."""

    NORMAL = "normal"
    NEGATIVE = "negative"
    EMERGENCY = "emergency"


class Speaker(enum.StrEnum):
    """Who speaks."""

    AI = "ai"
    RECIPIENT = "recipient"


class Verdict(enum.StrEnum):
    """An admin's feedback on a call."""

    POSITIVE = "positive"
    NEGATIVE = "negative"


RESULT_WORDS = Words(
    {CallResult.CONNECTED: N_("connected"), CallResult.UNANSWERED: N_("unanswered")}
)
ANALYSIS_WORDS = Words(
    {
        Analysis.NORMAL: N_("normal"),
        Analysis.NEGATIVE: N_("negative"),
        Analysis.EMERGENCY: N_("emergency"),
    }
)
SPEAKER_WORDS = Words({Speaker.AI: N_("machine"), Speaker.RECIPIENT: N_("recipient")})
VERDICT_WORDS = Words({Verdict.POSITIVE: N_("positive"), Verdict.NEGATIVE: N_("negative")})
