"""A list of options. The one that enter takes is told by a sign in front, not by a colour."""

from collections.abc import Iterable
from typing import cast

from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui.action import Acting
from tui.forms.actions import CHOICES
from tui.shell import Shell
from tui.text import shown

SIGN = "›"


class Choices(Acting, OptionList):
    """``options`` are IDs and words. One that can have the focus shows its sign only while it has it."""

    binds = (CHOICES,)

    def __init__(self, options: Iterable[tuple[str, str]] = (), *, id: str | None = None) -> None:
        self._words = dict(options)
        self._marked: str | None = None
        super().__init__(*self._options_of_words(), id=id)

    def offer(self, options: Iterable[tuple[str, str]], at: int = 0) -> None:
        """Offer these instead, beginning at one of them."""
        self._words = dict(options)
        self._marked = None
        self.set_options(self._options_of_words())
        self.highlighted = at if self._words else None

    def _options_of_words(self) -> list[Option]:
        return [Option(self._prompt(name), id=name) for name in self._words]

    @property
    def chosen(self) -> str | None:
        """The ID of the option that enter takes."""
        option = self.highlighted_option
        return option.id if option is not None else None

    def offers(self, name: str) -> bool:
        """Whether this is one of the options."""
        return name in self._words

    def reword(self, name: str, words: str) -> None:
        """Say something else of an option that is offered."""
        if name in self._words:
            self._words[name] = words
            self.show_again(name)

    def move(self, step: int) -> None:
        """Up and down, round the ends, from wherever the focus is."""
        if self.highlighted is not None:
            self.highlighted = (self.highlighted + step) % self.option_count
            cast("Shell", self.app).point_at(self)

    def words(self, name: str) -> str:
        """An option as a person reads it."""
        return self._words[name]

    def _prompt(self, name: str) -> Content:
        is_marked = name == self._marked and (self.has_focus or not self.can_focus)
        words = shown(f"{SIGN if is_marked else ' '} {self.words(name)}")
        # here and not in the stylesheet: of an option's style there Textual leaves "reverse" out
        return words.stylize("reverse") if is_marked else words

    def show_again(self, *names: str | None) -> None:
        """Show options as they are now."""
        for name in names:
            if name in self._words:
                self.replace_option_prompt(name, self._prompt(name))

    def watch_highlighted(self, highlighted: int | None) -> None:
        """Move the sign."""
        super().watch_highlighted(highlighted)
        before, self._marked = self._marked, self.chosen
        self.show_again(before, self._marked)

    def watch_has_focus(self, has_focus: bool) -> None:
        """Show the sign, or none."""
        super().watch_has_focus(has_focus)
        self.show_again(self._marked)
