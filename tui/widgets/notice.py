"""The notice line: what just happened, why something is not possible, or what is so for now."""

from textual.content import Content
from textual.widgets import Static

from tui.text import shown

SIGNS = {"information": "", "warning": "! ", "error": "✗ ", "success": "✓ "}
_NOTHING = ("", "information")


class Notice(Static):
    """One or two lines above the keys.

    What is told goes at the next key that does something; a reason why something is not possible already when the
    cursor leaves the row that it is about. What is so for now (``stand``) comes back until it is so no longer;
    it is not covered by less of the same. A warning (``warn``) stands over both.
    """

    def __init__(self) -> None:
        super().__init__("")
        self._told = _NOTHING
        self.times = 0  # that something was told
        self._standing: dict[str, tuple[str, str]] = {}
        self._warning = ""
        self._shown = _NOTHING

    @property
    def text(self) -> str:
        """What is shown, without its sign."""
        return self._shown[0]

    @property
    def stands(self) -> bool:
        """Whether what is shown is so for now, and has not just happened."""
        return not self._told[0] or self._so_for_now is not None

    def tell(self, text: str, severity: str = "information") -> None:
        """Show the sentence; the sign before it says how serious it is, without colour."""
        self._told = (text, severity)
        self.times += bool(text)
        self._show()

    def stand(self, name: str, text: str, severity: str = "information") -> None:
        """Show the sentence for as long as it is so, under what is told; without text it is so no longer."""
        self._standing.pop(name, None)
        if text:
            self._standing[name] = (text, severity)
        self._show()

    def warn(self, text: str) -> None:
        """Show the sentence over everything else, until there is none."""
        if text != self._warning:
            self._warning = text
            self._show()

    def take_back(self, text: str) -> None:
        """Show nothing where this is what it tells: it is not so any more."""
        if self._told[0] == text:
            self.clear()

    def clear_warning(self) -> None:
        """Take back why something was not possible."""
        if self._told[1] == "warning":
            self.clear()

    def clear(self) -> None:
        """Tell nothing; what is so for now stays."""
        self.tell(*_NOTHING)

    @property
    def _so_for_now(self) -> tuple[str, str] | None:
        """What stands where nothing is told, or what says all that is told, and more."""
        fuller = [one for one in self._standing.values() if one[0].startswith(self._told[0])]
        return fuller[-1] if fuller else None

    def _show(self) -> None:
        show = (self._warning, "warning") if self._warning else self._so_for_now or self._told
        if show == self._shown:
            return
        self._shown = text, severity = show
        for name in SIGNS:
            self.set_class(name == severity, f"-{name}")
        self.set_class(bool(text), "-told")
        self.update(Content(SIGNS[severity]) + shown(text) if text else "")
