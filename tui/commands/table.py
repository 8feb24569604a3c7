"""Rows as a plain table: aligned by cells, so that Hangul does not shift the columns."""

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size

from core.values.text import displayed

GAP = "  "
_LEAST = 8  # cells that a column keeps


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
