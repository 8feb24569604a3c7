"""A field for a text of several lines: label, count of what is left, text area, the reason below it."""

from collections.abc import Callable

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static, TextArea

from core.values.i18n import ngettext
from core.values.text import fold_note, replace_forbidden
from tui.forms.form_field import RuledField
from tui.text import replaced_words, shown


class NoteArea(TextArea):
    """A text area in which nothing that is typed or pasted acts on the terminal; the rule refuses it on saving."""

    def get_line(self, line_index: int) -> Text:
        """A line as it is shown: a character for each, so that the cursor stays in step."""
        return Text(replace_forbidden(self.document.get_line(line_index)), end="", no_wrap=True)


class NoteField(RuledField):
    """More than ``maximum`` can be typed: nothing is lost."""

    def __init__(
        self, name: str, label: str, value: str, rule: Callable[[str], object], maximum: int
    ) -> None:
        super().__init__(name, label, rule, kind="note-field")
        self._maximum = maximum
        self.area = NoteArea(value, id=f"area-{name}", compact=True, highlight_cursor_line=False)
        self.area.cursor_blink = False
        self._count = Static("", classes="count")

    def compose(self) -> ComposeResult:
        """Label and count on one line, then the text, then the reason."""
        with Horizontal(classes="field-line"):
            yield Static(shown(self._label), classes="label")
            yield self._count
        yield self.area
        yield self.reason

    def on_mount(self) -> None:
        """Begin behind what is there."""
        self.area.move_cursor(self.area.document.end)
        self._show_count()

    def put_back(self, value: str) -> None:
        """Go on from what was typed before; what cannot be shown of it is told."""
        self.area.text = replace_forbidden(value)
        self.area.move_cursor(self.area.document.end)
        self.show_reason(replaced_words(value))

    @property
    def value(self) -> str:
        """What stands in the field."""
        return self.area.text

    def on_text_area_changed(self) -> None:
        """Count what is left."""
        self._show_count()

    def _show_count(self) -> None:
        left = self._maximum - len(fold_note(self.value))
        if left >= 0:
            told = ngettext("{count} character left", "{count} characters left", left)
        else:
            told = ngettext("! {count} character too many", "! {count} characters too many", -left)
        self._count.update(shown(told.format(count=abs(left))))

    def go_to(self) -> None:
        """Give it the focus."""
        self.area.focus()
