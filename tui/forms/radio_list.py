"""A list of options of which one is chosen: the one under the cursor, marked by a character."""

from collections.abc import Iterable

from textual.message import Message
from textual.widgets import OptionList

from tui.forms.actions import RADIO
from tui.forms.choices import Choices


class RadioList(Choices):
    """``value`` is the ID of the one that is chosen, "" where none is yet; enter goes on to the next field."""

    binds = (RADIO,)

    class Changed(Message):
        """Another one is chosen."""

    def __init__(
        self, options: Iterable[tuple[str, str]], chosen: str, *, id: str | None = None
    ) -> None:
        self.value = chosen
        super().__init__(options, id=id)
        self.highlighted = None  # Textual begins on the first one
        self.choose(chosen)

    def choose(self, name: str) -> None:
        """Choose the one of this ID, if there is one."""
        if name in self._words:
            self.highlighted = list(self._words).index(name)

    def words(self, name: str) -> str:
        """With the mark of the one that is chosen."""
        return f"({'x' if name == self.value else ' '}) {super().words(name)}"

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Move the mark."""
        event.stop()
        before, self.value = self.value, self.chosen or self.value
        self.show_again(before, self.value)
        if before != self.value:
            self.post_message(self.Changed())
