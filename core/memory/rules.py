"""What a memory detail may say and what may be done to it. Pure."""

import enum

from core.values import text
from core.values.i18n import N_, _
from core.values.stored import Words

CONTENT_MAXIMUM = 500


class MemoryChange(enum.StrEnum):
    """What happened to a memory detail."""

    LEARNED = "learned"
    EDITED = "edited"
    RESET = "reset"
    LEARNED_AGAIN = "learned again"


CHANGE_WORDS = Words(
    {
        MemoryChange.LEARNED: N_("learned"),
        MemoryChange.EDITED: N_("edited"),
        MemoryChange.RESET: N_("reset"),
        MemoryChange.LEARNED_AGAIN: N_("learned again"),
    }
)


def clean_content(value: str) -> str:
    """The content as it is stored. Raises InvalidInput (field ``content``)."""
    label = _("Content")
    return text.note(value, field="content", label=label, minimum=1, maximum=CONTENT_MAXIMUM)


def why_not_edit(*, is_reset: bool) -> str | None:
    """The reason why a memory detail cannot be edited, or None where it can."""
    if is_reset:
        return _("This memory was reset; it can be edited when a call brings it up anew.")
    return None


def why_not_reset(*, is_reset: bool) -> str | None:
    """The reason why a memory detail cannot be reset, or None where it can."""
    return _("This memory is reset already.") if is_reset else None
