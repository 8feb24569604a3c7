"""The lines of a table as plain text: which columns fit, and each cell in its width.

Nothing here knows the widget: a line is a list of parts, text with the name of its style.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace
from rich.cells import cell_len

from core.values.i18n import _
from tui.text import fit

GAP = 1
"""Blank cells between two columns."""

WIDE = 120
"""From how many cells on a screen is wide."""

MORE = " · "
"""In a cell of a brief column: after it comes what is shown where the column is wide."""

Part = tuple[str, str]
"""Text, and the name of its style: '' is the table's own."""


class Column(Struct, frozen=True):
    """A column: ``label`` is translated where it is shown, ``width`` counts cells of the screen.

    ``wide`` is its width on a screen of at least ``WIDE`` cells, 0 where it is the same; a ``brief`` column shows
    only there what comes after ``MORE`` in a cell.
    """

    key: str
    label: str
    width: int
    align: Literal["left", "right"] = "left"
    frozen: bool = False
    wide: int = 0
    brief: bool = False


class TableRow(Struct, frozen=True):
    """A row: ``cells`` in the order of the columns, as stored, ``styles`` beside them.

    A style is '' or the end of a component class (``warning``). It only colours: the words
    carry the state.
    """

    key: int
    cells: tuple[str, ...]
    styles: tuple[str, ...] = ()
    data: object = None


class Placed(Struct, frozen=True):
    """A column that is on the screen: its place among a row's cells, and the width it got."""

    index: int
    column: Column
    width: int


def arrange(columns: Sequence[Column], first: int, room: int) -> tuple[Placed, ...]:
    """The columns that fit: frozen ones, then the others from ``first``; the last may be cut."""
    frozen = [(i, column) for i, column in enumerate(columns) if column.frozen]
    others = [(i, column) for i, column in enumerate(columns) if not column.frozen]
    placed = []
    for index, column in frozen + others[first:]:
        if room <= 0:
            break
        width = min(column.width, room)
        placed.append(Placed(index, column, width))
        room -= width + GAP
    return tuple(placed)


def sized(columns: Sequence[Column], width: int) -> Sequence[Column]:
    """The columns as wide as they are on a screen of this width."""
    if width < WIDE:
        return columns
    return [replace(one, width=one.wide or one.width, brief=False) for one in columns]


def furthest(columns: Sequence[Column], room: int) -> int:
    """How many columns can be scrolled away: no more than needed to see the last one whole."""
    room -= sum(column.width + GAP for column in columns if column.frozen)
    others = [column for column in columns if not column.frozen]
    first = len(others)
    used = -GAP
    while first and used + GAP + others[first - 1].width <= room:
        first -= 1
        used += GAP + others[first].width
    return max(0, min(first, len(others) - 1))


def used_width(placed: Sequence[Placed]) -> int:
    """The cells that the columns take, gaps between them included."""
    return sum(one.width for one in placed) + GAP * max(0, len(placed) - 1)


def aligned(text: str, width: int, align: Literal["left", "right"] = "left") -> str:
    """Stored text in exactly so many cells, decomposed letters composed."""
    fitted = fit(text if text.isascii() else unicodedata.normalize("NFC", text), width)
    if align == "left":
        return fitted
    bare = fitted.rstrip()
    return " " * (width - cell_len(bare)) + bare


def header_text(placed: Sequence[Placed], sort: tuple[str, bool] | None) -> str:
    """The labels; the sorted column's ends with an arrow, which stays when the label is cut."""
    cells = []
    for one in placed:
        label, mark = _(one.column.label), ""
        if sort is not None and sort[0] == one.column.key:
            mark = "▼" if sort[1] else "▲"
        if mark and cell_len(label) + 2 > one.width:
            cells.append(aligned(label, one.width - 1) + mark)
        else:
            cells.append(aligned(f"{label} {mark}".rstrip(), one.width, one.column.align))
    return (" " * GAP).join(cells)


def centred(text: str, width: int) -> str:
    """Text in the middle of a line."""
    bare = fit(text, min(cell_len(text), width))
    left = (width - cell_len(bare)) // 2
    return fit(" " * left + bare, width)


def row_parts(
    placed: Sequence[Placed], cells: Sequence[str], styles: Sequence[str]
) -> Iterable[Part]:
    """A row's cells, each with its style and with the gap that follows it."""
    for number, one in enumerate(placed):
        text = cells[one.index] if one.index < len(cells) else ""
        if one.column.brief:
            text = text.partition(MORE)[0]
        style = styles[one.index] if one.index < len(styles) else ""
        last = number == len(placed) - 1
        yield aligned(text, one.width, one.column.align) + ("" if last else " " * GAP), style


def merged(parts: Iterable[Part]) -> list[Part]:
    """The same line in as few parts as possible: each costs some 45 bytes in the terminal.

    Blanks take the style of what precedes them, since a style is a colour of letters.
    """
    result: list[Part] = []
    for text, style in parts:
        if result and (style == result[-1][1] or not text.strip()):
            result[-1] = (result[-1][0] + text, result[-1][1])
        elif text:
            result.append((text, style))
    return result
