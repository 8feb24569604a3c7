"""Two recipients side by side: who stays, and which fields are taken over."""

from textual.app import ComposeResult
from textual.widgets import Static

from core.duplicates.dto import Merged, MergeDraft, Side
from core.recipients.fields import TEXTS, Field, Kind
from core.values.i18n import N_, _
from tui.duplicates.columns import told
from tui.forms.form_dialog import FormDialog
from tui.forms.radio_list import RadioList
from tui.text import shown

_FIRST, _SECOND = "first", "second"


class MergeDialog(FormDialog[Merged]):
    """Dismissed with what was merged."""

    title_words = N_("Merge two recipients")
    verb = N_("Merge")

    def __init__(self, first: Side, second: Side) -> None:
        super().__init__()
        self._sides = {_FIRST: first, _SECOND: second}

    @property
    def _differing(self) -> list[Field]:
        first, second = (side.row for side in self._sides.values())
        return [
            field for field in TEXTS if getattr(first, field.name) != getattr(second, field.name)
        ]

    def content(self) -> ComposeResult:
        """Who stays, then each field in which they differ."""
        words = _(
            "All that there is of the other goes over, calls and notes, tasks, contacts and campaigns."
            " {keys[duplicates.undo]} here, and {keys[recipients.undo]} or {keys[recipients.deleted]} in"
            " the list, makes two of them again."
        ).format(keys=self.console.own_keys)
        yield Static(shown(words), classes="about")
        yield Static(shown(_("Who stays:")), classes="label")
        options = [
            (name, f"{side.row.name} {self.form.phone(side.row.phone)} · {told(side, self.form)}")
            for name, side in self._sides.items()
        ]
        yield RadioList(options, _FIRST, id="stays")
        for field in self._differing:
            yield Static(shown(f"{field.label}:"), classes="label")
            values = [(name, self._shown(field, side)) for name, side in self._sides.items()]
            yield RadioList(values, self._better(field), id=f"field-{field.name}")

    def _shown(self, field: Field, side: Side) -> str:
        value: str = getattr(side.row, field.name)
        if field.kind is Kind.PHONE:
            return self.form.phone(value)
        return value or _("(nothing)")

    def _better(self, field: Field) -> str:
        """What is proposed: of the first, unless it has nothing there."""
        return _FIRST if getattr(self._sides[_FIRST].row, field.name) else _SECOND

    async def save(self) -> None:
        """Merge them."""
        stays = self.query_one("#stays", RadioList).value
        kept = self._sides[stays].row
        other = self._sides[_SECOND if stays == _FIRST else _FIRST].row
        taken = frozenset(
            field.name.value
            for field in self._differing
            if self.query_one(f"#field-{field.name}", RadioList).value != stays
        )
        draft = MergeDraft(kept.version, other.id, other.version, taken)
        self.dismiss(await self.write(self.services.duplicates.merge(self.actor, kept.id, draft)))
