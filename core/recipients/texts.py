"""A field of a recipient as a text, for workbooks and the screen. Pure."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from core.recipients.dto import AS_READ
from core.recipients.fields import Field, Kind
from core.recipients.rules import STATUS_WORDS, Status
from core.tags.rules import joined
from core.trends import rules as trends
from core.trends.rules import Change
from core.values import phone, times
from core.values.i18n import _
from core.values.stored import unreadable_word

_REMEMBERED = 4_096  # values of a field


def text_of(field: Field, row: object, region: str, zone: ZoneInfo) -> str:
    """The field of the row, numbers as dialled in the region, times in the zone; "" for none."""
    return form_of(field, region, zone)(getattr(row, field.name.value))


def form_of(field: Field, region: str, zone: ZoneInfo) -> Callable[[Any], str]:
    """What makes a text of the field's values."""
    if field.kind is Kind.PHONE:
        return lambda value: phone.show(value, region)
    if field.kind is Kind.TIME:
        return lambda value: times.show(value, zone)
    return _FORMS.get(field.kind, str)


def forms_of_kept(
    field: Field, region: str, zone: ZoneInfo
) -> Callable[[Sequence[Any]], Sequence[str]]:
    """What makes texts of many values of the field as the database keeps them."""
    if field.kind is Kind.PHONE:
        return lambda kept: phone.shown_many(kept, region)
    if field.kind is Kind.TEXT:
        return lambda kept: list(map(str, kept))
    form, read = form_of(field, region, zone), AS_READ.get(field.name.value)
    # most recipients share theirs with others
    each = lru_cache(_REMEMBERED, typed=True)(
        form if read is None else lambda kept: form(read(kept))
    )
    return lambda kept: list(map(each, kept))


def status(value: Status) -> str:
    """The word of a status."""
    return _(STATUS_WORDS[value])


def count(value: int) -> str:
    """``12``."""
    return unreadable_word(value) or str(value)


def percent(rate: float | None) -> str:
    """``0.5`` as ``50%``."""
    return "" if rate is None else unreadable_word(rate) or f"{rate:.0%}"


def length(characters: float | None) -> str:
    """So many characters, with a decimal."""
    return "" if characters is None else unreadable_word(characters) or f"{characters:.1f}"


def change(found: Change | None) -> str:
    """``answers −60% in 4 weeks``."""
    return "" if found is None else trends.words(found)


def duration(seconds: float | None) -> str:
    """Seconds as ``m:ss``."""
    if seconds is None:
        return ""
    if word := unreadable_word(seconds):
        return word
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"


_FORMS: dict[Kind, Callable[[Any], str]] = {
    Kind.STATUS: status,
    Kind.COUNT: count,
    Kind.RATE: percent,
    Kind.LENGTH: length,
    Kind.DURATION: duration,
    Kind.CHANGE: change,
    Kind.TAGS: joined,
}
