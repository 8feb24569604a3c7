"""How the lines of a paged table are drawn: from what one depends on to a strip of styled text."""

from collections.abc import Callable, Iterable, Sequence

from rich.segment import Segment
from rich.style import Style
from textual.cache import LRUCache
from textual.strip import Strip

from tui.text import ELLIPSIS, fit
from tui.widgets import paged_table_cells as cells
from tui.widgets.paged_table_cells import Column, Part, TableRow

CURSOR, SELECTED = ">", "x"
LEFT_MORE, RIGHT_MORE = "‹", "›"

Look = tuple[object, ...]
"""All that a line's appearance depends on, its kind first. Equal looks need not be drawn again."""
BLANK: Look = ("blank",)


def row_look(row: TableRow | None, *, cursor: bool, selected: bool) -> Look:
    """The look of a row, or of one that is not loaded yet."""
    if row is None:
        return ("waiting", cursor)
    return ("row", cursor, selected, row.cells, row.styles)


def text_look(text: str) -> Look:
    """The look of a line of text in the middle."""
    return ("text", text)


class Lines:
    """The columns as they are placed on the screen, and the last strips made of them."""

    def __init__(self, style_of: Callable[[str], Style], *, selectable: bool) -> None:
        self.columns: Sequence[Column] = ()
        self.sort: tuple[str, bool] | None = None
        self.scrolled = 0
        self._style_of = style_of
        self._gutter = 3 if selectable else 2
        self._placed: tuple[cells.Placed, ...] = ()
        self._width = -1
        self._furthest = 0
        self._strips: LRUCache[Look, Strip] = LRUCache(256)
        self._styles: dict[str, Style] = {}

    def forget(self) -> None:
        """Columns or colours are others now."""
        self._width = -1
        self._styles.clear()

    def fit_to(self, width: int) -> None:
        """Place the columns for a screen of this width, if not done yet."""
        if width != self._width:
            self._width = width
            self._furthest = cells.furthest(cells.sized(self.columns, width), width - self._gutter)
            self._place()

    def scroll(self, by: int) -> bool:
        """Scroll so many columns sideways; False where there is nothing more."""
        wanted = max(0, min(self.scrolled + by, self._furthest))
        if wanted == self.scrolled:
            return False
        self.scrolled = wanted
        self._place()
        return True

    def _place(self) -> None:
        self.scrolled = min(self.scrolled, self._furthest)
        columns = cells.sized(self.columns, self._width)
        self._placed = cells.arrange(columns, self.scrolled, self._width - self._gutter)
        self._strips.clear()

    def span(self, *looks: Look | None) -> int:
        """How many cells of a line differ at most between these looks."""
        if any(look is None or look[0] == "text" for look in looks):
            return self._width
        return min(self._width, self._gutter + cells.used_width(self._placed))

    def header(self) -> Strip:
        """The labels; at the left, whether there are columns to the left and to the right."""
        more = LEFT_MORE if self.scrolled else " "
        more += RIGHT_MORE if self.scrolled < self._furthest else " "
        text = more.ljust(self._gutter) + cells.header_text(self._placed, self.sort)
        return self._strip([(text, "header")])

    def strip(self, look: Look) -> Strip:
        """The line of this look."""
        strip = self._strips.get(look)
        if strip is None:
            strip = self._strips[look] = self._strip(self._parts(look))
        return strip

    def _strip(self, parts: Iterable[Part]) -> Strip:
        segments = [Segment(text, self._style(name)) for text, name in cells.merged(parts)]
        return Strip(segments).adjust_cell_length(self._width, self._style(""))

    def _style(self, name: str) -> Style:
        if name not in self._styles:
            self._styles[name] = self._style_of(name)
        return self._styles[name]

    def _parts(self, look: Look) -> Iterable[Part]:
        match look:
            case ("row", bool(cursor), bool(selected), tuple(texts), tuple(styles)):
                yield self._marks(cursor=cursor, selected=selected), "cursor" if cursor else ""
                for text, style in cells.row_parts(self._placed, texts, styles):
                    yield text, "cursor" if cursor else style
            case ("waiting", bool(cursor)):
                text = self._marks(cursor=cursor) + ELLIPSIS
                yield fit(text, self.span(look)), "cursor" if cursor else "waiting"
            case ("text", str(text)):
                yield cells.centred(text, self._width), "empty"
            case _:
                yield " " * self._width, ""

    def _marks(self, *, cursor: bool, selected: bool = False) -> str:
        return ((CURSOR if cursor else " ") + (SELECTED if selected else "")).ljust(self._gutter)
