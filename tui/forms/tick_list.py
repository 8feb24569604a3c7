"""A list of options to tick with space; the tick is a character, not a colour."""

from collections.abc import Iterable

from textual.widgets import OptionList

from tui.forms.actions import TICKS
from tui.forms.choices import Choices


class TickList(Choices):
    """``ticked`` holds the IDs of the options that are ticked, in their order."""

    binds = (TICKS,)

    def __init__(
        self, options: Iterable[tuple[str, str]], ticked: Iterable[str], *, id: str
    ) -> None:
        self._ticked = set(ticked)
        super().__init__(options, id=id)

    def words(self, name: str) -> str:
        """With its tick."""
        return f"[{'x' if name in self._ticked else ' '}] {super().words(name)}"

    @property
    def ticked(self) -> list[str]:
        """The IDs that are ticked."""
        return [name for name in self._words if name in self._ticked]

    @property
    def value(self) -> list[str]:
        """What is ticked, as the value of a field."""
        return self.ticked

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Turn the tick round."""
        event.stop()
        if name := event.option_id:
            self._ticked ^= {name}
            self.show_again(name)
