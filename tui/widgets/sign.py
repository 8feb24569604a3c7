"""The number on every screen: emergencies that nobody has acknowledged, and what is overdue. Never who."""

from typing import TYPE_CHECKING

from textual.widgets import Static

from core.values.i18n import _, ngettext
from tui.text import shown

if TYPE_CHECKING:
    from core.tasks.dto import TaskNumbers


class Sign(Static):
    """``! 2 emergencies · 5 overdue``, or nothing."""

    def __init__(self, words: str) -> None:
        super().__init__(shown(words), id="sign")
        self._words = words
        self.set_class(bool(words), "-told")

    def tell(self, words: str) -> None:
        """Say this from now on; the same again writes nothing."""
        if words != self._words:
            self._words = words
            self.set_class(bool(words), "-told")
            self.update(shown(words))


def sign_words(numbers: "TaskNumbers") -> str:
    """What every screen says of them."""
    parts = []
    if numbers.unseen:
        words = ngettext("! {count} emergency", "! {count} emergencies", numbers.unseen)
        parts.append(words.format(count=f"{numbers.unseen:,}"))
    if numbers.escalated:
        parts[0] = _("{emergencies}, {count} escalated").format(
            emergencies=parts[0], count=f"{numbers.escalated:,}"
        )
    if numbers.overdue:
        parts.append(_("{count} overdue").format(count=f"{numbers.overdue:,}"))
    return " · ".join(parts)
