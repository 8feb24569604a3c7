"""Numbers that some roles do not see: hidden in what leaves the core, and nothing to be found out by asking.

Which roles, the setting ``mask_phones_for`` says. ``RecipientService.reveal`` shows one number, with a record.
"""

import re
from dataclasses import replace

from core.app.actor import Actor
from core.recipients.dto import RecipientRow
from core.values import phone
from core.values.settings import Settings

_WHOLE = 10  # digits
_LIKE_A_NUMBER = re.compile(r"\d(?:[\s().\-\u2010-\u2015\u2212/]*\d){6,}")


def is_masked(actor: Actor, settings: Settings) -> bool:
    """Whether the actor's role does not see numbers."""
    return actor.role in settings.mask_phones_for


def as_seen(row: RecipientRow, *, masked: bool) -> RecipientRow:
    """The row as it may leave the core."""
    return replace(row, phone=phone.hide(row.phone)) if masked else row


def without_numbers(text: str) -> str:
    """The text as a role may read it that does not see numbers: what looks like one is hidden as in the list."""
    return _LIKE_A_NUMBER.sub(_hidden, text)


def _hidden(match: "re.Match[str]") -> str:
    written = list(match[0])
    digits = [at for at, character in enumerate(written) if character.isdigit()]
    # of what is shorter than a number, only the end is shown
    for at in digits[-8:-4] if len(digits) >= _WHOLE else digits[:-4]:
        written[at] = "*"
    return "".join(written)
