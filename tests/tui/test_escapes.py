"""An escape is an escape, whatever comes close behind it, and nothing that is pasted is one."""

import pytest
from textual import events

from tui.terminal import escapes
from tui.terminal.escapes import Escapes


def told(*pieces: str) -> list[str]:
    keys = Escapes()
    messages = [message for piece in pieces for message in keys.feed(piece)]
    return [
        message.key if isinstance(message, events.Key) else message.text
        for message in messages
        if isinstance(message, events.Key | events.Paste)
    ]


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("\x1b\r", ["escape", "enter"]),
        ("\x1b\x13", ["escape", "ctrl+s"]),
        ("\x1bZ", ["escape", "Z"]),
        ("\x1bㅓ", ["escape", "ㅓ"]),
        ("\x1b/김", ["escape", "slash", "김"]),
        ("\x1b\x1bj", ["escape", "escape", "j"]),
        ("\x1b\x1b[B", ["escape", "down"]),
        ("\x1bOP", ["f1"]),
        ("\x1bf", ["ctrl+right"]),
    ],
)
def test_a_key_behind_an_escape_is_a_key_of_its_own(typed: str, keys: list[str]) -> None:
    assert told(typed) == told(*typed) == keys


def test_an_escape_that_nothing_follows_is_told_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = Escapes()
    assert not list(keys.feed("\x1b"))
    monkeypatch.setattr(escapes, "_ESCAPE_SECONDS", 0.0)
    assert [message.key for message in keys.tick() if isinstance(message, events.Key)] == ["escape"]


def test_nothing_that_is_pasted_is_a_key() -> None:
    text = "김\x1bd\x1b\r\x1b[A"
    pasted = f"\x1b[200~{text}\x1b[201~\x1bj"
    assert told(pasted) == told(*pasted) == [text, "escape", "j"]
