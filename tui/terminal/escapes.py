"""What the terminal sends, as keys; an escape that was pressed stays one, whatever comes close behind it.

Textual takes an escape and the key behind it for one key with alt, or loses the escape, where both come within a
tenth of a second; on a slow link they come in one piece. Then esc enter did what was to be cancelled. And an
escape inside what is pasted made keys of the letters behind it.
"""

import re
import time
from collections.abc import Iterator

from textual import events
from textual._xterm_parser import XTermParser
from textual.message import Message

_ESCAPE = "\x1b"
_ESCAPE_SECONDS = 0.1  # how long an escape may wait to be one of several bytes
_PASTE_BEGINS, _PASTE_ENDS = "\x1b[200~", "\x1b[201~"
# behind an escape begin what keys and terminals send, and the three by which desks tell a move by words
_PARTS = re.compile(r"(\x1b\[20[01]~|\x1b(?![\[Obf\x7f]))")
_BEGUN = re.compile(r"\x1b(\[[\d;]*)?\Z")


class Escapes:
    """Reads keys from text as it comes in, in pieces of any length."""

    def __init__(self, debug: bool = False) -> None:
        self._parser = XTermParser(debug)
        self._held = ""
        self._held_at = 0.0
        self._pasted: list[str] | None = None  # while something is pasted

    def feed(self, text: str) -> Iterator[Message]:
        """What this text tells; the beginning of several bytes is held until the others come."""
        text = self._held + text
        begun = _BEGUN.search(text)
        self._held, self._held_at = begun[0] if begun else "", time.monotonic()
        for part in _PARTS.split(text.removesuffix(self._held)):
            yield from self._read(part)

    def tick(self) -> Iterator[Message]:
        """What is told by nothing more having come for a while."""
        waited = time.monotonic() - self._held_at
        if self._held and self._pasted is None and waited >= _ESCAPE_SECONDS:
            held, self._held = self._held, ""
            yield from self._read(held)
        yield from self._parser.tick()

    def _read(self, part: str) -> Iterator[Message]:
        if part == _PASTE_BEGINS:
            self._pasted = []
        elif self._pasted is not None and part == _PASTE_ENDS:
            pasted, self._pasted = "".join(self._pasted), None
            yield events.Paste(pasted.replace("\x00", ""))
        elif self._pasted is not None:
            self._pasted.append(part)
        elif part == _ESCAPE:
            yield events.Key("escape", _ESCAPE)
        elif part:
            yield from self._parser.feed(part)
