"""What a paged table tells those around it; handlers are called ``on_paged_table_…``."""

from typing import TYPE_CHECKING, cast

from textual.message import Message

from tui.widgets.paged_table_cells import TableRow

if TYPE_CHECKING:
    from tui.widgets.paged_table import PagedTable
    from tui.widgets.paged_table_view import PagedView


class TableMessage(Message):
    """Said by a table; ``@on(…, "#id")`` chooses which one."""

    def __init__(self, table: "PagedView") -> None:
        super().__init__()
        self.table = cast("PagedTable", table)

    @property
    def control(self) -> "PagedTable":
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
