"""View options: which columns are shown, and how many rows a page has."""

from msgspec.structs import replace
from textual.app import ComposeResult
from textual.widgets import Static

from core.recipients.fields import LISTED, FieldName
from core.values.i18n import N_, _
from tui.forms.form_dialog import FormDialog
from tui.forms.radio_list import RadioList
from tui.forms.tick_list import TickList
from tui.recipients.columns import chosen
from tui.recipients.list_state import PAGE_SIZES, ListState
from tui.text import shown


class ViewDialog(FormDialog[ListState]):
    """Dismissed with the state to list with."""

    title_words = N_("View options")

    def __init__(self, state: ListState) -> None:
        super().__init__()
        self._state = state

    def content(self) -> ComposeResult:
        """The columns to tick, and the rows a page."""
        shown_now = {field.name for field in chosen(self._state.columns)}
        yield Static(shown(_("Columns (space ticks; the name always stays):")))
        fields = [field for field in LISTED if field.name is not FieldName.NAME]
        yield TickList(
            ((field.name.value, _(field.heading)) for field in fields),
            (field.name.value for field in fields if field.name in shown_now),
            id="columns",
        )
        yield Static(shown(_("pgup and pgdn go by:")))
        sizes = [(str(size), _rows(size)) for size in PAGE_SIZES]
        yield RadioList(sizes, str(self._state.page_size), id="page-size")

    async def save(self) -> None:
        """List with them."""
        columns = tuple(self.query_one(TickList).ticked) or (FieldName.NAME.value,)
        if len(columns) == len(LISTED) - 1:
            columns = ()
        page_size = int(self.query_one(RadioList).value)
        self.dismiss(replace(self._state, columns=columns, page_size=page_size))


def _rows(size: int) -> str:
    return _("{count} rows").format(count=size) if size else _("one screen")
