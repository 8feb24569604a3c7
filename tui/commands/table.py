"""Rows as a plain table: aligned by cells, so that Hangul does not shift the columns."""

from collections.abc import Sequence

from rich.cells import cell_len

from core.values.text import displayed

GAP = "  "


def table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The lines of a table, each ended; nothing in them that a terminal would act on."""
    cells = [[_one_line(cell) for cell in row] for row in (headers, *rows)]
    widths = [max(cell_len(row[at]) for row in cells) for at in range(len(headers))]
    return "".join(_line(row, widths) for row in cells)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    padded = (
        cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)
    )
    return GAP.join(padded).rstrip() + "\n"


def _one_line(text: str) -> str:
    return displayed(" ".join(text.split()))
