"""Writes to the terminal only the cells that differ from what is there, with the shortest codes.

Textual repaints whole regions: opening a dialog at 80x24 costs it 12 kB, of which the link needs 2. This
keeps what the terminal shows and compares. It is also the last place that a control character could pass.
"""

import functools
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from rich.cells import split_graphemes
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.strip import Strip

from tui.terminal.size import bounded

Cell = tuple[
    str, str
]  # what it shows ("" in the second half of a wide character), codes of its style
_UNKNOWN: Cell = ("\0", "")
_BLANK: Cell = (" ", "")
_SHORTER_THAN_A_MOVE = 5  # cells that are cheaper written again than jumped over
_WORTH_ERASING = 4
_FIRST_COLOUR = 30  # of the codes that are one number
_SAFE = (  # characters on whose width terminals agree
    range(0x20, 0x300), range(0x2500, 0x25A0), range(0x3000, 0x3130), range(0x4E00, 0xA000),
    range(0xAC00, 0xD7A4), range(0xFF01, 0xFF61),
)  # fmt: skip


class FrugalOutput:
    """What the terminal shows, cell by cell. ``forget`` makes the next update write all of it."""

    def __init__(self, *, colours: bool = True) -> None:
        self._colours = colours
        self._shown: list[list[Cell]] = []
        self._width = 0

    def forget(self) -> None:
        """The terminal may show anything now."""
        self._shown = []

    def difference(self, update: CompositorUpdate, console: Console) -> str:
        """The terminal codes that bring the terminal from what it shows to what the update shows."""
        width, height = bounded(console.width, console.height)
        if (len(self._shown), self._width) != (height, width):
            self._width = width
            self._shown = [[_UNKNOWN] * width for _row in range(height)]
        pen = _Pen()
        system = console._color_system or ColorSystem.TRUECOLOR
        for y, x, segments in _parts(update):
            if 0 <= y < len(self._shown):
                self._write_part(pen, y, x, list(_cells(segments, system, self._colours)))
        return pen.done()

    def _write_part(self, pen: "_Pen", y: int, x: int, cells: list[Cell]) -> None:
        row = self._shown[y]
        cells = cells[: max(0, self._width - x)]
        blank_from = _trailing_blanks(cells) if x + len(cells) == self._width else len(cells)
        for start, stop in _runs(row, x, cells):
            if stop > blank_from and len(cells) - max(start, blank_from) >= _WORTH_ERASING:
                pen.write(x + start, y, cells[start:blank_from])
                pen.erase(x + max(start, blank_from), y)
                break
            pen.write(x + start, y, cells[start:stop])
        row[x : x + len(cells)] = cells


class WrittenUpdate(CompositorUpdate):
    """An update of the screen as the terminal codes that make it."""

    def __init__(self, codes: str) -> None:
        self.codes = codes

    def render_segments(self, console: Console) -> str:
        """The terminal codes."""
        return self.codes


class _Pen:
    """Moves only where it is not already, and changes the style only where it is another."""

    def __init__(self) -> None:
        self._out: list[str] = []
        self._at: tuple[int, int] | None = None
        self._codes = ""

    def write(self, x: int, y: int, cells: Sequence[Cell]) -> None:
        for offset, (text, codes) in enumerate(cells):
            if not text:
                continue
            self._move(x + offset, y)
            self._style(codes)
            self._out.append(text)
            wide = offset + 1 < len(cells) and not cells[offset + 1][0]
            self._at = (x + offset + 1 + wide, y) if _is_safe(text) else None

    def erase(self, x: int, y: int) -> None:
        self._move(x, y)
        self._style("")
        self._out.append("\x1b[K")

    def _move(self, x: int, y: int) -> None:
        if self._at != (x, y):
            same_row = self._at is not None and self._at[1] == y
            self._out.append(f"\x1b[{x + 1}G" if same_row else f"\x1b[{y + 1};{x + 1}H")
            self._at = (x, y)

    def _style(self, codes: str) -> None:
        if codes != self._codes:
            reset = "0;" if self._codes and codes else ""
            self._out.append(f"\x1b[{reset}{codes}m")
            self._codes = codes

    def done(self) -> str:
        self._style("")
        return "".join(self._out)


def _parts(update: CompositorUpdate) -> Iterator[tuple[int, int, Iterable[Segment]]]:
    """Each piece of a line that the update covers: row, first column, segments."""
    if isinstance(update, LayoutUpdate):
        for y, line in enumerate(update.strips, update.region.y):
            yield y, update.region.x, (segment for strip in line for segment in strip)
    elif isinstance(update, ChopsUpdate):
        for y, first, last in update.spans:
            for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
                if strip is None or x > last or end <= first:
                    continue
                whole = last > x >= first and end <= last
                yield y, x, strip if whole else strip.crop(0, min(end, last) - x)


def _cells(segments: Iterable[Segment], system: ColorSystem, colours: bool) -> Iterator[Cell]:
    for text, style, control in segments:
        if control:
            continue
        codes = _short(Strip.render_ansi(style, system), colours) if style else ""
        if text.isascii() and text.isprintable():
            yield from ((character, codes) for character in text)
            continue
        for start, stop, width in split_graphemes(text)[0]:
            if width:
                yield _harmless(text[start:stop]), codes
                yield from ((("", codes),) * (width - 1))


@functools.lru_cache(maxsize=4096)
def _harmless(grapheme: str) -> str:
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in grapheme):
        return "\ufffd"
    return grapheme


@functools.lru_cache(maxsize=4096)
def _is_safe(grapheme: str) -> bool:
    return len(grapheme) == 1 and any(ord(grapheme) in block for block in _SAFE)


@functools.lru_cache(maxsize=1024)
def _short(codes: str, colours: bool) -> str:
    """The codes without those that say what a reset terminal does anyway, and colours where none are wanted."""
    kept: list[str] = []
    parameters = iter(codes.split(";"))
    for code in parameters:
        if code in ("38", "48"):
            kind = next(parameters)
            colour = [code, kind, *(next(parameters) for _more in range(1 if kind == "5" else 3))]
            kept += colour if colours else []
        elif code not in ("", "39", "49") and (colours or int(code) < _FIRST_COLOUR):
            kept.append(code)
    return ";".join(kept)


def _trailing_blanks(cells: Sequence[Cell]) -> int:
    """The index from which all cells are blank."""
    at = len(cells)
    while at and cells[at - 1] == _BLANK:
        at -= 1
    return at


def _runs(row: Sequence[Cell], x: int, cells: Sequence[Cell]) -> Iterator[tuple[int, int]]:
    """The stretches of cells that differ from the row, those close together joined; none starts in a character."""
    start = stop = -1
    for at, cell in enumerate(cells):
        if cell == row[x + at]:
            continue
        if start >= 0 and at - stop > _SHORTER_THAN_A_MOVE:
            yield start, _whole(cells, stop)
            start = -1
        if start < 0:
            start = at
            while start and not cells[start][0]:
                start -= 1
        stop = at + 1
    if start >= 0:
        yield start, _whole(cells, stop)


def _whole(cells: Sequence[Cell], stop: int) -> int:
    while stop < len(cells) and not cells[stop][0]:
        stop += 1
    return stop
