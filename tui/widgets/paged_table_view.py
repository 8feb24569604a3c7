"""Rows that are read as they come into view: cursor, scrolling, drawing, and what is told of them.

A line is written to the terminal only when it looks different from what is there: moving the
cursor writes two lines, whatever the number of rows.
"""

from collections.abc import Awaitable, Callable, Sequence

from rich.style import Style
from textual import events
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.widgets.paged_table_cells import Column, TableRow
from tui.widgets.paged_table_lines import BLANK, Lines, Look, row_look, text_look
from tui.widgets.paged_table_pages import Fetch
from tui.widgets.paged_table_reader import Find, Reader
from tui.widgets.paged_table_selection import SelectedKeys
from tui.wrapping import wrapped

STYLE_PREFIX = "paged-table--"
_HEADER = 1  # lines


class TableMessage(Message):
    """Said by a table; ``@on(…, "#id")`` chooses which one."""

    def __init__(self, table: "PagedView") -> None:
        super().__init__()
        self.table = table

    @property
    def control(self) -> "PagedView":
        """The table that says so."""
        return self.table


class CursorMoved(TableMessage, namespace="paged_table"):
    """The cursor is on another row, or its row was read or has changed."""

    def __init__(self, table: "PagedView", index: int, row: TableRow | None) -> None:
        super().__init__(table)
        self.index = index
        self.row = row


class RowOpened(TableMessage, namespace="paged_table"):
    """Enter was pressed on a row."""

    def __init__(self, table: "PagedView", row: TableRow) -> None:
        super().__init__(table)
        self.row = row


class SelectionChanged(TableMessage, namespace="paged_table"):
    """Other rows are selected than before."""


class RowsRead(TableMessage, namespace="paged_table"):
    """What is on the screen was read anew, the cursor's row or another."""


class FetchFailed(TableMessage, namespace="paged_table"):
    """Rows could not be read; the table goes on showing what it had."""

    def __init__(self, table: "PagedView", error: Exception) -> None:
        super().__init__(table)
        self.error = error


