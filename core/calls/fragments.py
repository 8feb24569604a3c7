"""What can be told of a line that could not be stored, whatever is wrong with it."""

import contextlib
import re
from typing import Any

import msgspec
from msgspec import Struct

from core.calls.lines import EMERGENCY
from core.values import phone, text
from core.values.errors import InvalidInput

# In a line that cannot be decoded: a quote that belongs to a text has a backslash before it.
_NAMED = re.compile(rb'"(id|organization|recipient_phone)"\s*:\s*("(?:[^"\\]|\\.){1,200}")')
_SHOWN = 100  # characters of an id or a name


class Glance(Struct, frozen=True):
    """What a line says of itself, as far as it can be read; ``phone`` is E.164."""

    call: str = ""
    organization: str = ""
    phone: str | None = None
    emergency: bool = False


def glance(data: bytes, region: str, *, emergency: bool = False) -> Glance:
    """Look at the line, nothing that is in it makes this fail; ``emergency``: what is cut off says so."""
    emergency = emergency or EMERGENCY.search(data) is not None
    try:
        said = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        said = _pieces(data)
    if not isinstance(said, dict):
        return Glance(emergency=emergency)
    emergency = emergency or said.get("analysis") == "emergency"
    return Glance(_text(said, "id"), _text(said, "organization"), _phone(said, region), emergency)


def _pieces(data: bytes) -> dict[str, Any]:
    """What a line names that is cut off, too long or no JSON, so that it is erased with the recipient."""
    found: dict[str, Any] = {}
    for name, value in _NAMED.findall(data):
        with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError):
            found.setdefault(name.decode(), msgspec.json.decode(value))
    return found


def _text(said: dict[str, Any], name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str):
        return ""
    value = value[:_SHOWN]
    return "" if text.too_many_marks(value) else text.fold_line(text.replace_forbidden(value))


def _phone(said: dict[str, Any], region: str) -> str | None:
    value = said.get("recipient_phone")
    if not isinstance(value, str) or len(value) > _SHOWN:
        return None
    try:
        return phone.parse(value, region)
    except InvalidInput:
        return None
