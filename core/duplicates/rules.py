"""When two recipients may be one person, and what may be merged. Pure.

The measures are the product's own: a pair is shown to somebody who decides, so that one too many costs a look.
"""

import enum
import unicodedata

from core.contacts.rules import MOST as MOST_CONTACTS
from core.values.i18n import N_, _
from core.values.stored import Words

MOST_PAIRS = 500  # that are shown at once
_NEAR = 75.0  # of 100, over decomposed letters: 김영수 and 김영숙 are 94, 김영수 and 박지훈 43


class Reason(enum.StrEnum):
    """Why two may be one; the strongest first."""

    SAME_NUMBER = "same number"
    SHARED_CONTACT = "shared contact"
    NEAR_NUMBER = "near number"


REASON_WORDS = Words(
    {
        Reason.SAME_NUMBER: N_("same number in two organizations"),
        Reason.SHARED_CONTACT: N_("near name, same contact"),
        Reason.NEAR_NUMBER: N_("same name, near number"),
    }
)


def is_near_number(one: str, other: str) -> bool:
    """Whether one is the other with a digit mistyped, left out, put in, or exchanged with the next."""
    from rapidfuzz.distance import OSA  # where it is needed: every start would pay for it

    return OSA.distance(one, other, score_cutoff=1) <= 1


def is_near_name(one: str, other: str) -> bool:
    """Whether the names are alike, letter by letter of the syllables."""
    from rapidfuzz.fuzz import ratio

    return ratio(_letters(one), _letters(other)) >= _NEAR


def _letters(name: str) -> str:
    return unicodedata.normalize("NFKD", "".join(name.split())).casefold()


def why_not_merge(first_id: int, second_id: int) -> str | None:
    """The reason why these two cannot be merged, or None."""
    if first_id == second_id:
        return _("Somebody cannot be merged with themselves.")
    return None


def why_not_contacts(count: int) -> str | None:
    """The reason why so many different contacts cannot become one recipient's, or None."""
    if count <= MOST_CONTACTS:
        return None
    return _("Together they have {count} contacts; no more than {most} are kept.").format(
        count=count, most=MOST_CONTACTS
    )
