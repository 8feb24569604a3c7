"""Lines from standard input and to standard output; nothing that a terminal would act on goes out."""

import asyncio
import os
from collections.abc import Callable

from core.values.text import displayed_line

_AT_ONCE = 65_536
_INPUT, _OUTPUT = 0, 1


class Lines:
    """``lost`` is called when the terminal is gone."""

    def __init__(self, lost: Callable[[], object]) -> None:
        self._lost = lost
        self._taken = b""
        self._has_ended = False

    async def next(self) -> str | None:
        """The next line that is typed; None when there is no more."""
        while b"\n" not in self._taken and not self._has_ended:
            data = await self._more()
            self._taken += data
            self._has_ended = not data
        if not self._taken:
            return None
        line, _end, self._taken = self._taken.partition(b"\n")
        return line.decode(errors="replace").rstrip("\r")

    async def _more(self) -> bytes:
        loop, is_there = asyncio.get_running_loop(), asyncio.Event()
        try:
            loop.add_reader(_INPUT, is_there.set)
        except PermissionError:
            is_there.set()  # a file, which never waits
        except OSError:
            return b""  # closed
        try:
            await is_there.wait()
            return os.read(_INPUT, _AT_ONCE)
        except OSError:
            self._lost()
            return b""
        finally:
            loop.remove_reader(_INPUT)

    def say(self, text: str, end: str = "\n") -> None:
        """Write this line; the next one goes on where ``end`` says."""
        data = (displayed_line(text) + end).encode(errors="replace")
        try:
            while data:
                data = data[os.write(_OUTPUT, data) :]
        except OSError:
            self._lost()
