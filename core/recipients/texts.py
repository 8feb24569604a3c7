"""A field of a recipient as a text, for workbooks and the screen. Pure."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from core.recipients.fields import Field, Kind
from core.recipients.rules import STATUS_WORDS, Status
from core.values import phone, times
from core.values.i18n import _
from core.values.stored import unreadable_word


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
}
