"""Numbers that some roles do not see: hidden in what leaves the core, and nothing to be found out by asking.

Which roles, the setting ``mask_phones_for`` says. ``RecipientService.reveal`` shows one, for a reason.
"""

import re
from dataclasses import replace

from core.app.actor import Actor
from core.recipients.dto import RecipientRow
from core.values import phone
from core.values.settings import Settings

_WHOLE = range(10, 15)  # digits, from one whose zero was eaten to one with 0082 before it
LIKE_A_NUMBER = re.compile(r"\d(?:[\W_]*\d){6,}")


def is_masked(actor: Actor, settings: Settings) -> bool:
    """Whether the actor's role does not see numbers."""
    return actor.role in settings.mask_phones_for


def as_seen(row: RecipientRow, *, masked: bool) -> RecipientRow:
    """The row as it may leave the core."""
    return replace(row, phone=phone.hide(row.phone)) if masked else row


def without_numbers(text: str) -> str:
    """The text as a role may read it that does not see numbers: what looks like one is hidden as in the list."""
    return LIKE_A_NUMBER.sub(_hidden, text)


def _hidden(match: "re.Match[str]") -> str:
    return without_digits(match[0])


def without_digits(number: str) -> str:
    """What stands where a number should, however it is written, with its digits hidden as in the list."""
    written = list(number)
    digits = [at for at, character in enumerate(written) if character.isdigit()]
    # of what is longer than a number, such as two of them, or shorter, only the end is shown
    for at in digits[-8:-4] if len(digits) in _WHOLE else digits[:-4]:
        written[at] = "*"
    return "".join(written)
