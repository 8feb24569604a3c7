"""By which column the list is sorted; the same column again turns the order round."""

from textual.app import ComposeResult
from textual.widgets import OptionList

from core.recipients.fields import BY_NAME, SORTED, FieldName, Kind
from core.values.i18n import N_, _
from tui.base import ConsoleDialog
from tui.everywhere import IN_DIALOGS
from tui.forms.actions import PICK
from tui.forms.choices import Choices


class SortDialog(ConsoleDialog[tuple[FieldName, bool]]):
    """Dismissed with the column and whether descending."""

    title_words = N_("Sort")
    AUTO_FOCUS = "Choices"
    scopes = (PICK, IN_DIALOGS)

    def __init__(self, sort: FieldName, *, descending: bool) -> None:
        super().__init__()
        self._sort = sort
        self._descending = descending

    def content(self) -> ComposeResult:
        """The columns; the present one shows its direction."""
        options = []
        for field in SORTED:
            arrow = ("▼" if self._descending else "▲") if field.name is self._sort else " "
            options.append((field.name.value, f"{arrow} {_(field.heading)}"))
        yield Choices(options)

    def on_mount(self) -> None:
        """Begin on the present one."""
        self.query_one(Choices).highlighted = [field.name for field in SORTED].index(self._sort)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter on a column."""
        chosen = FieldName(event.option.id or self._sort)
        newest_first = BY_NAME[chosen].kind is Kind.TIME
        self.dismiss((chosen, not self._descending if chosen is self._sort else newest_first))
