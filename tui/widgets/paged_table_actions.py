"""The keys of any list."""

from typing import TYPE_CHECKING, Protocol

from core.values.i18n import N_
from tui.action import Need, Scope

if TYPE_CHECKING:
    from tui.widgets.paged_table_view import PagedView

LIST = Scope("list", N_("Any list"), no_command="moves about")


@LIST.action("up,k", N_("Up"), needs=Need.ROWS, looks=True)
def cursor_up(table: "PagedView") -> None:
    """One row up."""
    table.move_cursor(table.cursor_index - 1)


@LIST.action("down,j", N_("Down"), needs=Need.ROWS, looks=True)
def cursor_down(table: "PagedView") -> None:
    """One row down."""
    table.move_cursor(table.cursor_index + 1)


@LIST.action("pageup", N_("Page up"), looks=True)
def page_up(table: "PagedView") -> None:
    """One page up; the cursor stays on its line."""
    table.move_page(-1)


@LIST.action("pagedown", N_("Page down"), looks=True)
def page_down(table: "PagedView") -> None:
    """One page down; the cursor stays on its line."""
    table.move_page(1)


@LIST.action("home,g", N_("First"), looks=True)
def first(table: "PagedView") -> None:
    """To the first row."""
    table.move_cursor(0)


@LIST.action("end,G", N_("Last"), looks=True)
def last(table: "PagedView") -> None:
    """To the last row known."""
    table.move_cursor(table.row_count - 1)


@LIST.action("left", N_("Columns to the left"), needs=Need.ROWS, looks=True)
def column_left(table: "PagedView") -> None:
    """One column to the left."""
    table.scroll_columns(-1)


@LIST.action("right", N_("More columns"), needs=Need.ROWS, looks=True)
def column_right(table: "PagedView") -> None:
    """One column to the right, until the last one is whole."""
    table.scroll_columns(1)


@LIST.action(
    "enter",
    N_("Open"),
    name="open",
    needs=Need.ROWS,
    command="call show, recipient show, memory history",
)
def open_row(table: "PagedView") -> None:
    """Tell that the row under the cursor is to be opened."""
    table.open_row()


class _Selecting(Protocol):
    def select_and_go_on(self) -> None: ...
    def turn_selection(self) -> None: ...


class Lists(Protocol):
    """A screen with a list to select in."""

    @property
    def table(self) -> _Selecting:
        """The list."""


def select(view: Lists) -> None:
    """Select the row under the cursor, or take it out, and go on to the next one."""
    view.table.select_and_go_on()


def select_all(view: Lists) -> None:
    """Select all that match, or none."""
    view.table.turn_selection()
