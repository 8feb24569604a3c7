"""The notice line: what just happened, or why something is not possible."""

from textual.content import Content
from textual.widgets import Static

from tui.text import shown

SIGNS = {"information": "", "warning": "! ", "error": "✗ ", "success": "✓ "}


class Notice(Static):
    """One or two lines above the keys. It stays until the next notice, so that nothing is written meanwhile.

    A reason why something is not possible stays only until the cursor leaves the row that it is about.
    """

    def __init__(self) -> None:
        super().__init__("")
        self.text = ""
        self.severity = "information"

    def tell(self, text: str, severity: str = "information") -> None:
        """Show the sentence; the sign before it says how serious it is, without colour."""
        if (text, severity) == (self.text, self.severity):
            return
        self.text, self.severity = text, severity
        for name in SIGNS:
            self.set_class(name == severity, f"-{name}")
        self.set_class(bool(text), "-told")
        self.update(Content(SIGNS[severity]) + shown(text) if text else "")

    def take_back(self, text: str) -> None:
        """Show nothing where this is what it tells: it is not so any more."""
        if self.text == text:
            self.clear()

    def clear_warning(self) -> None:
        """Take back why something was not possible."""
        if self.severity == "warning":
            self.clear()

    def clear(self) -> None:
        """Show nothing."""
        self.tell("")
