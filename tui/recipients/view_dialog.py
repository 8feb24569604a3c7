"""View options: which columns are shown, and how many rows a page has."""

from dataclasses import replace

from textual.app import ComposeResult
from textual.widgets import SelectionList, Static
from textual.widgets.selection_list import Selection

from core.i18n import _
from core.recipients.dto import SortColumn
from tui.base import ConsoleDialog
from tui.keys import FORM
from tui.recipients.columns import COLUMNS, chosen
from tui.recipients.list_state import PAGE_SIZES, ListState
from tui.text import shown


class ViewDialog(ConsoleDialog[ListState]):
    """Dismissed with the state to list with."""

    BINDINGS = [*FORM.bindings(), ("p", "page_size"), ("j,ㅓ", "move(1)"), ("k,ㅏ", "move(-1)")]
    AUTO_FOCUS = "SelectionList"
    scopes = (FORM,)

    def __init__(self, state: ListState) -> None:
        super().__init__()
        self._state = state
        self._page_size = state.page_size

    def title_text(self) -> str:
        """The title."""
        return _("View options")

    def content(self) -> ComposeResult:
        """The columns to tick, and the rows a page."""
        shown_now = {column.sort for column in chosen(self._state.columns)}
        yield Static(shown(_("Columns (space ticks; the name always stays):")))
        yield SelectionList[str](
            *(
                Selection(shown(_(column.label)), column.sort.value, column.sort in shown_now)
                for column in COLUMNS
                if column.sort is not SortColumn.NAME
            )
        )
        yield Static("", id="page-size")

    def on_mount(self) -> None:
        """Show the rows a page."""
        self._show_page_size()

    def _show_page_size(self) -> None:
        self.query_one("#page-size", Static).update(
            shown(_("Rows read as one page: {count} (p changes it)").format(count=self._page_size))
        )

    def action_page_size(self) -> None:
        """The next size."""
        self._page_size = PAGE_SIZES[(PAGE_SIZES.index(self._page_size) + 1) % len(PAGE_SIZES)]
        self._show_page_size()

    def action_move(self, step: int) -> None:
        """Up and down with j and k."""
        options = self.query_one(SelectionList)
        options.highlighted = ((options.highlighted or 0) + step) % options.option_count

    def action_save(self) -> None:
        """List with them."""
        columns = tuple(self.query_one(SelectionList).selected) or (SortColumn.NAME.value,)
        if len(columns) == len(COLUMNS) - 1:
            columns = ()
        self.dismiss(replace(self._state, columns=columns, page_size=self._page_size))
