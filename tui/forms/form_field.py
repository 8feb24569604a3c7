"""A field of a form: label, input, and the reason below it when what was typed breaks a rule."""

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import DescendantBlur
from textual.widgets import Static

from core.values.errors import InvalidInput
from core.values.text import replace_forbidden
from tui.text import replaced_words, shown
from tui.widgets.line_input import LineInput


class RuledField(Vertical):
    """A field whose value has a rule, which raises InvalidInput; the reason, or else a hint, stands below it."""

    def __init__(
        self,
        name: str,
        label: str,
        rule: Callable[[str], object] | None,
        hint: str = "",
        *,
        kind: str = "form-field",
    ) -> None:
        super().__init__(id=f"field-{name}", classes=kind)
        self.field_name = name
        self._label = label
        self._rule = rule
        self._hint = hint
        self.reason = Static("", classes="reason")

    @property
    def value(self) -> str:
        """What stands in the field."""
        raise NotImplementedError

    def show_reason(self, text: str) -> None:
        """Show why the value is refused, or the hint."""
        self.set_class(bool(text), "-wrong")
        self.reason.update(shown(f"✗ {text}" if text else self._hint))

    def check(self) -> bool:
        """Ask the rule; gives whether the value keeps it."""
        if self._rule is None:
            return True
        try:
            self._rule(self.value)
        except InvalidInput as error:
            self.show_reason(str(error))
            return False
        self.show_reason("")
        return True


class FormField(RuledField):
    """A text of one line; its rule is asked when the field is left."""

    def __init__(
        self,
        name: str,
        label: str,
        value: str = "",
        rule: Callable[[str], object] | None = None,
        hint: str = "",
        length: int = 20,
    ) -> None:
        super().__init__(name, label, rule, hint)
        self._as_stored = value
        self.input = LineInput(
            replace_forbidden(value), id=f"input-{name}", compact=True, placeholder="_" * length
        )

    def compose(self) -> ComposeResult:
        """Label and input on one line, the reason below."""
        with Horizontal(classes="field-line"):
            yield Static(shown(self._label), classes="label")
            yield self.input
        yield self.reason

    def on_mount(self) -> None:
        """Begin with the hint, or with what has become of the value."""
        self.show_reason(replaced_words(self._as_stored))

    def put_back(self, value: str) -> None:
        """Go on from what was typed before; what cannot be shown of it is told."""
        self.input.value = replace_forbidden(value)
        self.show_reason(replaced_words(value))

    @property
    def value(self) -> str:
        """What stands in the field."""
        return self.input.value

    def go_to(self) -> None:
        """Give it the focus."""
        self.input.focus()

    def on_descendant_focus(self) -> None:
        """The field is typed into; its label says so."""
        self.add_class("-typed")

    def on_descendant_blur(self, _event: DescendantBlur) -> None:
        """The field is left."""
        self.remove_class("-typed")
        if self.value:
            self.check()
