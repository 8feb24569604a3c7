"""A list of options to tick with space; the tick is a character, not a colour."""

from collections.abc import Iterable

from textual.binding import Binding
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui.text import shown


class TickList(OptionList):
    """``ticked`` holds the IDs of the options that are ticked, in their order."""

    BINDINGS = [
        Binding("space,enter", "select", show=False),
        Binding("j,ㅓ", "cursor_down", show=False),
        Binding("k,ㅏ", "cursor_up", show=False),
    ]

    def __init__(
        self, options: Iterable[tuple[str, str]], ticked: Iterable[str], *, id: str
    ) -> None:
        self._labels = dict(options)
        self._ticked = set(ticked)
        super().__init__(*(Option(self._prompt(name), id=name) for name in self._labels), id=id)

    def _prompt(self, name: str) -> Content:
        return shown(f"[{'x' if name in self._ticked else ' '}] {self._labels[name]}")

    @property
    def ticked(self) -> list[str]:
        """The IDs that are ticked."""
        return [name for name in self._labels if name in self._ticked]

    @property
    def value(self) -> list[str]:
        """What is ticked, as the value of a field."""
        return self.ticked

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Turn the tick round."""
        event.stop()
        if name := event.option_id:
            self._ticked ^= {name}
            self.replace_option_prompt(name, self._prompt(name))
