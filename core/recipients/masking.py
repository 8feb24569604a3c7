"""Numbers that some roles do not see: hidden in what leaves the core, and nothing to be found out by asking.

Which roles, the setting ``mask_phones_for`` says. ``RecipientService.reveal`` shows one number, with a record.
"""

from dataclasses import replace

from core import phone
from core.actor import Actor
from core.recipients.dto import RecipientRow
from core.settings import Settings


def is_masked(actor: Actor, settings: Settings) -> bool:
    """Whether the actor's role does not see numbers."""
    return actor.role in settings.mask_phones_for


def as_seen(row: RecipientRow, *, masked: bool) -> RecipientRow:
    """The row as it may leave the core."""
    return replace(row, phone=phone.hide(row.phone)) if masked else row
