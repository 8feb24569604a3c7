"""Forms whose contents outlive the console: kept while they are typed, offered again at the next start."""

from collections.abc import Mapping
from time import monotonic
from typing import Any, TypeVar

from core.io.drafts import DraftFile
from core.values.i18n import _
from tui.forms.edit_form import EditForm
from tui.forms.form_field import FormField

Row = TypeVar("Row")

INTERVAL = 2.0  # seconds; no more than what was typed in them is ever lost


class KeptForm(EditForm[Row]):
    """A form that is kept. A subclass says its ``draft_name``, and whom it is about, where that is somebody known;
    what else than its fields it takes to open it again, is among its ``draft_values``.

    ``tui.offering`` knows each by its name.
    """

    draft_name: str
    draft_recipient: int | None = None
    draft_file: DraftFile | None = None
    _opened_values: dict[str, str] | None = None
    _kept_at = -INTERVAL
    _keeping_soon = False
    _keeping_failed = False

    def draft_values(self) -> dict[str, str]:
        """What stands in the form, and what else it takes to open it again."""
        return {field.field_name: field.value for field in self.query(FormField)}

    def restore(self, values: Mapping[str, str]) -> None:
        """Put what was kept into the form."""
        for field in self.query(FormField):
            field.put_back(values.get(field.field_name, field.value))

    def on_mount(self) -> None:
        """Remember how the form was opened; go on from what was kept."""
        self.remember_opened()
        self._opened_values = self.draft_values()
        if self.draft_file is not None and self.draft_file.draft is not None:
            self.restore(self.draft_file.draft.values)

    def on_input_changed(self) -> None:
        """A field was typed into."""
        self.keep_soon()

    def on_text_area_changed(self) -> None:
        """A text was typed into."""
        self.keep_soon()

    def on_radio_list_changed(self) -> None:
        """Another option was chosen."""
        self.keep_soon()

    def on_organization_field_changed(self) -> None:
        """Another organization was chosen."""
        self.keep_soon()

    def keep_soon(self) -> None:
        """Keep what stands in the form, at once or when the interval is over."""
        if not self._keeping_soon:
            self._keeping_soon = True
            wait = max(0.0, self._kept_at + INTERVAL - monotonic())
            self.set_timer(wait, self.keep) if wait else self.call_later(self.keep)

    def keep(self) -> None:
        """Keep what stands in the form; nothing where nothing was changed."""
        self._keeping_soon = False
        if self._opened_values is None or not self.is_attached:
            return
        values = self.draft_values()
        if values == self._opened_values:
            self._remove()
            return
        if self.draft_file is None:
            self.draft_file = self.console.drafts.begin()
        draft = self.draft_file.draft
        if draft is not None and draft.values == values:
            return
        self._kept_at = monotonic()
        try:
            self.draft_file.save(self.draft_name, values, self.draft_recipient)
        except OSError:
            if not self._keeping_failed:
                self._keeping_failed = True
                self.tell(_("What you type cannot be kept; save it before you leave."), "warning")

    def _remove(self) -> None:
        if self.draft_file is not None:
            self.draft_file.remove()
            self.draft_file = None

    def forget(self) -> None:
        """Keep nothing of what stands in the form: it was saved, or its admin does not want it."""
        self._opened_values = self.draft_values()
        self._remove()

    def dismiss(self, result: Any = None) -> Any:
        """Close the form; nothing is kept of it."""
        self.forget()
        return super().dismiss(result)

    def leave_for_good(self) -> None:
        """Leave the console without what stands in the form."""
        self.forget()
        self.console.leave()


def number(values: Mapping[str, str], name: str) -> int:
    """A number that was kept; 0 for none."""
    text = values.get(name, "")
    return int(text) if text.isascii() and text.isdigit() else 0
