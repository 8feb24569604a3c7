"""Numbers that some roles do not see: hidden in what leaves the core, and nothing to be found out by asking.

Which roles, the setting ``mask_phones_for`` says. ``RecipientService.reveal`` shows one, for a reason.
"""

import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from core.app.actor import Actor
from core.conversations.dto import Hit
from core.recipients.dto import RecipientRow
from core.values import phone
from core.values.settings import Settings

_WHOLE = range(10, 15)  # digits, from one whose zero was eaten to one with 0082 before it
_DAY_OR_NUMBER = re.compile(
    r"(?<!\d)(?P<day>(?:19|20)\d\d(?P<sign>[-./])(?:0?[1-9]|1[0-2])(?P=sign)(?:0?[1-9]|[12]\d|3[01]))(?!\d)"
    r"|\d(?:[\W_]*\d){6,}"
)
# what people and machines have written about somebody
_TEXTS = frozenset({"text", "topic", "content", "newer_content", "summary", "details", "reason"})
Result = TypeVar("Result")


def is_masked(actor: Actor, settings: Settings) -> bool:
    """Whether the actor's role does not see numbers."""
    return actor.role in settings.mask_phones_for


def as_seen(row: RecipientRow, *, masked: bool) -> RecipientRow:
    """The row as it may leave the core."""
    return replace(row, phone=phone.hide(row.phone)) if masked else row


def each_number(text: str, said: Callable[[str], str]) -> str:
    """The text with what looks like a number said in another way. A day such as 2026-11-27 looks like none."""
    return _DAY_OR_NUMBER.sub(lambda found: found[0] if found["day"] else said(found[0]), text)


def without_numbers(text: str) -> str:
    """The text as a role may read it that does not see numbers: what looks like one is hidden as in the list."""
    return each_number(text, without_digits)


def with_numbers(text: str, before: str) -> str:
    """What such a role saves over the text that was there: numbers that it was shown hidden are whole again."""
    for found in _DAY_OR_NUMBER.finditer(before):
        if not found["day"]:
            text = text.replace(without_digits(found[0]), found[0], 1)
    return text


def as_typed(text: str, actor: Actor, settings: Settings, *before: str | None) -> str:
    """What the actor saves over the texts that it was shown."""
    for one in before if is_masked(actor, settings) else ():
        text = with_numbers(text, one or "")
    return text


def as_told(found: Result, actor: Actor, settings: Settings) -> Result:
    """Whatever a use case gives, as it may leave the core: with the texts of people as the role may read them."""
    return _told(found) if is_masked(actor, settings) else found


def _told(found: Any) -> Any:
    kind = type(found)
    if kind in (list, tuple):
        return kind(map(_told, found))
    if not is_dataclass(found) or isinstance(found, type | Hit):
        return found  # a hit has its numbers hidden already, and places counted in it
    changed = {}
    for field in fields(found):
        value = getattr(found, field.name)
        shown = without_numbers(value) if _is_text(field.name, value) else _told(value)
        if shown is not value and shown != value:
            changed[field.name] = shown
    return replace(found, **changed) if changed else found


def _is_text(name: str, value: object) -> bool:
    return name in _TEXTS and isinstance(value, str)


def without_digits(number: str) -> str:
    """What stands where a number should, however it is written, with its digits hidden as in the list."""
    written = list(number)
    digits = [at for at, character in enumerate(written) if character.isdigit()]
    # of what is longer than a number, such as two of them, or shorter, only the end is shown
    for at in digits[-8:-4] if len(digits) in _WHOLE else digits[:-4]:
        written[at] = "*"
    return "".join(written)
