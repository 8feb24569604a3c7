"""A field of a form whose value is chosen in a dialog."""

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.geometry import Offset
from textual.message import Message
from textual.widgets import Static

from core.values.i18n import _
from tui.action import Acting
from tui.forms.actions import CHOICE_FIELD
from tui.text import shown


class ChoiceField(Acting, Vertical, can_focus=True):
    """Shows the value; enter or space asks for another one (``Asked``)."""

    binds = (CHOICE_FIELD,)

    class Asked(Message):
        """The user wants to choose."""

    def __init__(self, name: str, label: str, value: str, hint: str) -> None:
        super().__init__(id=f"field-{name}", classes="form-field")
        self.field_name = name
        self._label = label
        self._hint = hint
        self.value = value

    def compose(self) -> ComposeResult:
        """Label and value on one line, hint or reason below."""
        with Horizontal(classes="field-line"):
            yield Static(shown(self._label), classes="label")
            yield Static(shown(self.value or _("none chosen yet")), classes="chosen")
        yield Static(shown(self._hint), classes="reason")

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the value stands."""
        return self.query_one(".chosen").content_region.offset

    def show(self, value: str) -> None:
        """Show the chosen value."""
        self.value = value
        self.query_one(".chosen", Static).update(shown(value))
        self.show_reason("")

    def check(self) -> bool:
        """Whether the value keeps its rule."""
        return True

    def go_to(self) -> None:
        """Give it the focus."""
        self.focus()

    def show_reason(self, text: str) -> None:
        """Show why the value is refused, or the hint."""
        self.set_class(bool(text), "-wrong")
        self.query_one(".reason", Static).update(shown(f"✗ {text}" if text else self._hint))
