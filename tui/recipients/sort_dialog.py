"""By which column the list is sorted; the same column again turns the order round."""

from textual.app import ComposeResult
from textual.widgets import OptionList

from core.recipients.dto import SortColumn
from core.values.i18n import _
from tui.base import ConsoleDialog
from tui.everywhere import IN_DIALOGS
from tui.forms.actions import PICK
from tui.recipients.columns import COLUMNS
from tui.widgets.choices import Choices


class SortDialog(ConsoleDialog[tuple[SortColumn, bool]]):
    """Dismissed with the column and whether descending."""

    AUTO_FOCUS = "Choices"
    scopes = (PICK, IN_DIALOGS)

    def __init__(self, sort: SortColumn, *, descending: bool) -> None:
        super().__init__()
        self._sort = sort
        self._descending = descending

    def title_text(self) -> str:
        """The title."""
        return _("Sort")

    def content(self) -> ComposeResult:
        """The columns; the present one shows its direction."""
        options = []
        for column in COLUMNS:
            arrow = ("▼" if self._descending else "▲") if column.sort is self._sort else " "
            options.append((column.sort.value, f"{arrow} {_(column.label)}"))
        yield Choices(options)

    def on_mount(self) -> None:
        """Begin on the present one."""
        self.query_one(Choices).highlighted = [column.sort for column in COLUMNS].index(self._sort)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter on a column."""
        chosen = SortColumn(event.option.id or self._sort)
        newest_first = chosen in (SortColumn.REGISTERED_AT, SortColumn.LAST_CALL_AT)
        self.dismiss((chosen, not self._descending if chosen is self._sort else newest_first))
