"""Reading what the database holds, whatever was put there: one bad row is shown as such, the others all the same.

Constraints of the database keep such values out; what an older version, a repair or a program beside this one left
there is still read. A bad moment is ``core.values.times.UNREADABLE``, a bad number ``nan``.
"""

import enum
import math
from typing import Any, TypeVar, cast

from core.values.i18n import N_, _

_Kind = TypeVar("_Kind", bound=enum.Enum)
_Key = TypeVar("_Key")
_LARGEST = 2**53  # whole in every program that reads it


class _Unreadable(enum.StrEnum):
    """Stands for a value that is none of those that the program knows."""

    UNREADABLE = "unreadable"


UNREADABLE: Any = _Unreadable.UNREADABLE
UNREADABLE_WORD = N_("unreadable")


def stored(kind: type[_Kind], value: object) -> _Kind:
    """The member that a stored value stands for; ``UNREADABLE`` for one that is not known."""
    try:
        return kind(value)
    except ValueError:
        return cast(_Kind, UNREADABLE)


def stored_number(value: Any) -> Any:
    """The number as it is stored; ``nan`` for what is none, or larger than any count or time can be."""
    return value if isinstance(value, int | float) and abs(value) <= _LARGEST else math.nan


def stored_texts(value: object) -> list[str]:
    """The texts of a list that is stored as JSON, without what is none."""
    return [one for one in stored_list(value) if isinstance(one, str)]


def stored_list(value: object) -> list[Any]:
    """What is stored as a JSON array; an empty one for anything else."""
    return value if isinstance(value, list) else []


def stored_object(value: object) -> dict[str, Any]:
    """What is stored as a JSON object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


class Words(dict[_Key, str]):
    """The words for the values of a closed set, with one for what cannot be read."""

    def __missing__(self, key: _Key) -> str:
        """The word for what is not in the set."""
        return UNREADABLE_WORD


def unreadable_word(number: float) -> str:
    """The word for a number that cannot be read, as a cell shows it; "" for any other."""
    return _(UNREADABLE_WORD) if math.isnan(number) else ""
