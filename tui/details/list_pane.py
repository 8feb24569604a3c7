"""A list of things with the text of the one under the cursor below it."""

from collections.abc import Sequence
from typing import Any, cast

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui.own_keys import OwnKeys
from tui.shell import Shell
from tui.text import clean_lines
from tui.widgets.paged_table import Column, PagedTable, TableRow


class ListPane(Vertical):
    """``show`` gives the rows; ``reading`` tells what is read below of a row's data."""

    class Opened(Message):
        """Enter was pressed on a row."""

        def __init__(self, pane: "ListPane", data: Any) -> None:
            super().__init__()
            self.pane = pane
            self.data = data

    class Moved(Message):
        """The cursor is on another row."""

    def __init__(self, name: str, columns: Sequence[Column], empty: str) -> None:
        super().__init__(id=f"pane-{name}", classes="pane")
        self._rows: Sequence[TableRow] = ()
        self._follows: int | None = None
        self._read: str | None = None
        self.table = PagedTable(self._fetch, selectable=False, id=f"table-{name}")
        self._empty = empty
        self.table.columns = columns
        self._text = Static("")

    def compose(self) -> ComposeResult:
        """The list, and the text below it."""
        self.table.empty = self._empty.format(keys=self.keys)
        yield self.table
        with VerticalScroll(classes="reading", can_focus=True):
            yield self._text

    @property
    def keys(self) -> OwnKeys:
        """The keys as the user has them."""
        return cast("Shell", self.app).own_keys

    def reading(self, data: Any) -> list[tuple[str, str]]:
        """What is read of a row: texts, each with its style."""
        raise NotImplementedError

    async def _fetch(self, start: int, stop: int) -> Sequence[TableRow]:
        return self._rows[start:stop]

    def show(self, rows: Sequence[TableRow], *, keep: bool) -> None:
        """Show these rows; ``keep`` leaves the cursor on its row."""
        self._rows = rows
        self.table.total = len(rows)
        followed, self._follows = self._index_of(self._follows), None
        if followed is not None:
            self.table.reload(cursor=followed)
        elif keep:
            self.table.reload()
        else:
            self.table.reload(cursor=0)

    def follow(self, key: int) -> None:
        """Have the cursor go to the row with this key when the rows are shown again."""
        self._follows = key

    def _index_of(self, key: int | None) -> int | None:
        return next((at for at, row in enumerate(self._rows) if row.key == key), None)

    def go_to(self, key: int) -> None:
        """Put the cursor on the row with this key."""
        at = self._index_of(key)
        if at is not None:
            self.table.move_cursor(at)

    @property
    def current(self) -> Any:
        """The data of the row under the cursor, or None."""
        row = self.table.cursor_row
        return row.data if row is not None else None

    def on_paged_table_cursor_moved(self, event: PagedTable.CursorMoved) -> None:
        """Show the text of the row."""
        event.stop()
        parts = self.reading(event.row.data) if event.row is not None else []
        text = "\n".join(words for words, _style in parts)
        if text != self._read:
            self._read = text
            content = Content.assemble(
                *((f"{clean_lines(words)}\n", style) for words, style in parts)
            )
            self._text.update(content)
            self.query_one(VerticalScroll).scroll_home(animate=False, immediate=True)
        self.post_message(self.Moved())

    def on_paged_table_row_opened(self, event: PagedTable.RowOpened) -> None:
        """Tell what is to be opened."""
        event.stop()
        self.post_message(self.Opened(self, event.row.data))
