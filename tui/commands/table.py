"""Rows as a plain table: aligned by cells, so that Hangul does not shift the columns."""

from collections.abc import Iterable, Iterator, Sequence

from rich.cells import cell_len, chop_cells, set_cell_size

from core.values.text import displayed
from tui import wrapping

GAP = "  "
_LEAST = 8  # cells that a column keeps
_ENOUGH = 60  # cells for words that are read


def table(headers: Sequence[str], rows: Sequence[Sequence[str]], width: int | None = None) -> str:
    """The lines of a table, each ended; nothing in them that a terminal would act on.

    ``width``: in how many cells of a terminal it has to fit; the widest columns are cut for it.
    """
    cells = [[_one_line(cell) for cell in row] for row in (headers, *rows)]
    widths = [max(cell_len(row[at]) for row in cells) for at in range(len(headers))]
    if width is not None:
        _narrow(widths, width)
        cells = [
            [_cut(cell, most) for cell, most in zip(row, widths, strict=True)] for row in cells
        ]
    return "".join(_line(row, widths) for row in cells)


def told(headers: Sequence[str], rows: Sequence[Sequence[str]], width: int | None) -> str:
    """A table whose last column is to be read whole: it goes on below itself where a line has no room for it."""
    fronts = table(headers[:-1], [row[:-1] for row in rows]).splitlines()
    most = max(map(cell_len, fronts)) if width is None else max(width // 2, width - _ENOUGH)
    room = max(cell_len(front) for front in (*fronts, "") if cell_len(front) <= most) + len(GAP)
    lines: list[str] = []
    for front, row in zip(fronts, (headers, *rows), strict=True):
        if cell_len(front) > most:  # on lines of its own
            lines += chop_cells(front, width or cell_len(front))
            front = ""
        lines += wrapped(front + " " * (room - cell_len(front)), _one_line(row[-1]), width)
    return "".join(f"{line.rstrip()}\n" for line in lines)


def wrapped(front: str, words: str, width: int | None) -> Iterator[str]:
    """What stands in front, and the words: broken at blanks, and aligned, for a terminal; else in one line."""
    if width is None:
        yield front + words
        return
    indent = cell_len(front)
    for at, line in enumerate(wrapping.wrapped(words, max(_LEAST, width - indent))):
        yield (" " * indent if at else front) + line


def listed(groups: Iterable[tuple[str, Sequence[tuple[str, str]]]], width: int) -> str:
    """Groups of names and what each is, aligned, no line wider than ``width``."""
    groups = [*groups]
    names = max(cell_len(name) for _title, rows in groups for name, _words in rows)
    lines = []
    for title, rows in groups:
        lines.append(f"{title}:")
        for name, words in rows:
            lines += wrapped(f"{GAP}{set_cell_size(name, names)}{GAP}", words, width)
        lines.append("")
    return "\n".join(lines)


def _narrow(widths: list[int], width: int) -> None:
    """Take from the widest, until all of them have room or none is wide any more."""
    over = sum(widths) + len(GAP) * (len(widths) - 1) - width
    while over > 0 and max(widths) > _LEAST:
        widths[widths.index(max(widths))] -= 1
        over -= 1


def _cut(cell: str, width: int) -> str:
    return cell if cell_len(cell) <= width else set_cell_size(cell, width - 1).rstrip() + "…"


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    padded = (
        cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)
    )
    return GAP.join(padded).rstrip() + "\n"


def _one_line(text: str) -> str:
    return displayed(" ".join(text.split()))
