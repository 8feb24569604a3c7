"""A query of the list as it is kept, and read again by whichever version: JSON, with the number of its form.

What a newer version has added is not understood here, and not lost: ``kept`` takes it over from what was kept
before. A form of a higher number means something else by the same fields: it is not read at all. Pure.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from core.calls.rules import Analysis, CallResult
from core.recipients.dto import RecipientQuery
from core.recipients.fields import TEXT_NAMES, FieldName
from core.recipients.rules import SEARCH_MAXIMUM, STATUS_NAMES
from core.values.days import Ago, parse_past
from core.values.errors import InvalidInput
from core.values.i18n import _
from core.values.stored import stored_object
from core.values.text import displayed_line

FORM = 1
MOST_DAYS = 9_999
_LARGEST_ID = 2**63 - 1
_ANY_DAY = date(2026, 1, 1)
_STATUSES = {name: status for status, name in STATUS_NAMES.items()}
_FORM, _FILTER = "form", "filter"
_LONGEST_NAME = 40  # of a field that is told


class _Kept(Struct, frozen=True):
    """How one value is kept, and read again; reading raises ValueError for what is not known."""

    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > SEARCH_MAXIMUM:
        raise ValueError
    return displayed_line(value)


def _clean(typed: str) -> str:
    if len(typed) > SEARCH_MAXIMUM:
        raise InvalidInput(
            _("A search may have at most {maximum} characters.").format(maximum=SEARCH_MAXIMUM)
        )
    return displayed_line(typed)


def _day(value: Any) -> Any:
    try:
        found = parse_past(_text(value), _ANY_DAY)
    except InvalidInput:
        raise ValueError from None
    if found is None:
        raise ValueError
    return found


def _number(least: int, most: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if type(value) is not int or not least <= value <= most:
            raise ValueError
        return value

    return read


def _some(known: Mapping[str, Any]) -> Callable[[Any], frozenset[Any]]:
    def read(value: Any) -> frozenset[Any]:
        if not isinstance(value, list) or not value or not all(one in known for one in value):
            raise ValueError
        return frozenset(known[one] for one in value)

    return read


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise ValueError
    return tuple(map(_text, value))


def _same(value: Any) -> Any:
    return value


def _sort(value: Any) -> FieldName:
    return FieldName(value)


def _flag(value: Any) -> bool:
    return {"yes": True, "no": False}[value]


_TEXT = _Kept(_clean, _text)
_DAY = _Kept(lambda day: str(day) if isinstance(day, Ago) else day.isoformat(), _day)
_FLAG = _Kept(lambda flag: "yes" if flag else "no", _flag)
# each field of RecipientFilter
_FIELDS: Mapping[str, _Kept] = {
    **dict.fromkeys((*TEXT_NAMES, "organization", "campaign"), _TEXT),
    **dict.fromkeys(
        ("registered_from", "registered_to", "last_call_from", "last_call_to", "emergency_from"),
        _DAY,
    ),
    "statuses": _Kept(lambda some: [STATUS_NAMES[one] for one in sorted(some)], _some(_STATUSES)),
    "analyses": _Kept(sorted, _some({one.value: one.value for one in Analysis})),
    "results": _Kept(sorted, _some({one.value: one.value for one in CallResult})),
    "unanswered_streak": _Kept(_same, _number(1, 999)),
    "resumes_within": _Kept(_same, _number(0, MOST_DAYS)),
    "no_call_days": _Kept(_same, _number(1, MOST_DAYS)),
    "getting_worse": _FLAG,
    "tags": _Kept(lambda names: [_clean(name) for name in names], _texts),
}
# and of RecipientQuery itself
_OWN: Mapping[str, _Kept] = {
    "organization_id": _Kept(_same, _number(1, _LARGEST_ID)),
    "search": _TEXT,
    "sort": _Kept(lambda sort: sort.value, _sort),
    "descending": _FLAG,
}
_NOTHING = RecipientQuery()


class Read(Struct, frozen=True):
    """A query as it was read, and the names of what in it is not understood."""

    query: RecipientQuery
    unknown: tuple[str, ...] = ()


def kept(query: RecipientQuery, before: object = None) -> dict[str, Any]:
    """The query as it is kept; with what was not understood of what was kept in its place before.

    Raises InvalidInput where that is of a newer form, or a text is longer than any that is searched for.
    """
    _values, others, others_within = _parts(before)
    own = others | _written(query, _OWN, _NOTHING)
    own[_FILTER] = others_within | _written(query.filter, _FIELDS, _NOTHING.filter)
    return own | {_FORM: FORM}


def read(kept: object) -> Read:
    """The query that was kept. Raises InvalidInput for one of a newer form."""
    query, others, others_within = _parts(kept)
    unknown = sorted({*others, *others_within})
    return Read(query, tuple(displayed_line(str(name))[:_LONGEST_NAME] for name in unknown))


def _parts(kept: object) -> tuple[RecipientQuery, dict[str, Any], dict[str, Any]]:
    """The query, and what is not understood: beside the filter, and in it."""
    found = dict(stored_object(kept))
    if found.pop(_FORM, FORM) != FORM:
        raise InvalidInput(
            _("This view was made by a newer version, which means something else by it."),
            _("Update carecall-console on this host."),
        )
    within, others_within = _understood(stored_object(found.pop(_FILTER, None)), _FIELDS)
    own, others = _understood(found, _OWN)
    query = replace(_NOTHING, filter=replace(_NOTHING.filter, **within), **own)
    return query, others, others_within


def _written(one: object, known: Mapping[str, _Kept], nothing: object) -> dict[str, Any]:
    """What is not as it is where nothing is asked for."""
    return {
        name: how.write(getattr(one, name))
        for name, how in known.items()
        if getattr(one, name) != getattr(nothing, name)
    }


def _understood(
    found: Mapping[str, Any], known: Mapping[str, _Kept]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What can be read, and the rest as it is: fields that are not known, and values that are none of theirs."""
    values, others = {}, {}
    for name, value in found.items():
        try:
            values[name] = known[name].read(value)
        except (KeyError, ValueError, TypeError):
            others[name] = value
    return values, others
