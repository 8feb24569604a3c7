"""A tiny app around the paged table, and a source of rows that counts, waits or fails as told."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar

from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot

from tui.widgets.paged_table import Column, PagedTable, TableRow

Said = TypeVar("Said", bound=Message)

COLUMNS = (
    Column("name", "Recipient name", 16, frozen=True),
    Column("phone", "Phone", 14),
    Column("status", "Status", 12),
    Column("calls", "Calls", 6, "right"),
)


def recipient(key: int, name: str = "") -> TableRow:
    """A row as a list of recipients has it."""
    return TableRow(key, (name or f"Kim {key}", f"010-{key:07}", "in progress", "90"))


class Source:
    """The rows of a list; ``make`` gives the one with an index, ``count`` says where it ends."""

    def __init__(self, count: int, make: Callable[[int], TableRow] = recipient) -> None:
        self.count = count
        self.make = make
        self.asked: list[tuple[int, int]] = []
        self.error: Exception | None = None
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, start: int, stop: int) -> Sequence[TableRow]:
        self.asked.append((start, stop))
        await self.gate.wait()
        if self.error is not None:
            raise self.error
        return [self.make(index) for index in range(start, min(stop, self.count))]


class TableApp(App[None]):
    """Nothing but the table, a key to select with, and what the table says."""

    BINDINGS = [("space", "select", "Select")]

    def __init__(
        self,
        source: Source,
        *,
        total: int | None = None,
        columns: Sequence[Column] = COLUMNS,
        selectable: bool = True,
        empty: str = "",
    ) -> None:
        super().__init__()
        self.table = PagedTable(source, selectable=selectable, empty=empty)
        self.table.columns = columns
        self.table.total = total
        self.said: list[Message] = []

    def compose(self) -> ComposeResult:
        """The table."""
        yield self.table

    def action_select(self) -> None:
        """Select, and go on."""
        self.table.select_and_go_on()

    def on_paged_table_cursor_moved(self, event: PagedTable.CursorMoved) -> None:
        """Keep it."""
        self.said.append(event)

    def on_paged_table_row_opened(self, event: PagedTable.RowOpened) -> None:
        """Keep it."""
        self.said.append(event)

    def on_paged_table_selection_changed(self, event: PagedTable.SelectionChanged) -> None:
        """Keep it."""
        self.said.append(event)

    def on_paged_table_fetch_failed(self, event: PagedTable.FetchFailed) -> None:
        """Keep it."""
        self.said.append(event)

    def heard(self, kind: type[Said]) -> list[Said]:
        """What the table said of this kind."""
        return [message for message in self.said if isinstance(message, kind)]

    @property
    def lines(self) -> list[str]:
        """The screen as text."""
        return [
            "".join(segment.text for segment in strip)
            for strip in self.screen._compositor.render_strips()
        ]

    @property
    def cursor_line(self) -> str:
        """The line that the cursor is on."""
        (line,) = [line for line in self.lines[1:] if line.startswith(">")]
        return line


async def settled(pilot: Pilot[None]) -> None:
    """Wait until the table has read what it wants and has drawn it."""
    app = pilot.app
    assert isinstance(app, TableApp)
    await pilot.pause()
    while app.table.busy:
        await pilot.pause()
    await pilot.pause()


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Press keys and wait until the table has settled."""
    await pilot.press(*keys)
    await settled(pilot)
