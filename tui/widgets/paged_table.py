"""A table that pages its rows from an asynchronous source and never holds the list.

Here are its keys and its selection; what it shows and reads is in ``paged_table_view``.
"""

from typing import ClassVar, TypeAlias

from tui.action import Acting
from tui.widgets import paged_table_view as messages
from tui.widgets.paged_table_actions import LIST
from tui.widgets.paged_table_cells import Column, TableRow
from tui.widgets.paged_table_pages import Fetch
from tui.widgets.paged_table_view import STYLE_PREFIX, PagedView

__all__ = ["Column", "Fetch", "PagedTable", "TableRow"]

PAGE_SIZE = 64


class PagedTable(Acting, PagedView, can_focus=True):
    """Rows by index from ``fetch``, as many as there are.

    Set ``columns``; ``total`` when the rows are counted, None while they are not; call ``reload``
    when what is listed may have changed. A row begins with two marks: ``>`` the cursor, ``x``
    selected.
    """

    binds = (LIST,)
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        STYLE_PREFIX + name
        for name in ("header", "cursor", "waiting", "empty", "warning", "error", "muted", "good")
    }
    DEFAULT_CSS = """
    PagedTable {
        height: 1fr;
        overflow: hidden hidden;
        & > .paged-table--header { text-style: bold; }
        & > .paged-table--cursor { text-style: reverse; }
    }
    """

    CursorMoved: TypeAlias = messages.CursorMoved
    RowOpened: TypeAlias = messages.RowOpened
    SelectionChanged: TypeAlias = messages.SelectionChanged
    FetchFailed: TypeAlias = messages.FetchFailed

    def __init__(
        self,
        fetch: Fetch,
        *,
        page_size: int = PAGE_SIZE,
        selectable: bool = True,
        id: str | None = None,
        empty: str = "",
    ) -> None:
        super().__init__(fetch, page_size=page_size, selectable=selectable, name_id=id, empty=empty)
        self.selectable = selectable

    # -- selection

    @property
    def selected(self) -> frozenset[int]:
        """The keys of the rows selected one by one; none when all are selected."""
        return self._picked.selected

    @property
    def all_selected(self) -> bool:
        """Whether all that match are selected, those not in memory too, but the ``excluded``."""
        return self._picked.all

    @property
    def excluded(self) -> frozenset[int]:
        """The keys of the rows taken out again when all are selected."""
        return self._picked.excluded

    @property
    def has_selection(self) -> bool:
        """Whether rows are selected."""
        return self.all_selected or bool(self.selected)

    @property
    def selected_count(self) -> int:
        """How many rows are selected."""
        if self.all_selected:
            return (self.total or 0) - len(self.excluded)
        return len(self.selected)

    def toggle_selected(self) -> None:
        """Select the row under the cursor, or take it out."""
        if self.selectable and (row := self.cursor_row) is not None:
            self._picked.toggle(row.key)
            self._selection_changed()

    def select_all(self) -> None:
        """Select all that match, whether in memory or not."""
        if self.selectable:
            self._picked.choose(everything=True)
            self._selection_changed()

    def turn_selection(self) -> None:
        """Select all that match, or none where all are selected."""
        if self.all_selected:
            self.clear_selection()
        else:
            self.select_all()

    def clear_selection(self) -> None:
        """Select nothing."""
        self._picked.choose(everything=False)
        self._selection_changed()

    def _selection_changed(self) -> None:
        self._repaint()
        self.post_message(self.SelectionChanged(self))

    # -- keys

    def select_and_go_on(self) -> None:
        """Select the row under the cursor, or take it out, and go on to the next one."""
        if self.selectable and self.cursor_row is not None:
            self.toggle_selected()
            self.move_cursor(self.cursor_index + 1)
