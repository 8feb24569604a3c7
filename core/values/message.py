"""Texts of the catalogue that know what they were made of: they can be kept, and told again in another language.

reason = _("{field} is missing.").format(field=_("Name"))       what a user reads, in the language in use
kept(reason)     {"says": "{field} is missing.", "of": {"field": {"says": "Name"}}}, as JSON keeps it
told(...)        the same in the language in use then (``core.values.i18n``)
"""

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from core.values import particles

SAYS, MANY, COUNT, OF, THEN = "says", "many", "count", "of", "then"


class Message(str):
    """A translated text; particles are chosen when it is filled in."""

    __slots__ = ("origin",)
    origin: Mapping[str, Any]

    def __new__(cls, text: str, origin: Mapping[str, Any]) -> "Message":
        """The text as it reads now, and what it was made of."""
        made = super().__new__(cls, text)
        made.origin = origin
        return made

    def format(self, *args: object, **values: object) -> str:
        """The text, filled in as ``str.format`` does, each particle by the value before it."""
        text = particles.filled_in(self, args, values)
        return text if args else Message(text, {**self.origin, OF: values})

    def __add__(self, more: str) -> "Message":
        """A longer text, to be filled in later; what follows is the same in all languages."""
        return Message(super().__add__(more), {SAYS: super().__add__(more)})


def plain(value: object) -> str:
    """A text without its origin, or a path, for encoders that know no such. Raises NotImplementedError."""
    if isinstance(value, str | PurePath):
        return str(value)
    raise NotImplementedError


def kept(message: object) -> Any:
    """What JSON keeps of a message: what it was made of; of any other text or number itself."""
    if isinstance(message, Message):
        return {
            key: {name: kept(value) for name, value in part.items()} if key == OF else part
            for key, part in message.origin.items()
        }
    return message if isinstance(message, str | int) else str(message)


def kept_error(what: str, hint: str) -> Any:
    """What JSON keeps of an error: what happened, and then what to do."""
    if isinstance(what, Message):
        return {**kept(what), THEN: kept(hint)} if hint else kept(what)
    return f"{what} {hint}".strip()
