"""Numbers that some roles do not see: hidden in what leaves the core, and nothing to be found out by asking.

Which roles, the setting ``mask_phones_for`` says. ``RecipientService.reveal`` shows one number, with a record.
"""

from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from core import phone
from core.actor import Actor
from core.models import Recipient
from core.recipients.dto import RecipientRow
from core.settings import Settings

_SHOWN = 4  # the last digits, which everybody sees


def is_masked(actor: Actor, settings: Settings) -> bool:
    """Whether the actor's role does not see numbers."""
    return actor.role in settings.mask_phones_for


def as_seen(row: RecipientRow, *, masked: bool) -> RecipientRow:
    """The row as it may leave the core."""
    return replace(row, phone=phone.hide(row.phone)) if masked else row


def seen_number() -> sa.ColumnElement[Any]:
    """What everybody sees of a number, to sort by: the order of whole numbers would tell the rest."""
    start = sa.func.length(Recipient.phone) - (_SHOWN - 1)
    return sa.func.substr(Recipient.phone, start, type_=sa.String())


def number_matches(digits: str, region: str) -> sa.ColumnElement[bool]:
    """Where somebody who does not see numbers searches for digits: whole numbers, or what everybody sees.

    Finding any run of digits would tell a number digit by digit.
    """
    if len(digits) <= _SHOWN:
        return Recipient.phone.endswith(digits)
    return Recipient.phone.in_(phone.whole_numbers(digits, region))
