"""How much of a long command is done, on standard error."""

from typing import TextIO


class Progress:
    """Tells it in place on a terminal, else in a line every tenth. ``words`` hold ``{percent}``."""

    def __init__(self, err: TextIO, words: str) -> None:
        self._err = err
        self._words = words
        self._told = -1

    def __call__(self, percent: int) -> None:
        """Tell it, where it is news."""
        on_terminal = self._err.isatty()
        step = percent if on_terminal else percent // 10 * 10
        if step == self._told:
            return
        self._told = step
        words = self._words.format(percent=step)
        self._err.write(f"\r{words}" if on_terminal else f"{words}\n")
        self._err.flush()

    def end(self) -> None:
        """Leave the line."""
        if self._told >= 0 and self._err.isatty():
            self._err.write("\n")
