"""How much of a long command is done, on standard error."""

import contextlib
from collections.abc import Callable, Iterator
from typing import TextIO


@contextlib.contextmanager
def told_percent(err: TextIO, words: str) -> Iterator[Callable[[int], None]]:
    """What it gives tells it in place on a terminal, else in a line every tenth. ``words`` hold ``{percent}``."""
    on_terminal, told = err.isatty(), -1

    def tell(percent: int) -> None:
        nonlocal told
        step = percent if on_terminal else percent // 10 * 10
        if step != told:
            told = step
            line = words.format(percent=step)
            err.write(f"\r{line}" if on_terminal else f"{line}\n")
            err.flush()

    try:
        yield tell
    finally:
        if told >= 0 and on_terminal:
            err.write("\n")
