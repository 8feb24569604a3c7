"""What screens with one list share: the row under the cursor, and whom an action is for."""

from typing import ClassVar, Generic, TypeVar, cast

from textual.widgets import Input

from core.values.i18n import _
from tui.action import Need
from tui.base import ConsoleScreen
from tui.widgets.paged_table import PagedTable

Row = TypeVar("Row")
Result = TypeVar("Result")


class ListScreen(ConsoleScreen[Result], Generic[Row, Result]):
    """Its rows have a ``Row`` as their data. ``no_row`` says that none is under the cursor."""

    no_row: ClassVar[str]

    @property
    def table(self) -> PagedTable:
        """The list itself."""
        return self.query_one(PagedTable)

    @property
    def current(self) -> Row | None:
        """What is under the cursor."""
        row = self.table.cursor_row
        return cast("Row", row.data) if row is not None else None

    @property
    def is_replacing(self) -> bool:
        """Whether rows are being read in place of those listed; what is typed to search for is for none of them.

        The table need not have the focus: for a moment after a dialog, nothing has it.
        """
        return not isinstance(self.focused, Input) and any(
            table.is_replacing and table.busy for table in self.query(PagedTable)
        )

    def why_no_row(self, need: Need) -> str | None:
        """The reason why there is nothing under the cursor, or nothing selected, or None."""
        if self.current is not None or (need is Need.SELECTION and self.table.has_selection):
            return None
        return _(self.no_row)

    def on_paged_table_fetch_failed(self, event: PagedTable.FetchFailed) -> None:
        """Rows could not be read."""
        self.tell_error(event.error)
