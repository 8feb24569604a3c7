"""Numbers that some roles do not see: hidden in what leaves the core, and nothing to be found out by asking.

Which roles, the setting ``mask_phones_for`` says. ``RecipientService.reveal`` shows one, for a reason.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from core.app.actor import Actor
from core.conversations.dto import Hit
from core.recipients.dto import RecipientRow
from core.values import phone
from core.values.errors import InvalidInput
from core.values.i18n import _
from core.values.settings import Settings

_WHOLE = range(10, 15)  # digits, from one whose zero was eaten to one with 0082 before it
_DAY_OR_NUMBER = re.compile(
    r"(?<!\d)(?P<day>(?:19|20)\d\d(?P<sign>[-./])(?:0?[1-9]|1[0-2])(?P=sign)(?:0?[1-9]|[12]\d|3[01]))(?!\d)"
    r"|\d(?:[\W_ㅡー]*\d){6,}"  # letters that are typed for a dash, too
)
_PART = re.compile(r"\*{3,}|\*\W*\d|\d\W*\*")  # what is left of a number that was hidden
# what people and machines have written about somebody, wherever a use case gives a field of this name
TEXTS = frozenset(
    {
        "text", "topic", "content", "newer_content", "summary", "details", "reason", "pause_reason", "notes"
    }
)  # fmt: skip
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


def with_numbers(text: str, *before: str) -> str:
    """What such a role saves over the texts that were there: numbers that it was shown hidden are whole again.

    Raises InvalidInput where that is in doubt: where digits beside a number would show some of those that are
    hidden, where a part of one is left, and where it cannot be known which of several is meant.
    """
    shown: dict[str, list[str]] = {}
    for found in (found for one in before for found in _numbers(one)):
        shown.setdefault(without_digits(found[0]), []).append(found[0])
    if not shown:
        return text
    hidden = re.compile("|".join(re.escape(one) for one in sorted(shown, key=len, reverse=True)))
    times = Counter(hidden.findall(text))
    if any(len(set(shown[one])) > 1 and times[one] != len(shown[one]) for one in times):
        raise _number_in_doubt()
    whole, own, at = "", set(), 0
    for found in hidden.finditer(text):
        whole += text[at : found.start()]
        numbers = shown[found[0]]
        number = numbers.pop(0) if len(numbers) > 1 else numbers[0]
        own.add((len(whole), len(whole) + len(number)))
        whole, at = whole + number, found.end()
    whole += text[at:]
    if not own <= {found.span() for found in _numbers(whole)}:
        raise _number_in_doubt()
    if len(_PART.findall(whole)) > sum(len(_PART.findall(one)) for one in before):
        raise _number_in_doubt()
    return whole


def _numbers(text: str) -> Iterator[re.Match[str]]:
    return (found for found in _DAY_OR_NUMBER.finditer(text) if not found["day"])


def _number_in_doubt() -> InvalidInput:
    return InvalidInput(
        _(
            "There is a phone number in this text that your role does not see, and it would be changed."
        ),
        _("Leave it as it is shown, with words around it, or take it out whole."),
    )


def as_typed(text: str, actor: Actor, settings: Settings, *before: str | None) -> str:
    """What the actor saves over the texts that it was shown. Raises InvalidInput as ``with_numbers`` does."""
    return with_numbers(text, *filter(None, before)) if is_masked(actor, settings) else text


def as_told(found: Result, actor: Actor, settings: Settings) -> Result:
    """Whatever a use case gives, as it may leave the core: with the texts of people as the role may read them."""
    return _told(found) if is_masked(actor, settings) else found


def _told(found: Any) -> Any:
    kind = type(found)
    if kind in (list, tuple):
        return kind(map(_told, found))
    if isinstance(found, Mapping):
        return {name: _read(name, value) for name, value in found.items()}
    if not isinstance(found, Struct) or isinstance(found, Hit):
        return found  # a hit has its numbers hidden already, and places counted in it
    changed = {}
    for name in found.__struct_fields__:
        value = getattr(found, name)
        shown = _read(name, value)
        if shown is not value and shown != value:
            changed[name] = shown
    return replace(found, **changed) if changed else found


def _read(name: str, value: Any) -> Any:
    """What a field of this name holds, as the role may read it."""
    if name not in TEXTS:
        return _told(value)
    if isinstance(value, str):
        return without_numbers(value)
    kind = type(value)
    return kind(_read(name, one) for one in value) if kind in (list, tuple) else _told(value)


def without_digits(number: str) -> str:
    """What stands where a number should, however it is written, with its digits hidden as in the list."""
    written = list(number)
    digits = [at for at, character in enumerate(written) if character.isdigit()]
    # of what is longer than a number, such as two of them, or shorter, only the end is shown
    for at in digits[-8:-4] if len(digits) in _WHOLE else digits[:-4]:
        written[at] = "*"
    return "".join(written)
