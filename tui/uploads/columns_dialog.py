"""Which column of a sheet is which field: the columns with what stands in them, the fields chosen by keys."""

from textual.app import ComposeResult
from textual.widgets import Static

from core.recipients.fields import BY_NAME, SHEET
from core.uploads.dto import SheetLayout
from core.values.i18n import N_, _
from tui.forms.choices import Choices
from tui.forms.form_dialog import FormDialog
from tui.text import shown
from tui.uploads.asked import HowToRead, mapping_of
from tui.uploads.column_actions import COLUMNS, COLUMNS_DIALOG
from tui.uploads.file_organization import FileOrganization
from tui.widgets.paged_table_cells import aligned

_LETTERS, _HEADER, _FIELD, _SAMPLES = 3, 16, 20, 32  # cells


class ColumnList(Choices):
    """The columns; ``value`` is the field of each, by its letters."""

    binds = (COLUMNS,)

    def __init__(self, layout: SheetLayout) -> None:
        self._columns = {column.letters: column for column in layout.columns}
        self.value = {column.letters: column.field for column in layout.columns}
        super().__init__((letters, letters) for letters in self._columns)

    def words(self, name: str) -> str:
        """Letters, header, the field that it is, and what stands in it."""
        column = self._columns[name]
        field = self.value[name]
        label = BY_NAME[field].label if field else "-"
        parts = (
            aligned(column.letters, _LETTERS),
            aligned(column.header, _HEADER),
            aligned(label, _FIELD),
            aligned(", ".join(column.samples), _SAMPLES),
        )
        return " ".join(parts).rstrip()

    def set_field(self, field: str) -> None:
        """Make the column under the cursor this field; whichever was it is none any more."""
        if (letters := self.chosen) is None:
            return
        before = [name for name, other in self.value.items() if field and other == field]
        self.value = {**self.value, **dict.fromkeys(before, ""), letters: field}
        self.show_again(letters, *before)


class ColumnsDialog(FormDialog[HowToRead]):
    """Dismissed with how the file is to be read."""

    verb = N_("Check")

    def __init__(self, layout: SheetLayout, how: HowToRead, why: str = "") -> None:
        super().__init__(_("Columns of the sheet {name}").format(name=layout.sheet))
        self._layout = layout
        self._how = how
        self._why = why
        self.scopes = (*COLUMNS_DIALOG[:1], *self.scopes)

    def content(self) -> ComposeResult:
        """Why it is asked, the columns, and the keys of the fields."""
        if self._why:
            yield Static(shown(self._why), classes="why")
        yield ColumnList(self._layout)
        keys = self.console.own_keys
        fields = [
            f"{keys.first_shown(action)} {_(action.label)}"
            for action in COLUMNS.actions[: len(SHEET) + 1]
        ]
        yield Static(shown(" · ".join(fields)), classes="fields-by-keys")
        if self.actor.sees_all:
            yield FileOrganization(self._how)

    async def save(self) -> None:
        """Check the file so; not as it was looked at already, which would ask the same again."""
        if self._why and self.values() == self._opened_with:
            self.tell(_("Nothing was chosen yet; what is missing stands above."), "warning")
            return
        fields = self.query_one(ColumnList).value
        mapping = mapping_of(self._layout, self._how.mapping, fields)
        organization = self.query_one(FileOrganization).given if self.actor.sees_all else {}
        self.dismiss(HowToRead(self._layout.sheet, mapping, **organization))