class PagedView(ScrollView, inherit_bindings=False):
    """What a paged table shows and knows of its rows; ``PagedTable`` adds keys and selection."""

    ALLOW_SELECT = False

    def __init__(
        self, fetch: Fetch, *, page_size: int, selectable: bool, name_id: str | None, empty: str
    ) -> None:
        super().__init__(id=name_id)
        self._reader = Reader(fetch, page_size, self)
        self._picked = SelectedKeys()
        self._lines = Lines(self._style_of, selectable=selectable)
        self._columns_next: Sequence[Column] | None = None
        self._painted: dict[int, Look] = {}
        self._nothing = empty
        self.page_rows = 0  # by how many pgup and pgdn go; 0: by a screen
        self._cursor = 0
        self._said: tuple[int, TableRow | None] = (0, None)

    # -- what the caller says and asks

    @property
    def columns(self) -> Sequence[Column]:
        """The columns, in the order of the rows' cells; frozen ones are shown first.

        Columns with other keys are shown when the rows come that ``reload`` reads for them.
        """
        return self._lines.columns if self._columns_next is None else self._columns_next

    @columns.setter
    def columns(self, columns: Sequence[Column]) -> None:
        self._columns_next = tuple(columns)
        same = [one.key for one in columns] == [one.key for one in self._lines.columns]
        if same or not len(self._reader.pages):
            self._use_columns()

    def _use_columns(self) -> None:
        if self._columns_next is not None:
            self._lines.columns, self._columns_next = self._columns_next, None
            self._lines.forget()
            self.refresh()

    @property
    def sort(self) -> tuple[str, bool] | None:
        """The key of the column that the header marks as sorted, and whether descending."""
        return self._lines.sort

    @sort.setter
    def sort(self, sort: tuple[str, bool] | None) -> None:
        if sort != self._lines.sort:
            self._lines.sort = sort
            self.refresh(Region(0, 0, self.size.width, _HEADER))

    @property
    def empty(self) -> str:
        """What is said, in plain safe text, where there is no row."""
        return self._nothing

    @empty.setter
    def empty(self, empty: str) -> None:
        self._nothing = empty
        self._repaint()

    @property
    def total(self) -> int | None:
        """How many rows there are, or None while nobody has counted them."""
        return self._reader.total

    @total.setter
    def total(self, total: int | None) -> None:
        self._reader.set_total(total)
        self.arrived()

    @property
    def row_count(self) -> int:
        """How many rows there are, as far as it is known."""
        return self._reader.count

    @property
    def busy(self) -> bool:
        """Whether rows are being read."""
        return self._reader.busy

    @property
    def cursor_index(self) -> int:
        """The index of the row that the cursor is on."""
        return self._cursor

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the line of that row begins, on the screen; where there is none, what is said instead."""
        line = self._cursor - self.scroll_offset.y
        if not self.row_count:
            told = (at for at in range(self._height) if self._look(at) != BLANK)
            line = next(told, 0)
        return self.content_region.offset + Offset(0, _HEADER + line)

    @property
    def is_replacing(self) -> bool:
        """Whether the rows shown are those of an older question, until the new ones are read."""
        return self._reader.is_replacing

    @property
    def cursor_row(self) -> TableRow | None:
        """The row that the cursor is on; None if there is none, or it is not read yet.

        None as well while other rows are being read in place of these: no key acts on what was asked for before.
        """
        return None if self.is_replacing else self.row_at(self._cursor)

    def row_at(self, index: int) -> TableRow | None:
        """The row with this index; None if there is none, or it is not in memory."""
        return self._reader.pages.row_at(index) if 0 <= index < self.row_count else None

    def replace_row(self, row: TableRow) -> None:
        """Show this row in the place of the one with its key, if that is in memory."""
        if self._reader.pages.replace(row):
            self.arrived()

    def take_out(self, is_gone: Callable[[int], bool]) -> None:
        """Show the rows with these keys no longer; those below them move up."""
        if self._reader.take_out(is_gone):
            self.arrived()

    def reload(
        self, keep_key: bool = True, *, cursor: int | None = None, find: Find | None = None
    ) -> None:
        """Read anew what is on the screen, forget the rest; old rows stay until the new are there.

        The cursor stays on its row if that is still near, else at its index; or it goes to the
        index ``cursor``, or to the one that ``find`` finds.
        """
        self._reader.reload(keep_key=keep_key, goal=cursor, find=find)

    # -- cursor and scrolling

    @property
    def _height(self) -> int:
        return max(0, self.size.height - _HEADER)

    def move_cursor(self, index: int) -> None:
        """Put the cursor on a row, or the nearest there is; scrolls if it is out of view.

        Then half a screen at once: one line at a time would write the whole screen for each.
        """
        self._go_into_view(max(0, min(index, self.row_count - 1)))

    def _go_into_view(self, index: int) -> None:
        top, height = self.in_view()
        self._go(index, top if top <= index < top + height else index - height // 2)

    def move_page(self, by: int) -> None:
        """So many pages down; the cursor stays on its line."""
        rows = by * (self.page_rows or max(1, self._height))
        self._go(self._cursor + rows, self.scroll_offset.y + rows)

    def _go(self, index: int, top: int) -> None:
        """Put the cursor on a row and this row on the first line, as far as there are rows."""
        count = self.row_count
        self._cursor = index = max(0, min(index, count - 1))
        # Not through the attribute: that would lay out the whole screen anew.
        self.set_reactive(PagedView.virtual_size, Size(self.size.width, count + _HEADER))
        self.scroll_target_y = self.scroll_y = max(
            0, min(index, max(top, index - self._height + 1))
        )
        self._repaint()
        said = (self._cursor, self.row_at(self._cursor))
        if said != self._said:
            self._said = said
            self.post_message(CursorMoved(self, *said))
        self._reader.read()

    def open_row(self) -> None:
        """Tell that the row under the cursor is to be opened."""
        if (row := self.cursor_row) is not None:
            self.post_message(RowOpened(self, row))

    def scroll_columns(self, by: int) -> None:
        """Scroll so many columns sideways; the frozen ones stay."""
        self._lines.fit_to(self.size.width)
        if self._lines.scroll(by):
            self.refresh()

    def on_resize(self, _event: events.Resize) -> None:
        """Keep the cursor in view; read what came into view."""
        self.arrived()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Write the lines that look different; the base class would write all of them."""
        if round(old_value) != round(new_value):
            self._repaint()

    # -- reading

    def on_mount(self) -> None:
        """Read the first rows."""
        self._reader.read()

    def start(self, work: Callable[[], Awaitable[None]]) -> bool:
        """Read in the background, in place of the reading that goes on."""
        if self.is_attached:
            self.run_worker(work, group="rows", exclusive=True, exit_on_error=False)
        return self.is_attached

    def in_view(self) -> tuple[int, int]:
        """The index of the first row on the screen, and how many rows have room."""
        return self.scroll_offset.y, self._height

    def cursor_key(self) -> int | None:
        """The key of the row that the cursor is on."""
        row = self.row_at(self._cursor)
        return None if row is None else row.key

    def arrived(self) -> None:
        """Show what is there now, the cursor and the first line staying where they are."""
        self._go(self._cursor, self.scroll_offset.y)

    def renewed(self, cursor: int | None, goal: int | None) -> None:
        """Show new rows; the cursor follows its row, or goes to a goal, or stays where it is."""
        self._use_columns()
        top = self.scroll_offset.y
        if goal is not None:
            self._go_into_view(goal)
        elif cursor is not None:
            # At the top of the list, what came in before the cursor's row is to be seen.
            self._go(cursor, top + cursor - self._cursor if top else 0)
        else:
            self.arrived()
        self.post_message(RowsRead(self))

    def failed(self, error: Exception) -> None:
        """Tell that rows could not be read."""
        self.post_message(FetchFailed(self, error))

    # -- drawing

    def _style_of(self, name: str) -> Style:
        component = STYLE_PREFIX + name
        known = component in self.COMPONENT_CLASSES
        return self.get_component_rich_style(component) if known else self.rich_style

    def notify_style_update(self) -> None:
        """Colours may be others now."""
        super().notify_style_update()
        self._lines.forget()

    def _look(self, line: int) -> Look:
        count = self.row_count
        if (index := self.scroll_offset.y + line) < count:
            row = self.row_at(index)
            selected = row is not None and row.key in self._picked
            return row_look(row, cursor=index == self._cursor, selected=selected)
        if not count and not self._reader.stale:
            room = max(self.size.width - 2, 2)
            texts = [part for one in self._nothing.splitlines() for part in wrapped(one, room)]
            at = line - (self._height - len(texts)) // 2
            if 0 <= at < len(texts):
                return text_look(texts[at])
        return BLANK

    def _repaint(self) -> None:
        """Have those lines drawn that look different from what was drawn last."""
        self._lines.fit_to(self.size.width)
        changed = []
        for line in range(self._height):
            look, painted = self._look(line), self._painted.get(line)
            if look != painted:
                changed.append(Region(0, line + _HEADER, self._lines.span(look, painted), 1))
        if changed:
            self.refresh(*changed)

    def render_line(self, y: int) -> Strip:
        """Draw one line of the widget."""
        self._lines.fit_to(self.size.width)
        if y < _HEADER:
            return self._lines.header()
        look = self._painted[y - _HEADER] = self._look(y - _HEADER)
        return self._lines.strip(look)
