"""A conversation as lines of a table: wrapped to its width, one utterance after the other. Pure."""

from collections.abc import Sequence

from msgspec import Struct

from core.calls.dto import UtteranceRow
from core.calls.rules import SPEAKER_WORDS, Speaker
from core.values.i18n import N_, _
from core.values.stored import unreadable_word
from core.values.text import search_key
from tui.text import clean
from tui.widgets.paged_table_cells import Column, TableRow
from tui.wrapping import wrapped

_AT, _WHO = 6, 10
_OTHERS = 2 + 1 + _AT + _WHO + 3  # the cursor's mark, the line's mark, two columns, gaps
FOUND, SPOKEN = "*", ">"
SUMMARY = -1  # the position of the summary, before what was said


class SaidLine(Struct, frozen=True):
    """A line of the screen: the utterance it belongs to, and whether it is its first line."""

    utterance: UtteranceRow
    text: str
    is_first: bool


def columns(width: int) -> tuple[Column, ...]:
    """The columns in a table of this width; the text gets what is left."""
    said = max(10, width - _OTHERS)
    return (
        Column("mark", "", 1),
        Column("at", N_("At"), _AT, "right"),
        Column("who", N_("Who"), _WHO),
        Column("said", N_("Said"), said),
    )


def said_lines(utterances: Sequence[UtteranceRow], width: int, summary: str = "") -> list[SaidLine]:
    """The conversation in a table of this width, the calling system's summary above it."""
    room = columns(width)[-1].width
    above = [UtteranceRow(SUMMARY, 0, Speaker.AI, summary)] if summary else []
    return [
        SaidLine(utterance, text, at == 0)
        for utterance in (*above, *utterances)
        for at, text in enumerate(wrapped(clean(utterance.text), room))
    ]


def clock(at_ms: int) -> str:
    """Milliseconds as ``m:ss``."""
    if word := unreadable_word(at_ms):
        return word
    minutes, seconds = divmod(at_ms // 1000, 60)
    return f"{minutes}:{seconds:02}"


def matching(utterances: Sequence[UtteranceRow], typed: str) -> frozenset[int]:
    """The positions of the utterances in which the typed words are."""
    wanted = search_key(typed)
    if not wanted:
        return frozenset()
    return frozenset(one.position for one in utterances if wanted in search_key(one.text))


def table_row(
    number: int, line: SaidLine, *, found: frozenset[int] = frozenset(), spoken: int | None = None
) -> TableRow:
    """A line as a row of the table; its marks say that it is found or being spoken."""
    utterance = line.utterance
    mark = FOUND if utterance.position in found and line.is_first else " "
    mark = SPOKEN if utterance.position == spoken else mark
    is_said = utterance.position != SUMMARY
    word = _(SPEAKER_WORDS[utterance.speaker]) if is_said else _("summary")
    who = word if line.is_first else ""
    at = clock(utterance.at_ms) if line.is_first and is_said else ""
    style = "good" if utterance.position == spoken else ""
    return TableRow(number, (mark, at, who, line.text), (style,) * 4, line)
