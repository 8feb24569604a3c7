"""Cells of a sheet as the texts that a person meant: never a silent change. Pure.

Each function gives the text and a warning (or ""), and raises InvalidInput with the reason where the cell
cannot be taken.
"""

import datetime
import enum
import re

from msgspec import Struct

from core.values import phone
from core.values.errors import InvalidInput
from core.values.i18n import _
from core.values.text import has_marks_around

LONGEST = 1_000  # characters; no rule allows as many, and a cell may hold 32,767
_EXACT_DIGITS = 15  # a spreadsheet keeps no more of a number
_ZEROS_BY_CHANCE = 4
_EXPONENT_TEXT = re.compile(r"[+-]?\d+([.,]\d+)?[eE][+-]?\d+")
_KOREAN_NOT_WHOLE = re.compile("10(?:[0-9]{7}|[0-9]{9})")
_DATES = (datetime.date, datetime.time, datetime.timedelta)  # a datetime is a date


class Sign(enum.Enum):
    """What the sheet says of a cell beside its value."""

    FORMULA = "formula"
    NO_VALUE = "no value"
    ERROR = "error"
    FORMULA_ERROR = "error of a formula"
    EXPONENT = "exponent"


# what stands for an error where a program has saved a sheet as text
ERRORS = frozenset(("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"))
_NOTHING_TO_READ = (Sign.NO_VALUE, Sign.ERROR, Sign.FORMULA_ERROR)


class Mark(Struct, frozen=True):
    """A sign, and for an exponent the number as it was written."""

    sign: Sign
    written: str = ""


def is_blank(value: object, mark: Mark | None = None) -> bool:
    """Whether the cell gives nothing."""
    if mark is not None and mark.sign in _NOTHING_TO_READ:
        return False
    return value is None or (isinstance(value, str) and not value.strip())


def raw(value: object) -> str:
    """The cell as a text, for the results: dates in ISO form, whole numbers without a point."""
    if isinstance(value, str):
        return value[:LONGEST]
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return "" if value is None else str(value)


def text(
    value: object, mark: Mark | None, *, field: str, label: str, dates: bool = False
) -> tuple[str, str]:
    """A cell that should be text. ``dates``: one may stand for its text."""
    if mark is None and isinstance(value, str) and len(value) <= LONGEST:
        return value, "" if value.isprintable() else _marks_left_out(value, label)
    _refuse_signs(mark, field, label)
    if isinstance(value, _DATES) and not dates:
        raise InvalidInput(
            _("{field} is a date in the sheet, not text.").format(field=label),
            _("Format the cell as text and type it again."),
            field=field,
        )
    taken = raw(value)
    if isinstance(value, str):
        if len(value) > LONGEST:
            raise InvalidInput(
                _("{field} is far too long ({length} characters).").format(
                    field=label, length=len(value)
                ),
                field=field,
            )
        taken = value
    if mark is not None and mark.sign is Sign.FORMULA:
        return taken, _("{field} is a formula; its value {value} was taken.").format(
            field=label, value=taken
        )
    if isinstance(value, str):
        return taken, _marks_left_out(taken, label)
    return taken, no_text(label, taken)


def no_text(label: str, value: str) -> str:
    """The warning where something else stands in the sheet than a text."""
    return _("{field} is no text in the sheet; it was read as {value}.").format(
        field=label, value=value
    )


def _marks_left_out(text: str, label: str) -> str:
    """The warning where invisible marks stand around the text."""
    if not has_marks_around(text):
        return ""
    return _("Invisible marks around {field} were left out.").format(field=label)


def phone_number(value: object, mark: Mark | None, region: str) -> tuple[str, str, str]:
    """A mobile phone number: E.164, how the file gave it, and the warning."""
    if mark is None and isinstance(value, str) and "e" not in value and "E" not in value:
        return phone.parse(value[:LONGEST], region), value, _marks_around_number(value)
    label = _("Mobile phone number")
    _refuse_signs(mark, "phone", label)
    if isinstance(value, str):
        if len(value) <= LONGEST and _EXPONENT_TEXT.fullmatch(written := value.strip()):
            return _from_number(
                float(written.replace(",", ".")), Mark(Sign.EXPONENT, written), region
            )
        warning = _marks_around_number(value)
        if mark is not None and mark.sign is Sign.FORMULA:
            warning = _("{field} is a formula; its value {value} was taken.").format(
                field=label, value=value[:LONGEST].strip()
            )
        return phone.parse(value[:LONGEST], region), value, warning
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _from_number(float(value), mark, region)
    if isinstance(value, _DATES):
        raise _as_text(_("Mobile phone number is a date in the sheet, not text."))
    raise _as_text(_("Mobile phone number is no text in the sheet."))


def any_number(
    value: object, mark: Mark | None, region: str, *, field: str, label: str
) -> tuple[str, str]:
    """The number of anybody who can be phoned, as it is stored, and the warning."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        written, warning = text(value, mark, field=field, label=label)
        return phone.parse_any(written, region, field=field, label=label), warning
    _refuse_signs(mark, field, label)
    digits = raw(value)
    whole = digits.isdecimal() and not (mark is not None and _loses_digits(mark, digits))
    for candidate in ("0" + digits, digits, "+" + digits) if whole else ():
        try:
            number = phone.parse_any(candidate, region, field=field, label=label)
        except InvalidInput:
            continue
        return number, no_text(label, phone.show(number, region))
    raise InvalidInput(
        _("{field} is not a number that can be phoned.").format(field=label),
        _("Format the column as text and type it again."),
        field=field,
    )


def _marks_around_number(text: str) -> str:
    if text.isascii():
        return ""
    return _marks_left_out(text, _("Mobile phone number"))


def read_as(shown: str) -> str:
    """The warning where a number to be phoned is a number in the sheet."""
    return _("Mobile phone number is a number in the sheet; it was read as {phone}.").format(
        phone=shown
    )


def _from_number(value: float, mark: Mark | None, region: str) -> tuple[str, str, str]:
    if not value.is_integer() or value < 0:
        raise _as_text(_("Mobile phone number is a number with a fraction or a sign in the sheet."))
    digits = str(int(value))
    if len(digits) > _EXACT_DIGITS or (mark is not None and _loses_digits(mark, digits)):
        raise _lost_digits()
    if region == "KR" and _KOREAN_NOT_WHOLE.fullmatch(digits):
        phone.parse("0" + digits, region)  # which says what is wrong with it
    for candidate in ("0" + digits, digits, "+" + digits):
        try:
            number = phone.parse(candidate, region)
        except InvalidInput:
            continue
        return number, digits, read_as(phone.show(number, region))
    raise InvalidInput(
        _(
            "Mobile phone number {digits} is a number in the sheet, and not one that can be phoned."
        ).format(digits=digits),
        _("Format the column as text and type it again."),
        field="phone",
    )


def _loses_digits(mark: Mark, digits: str) -> bool:
    """Whether the exponent form says less digits than the number has."""
    if mark.sign is not Sign.EXPONENT:
        return False
    mantissa, exponent = re.split("[eE]", mark.written, maxsplit=1)
    missing = len(digits) - len(re.sub(r"\D", "", mantissa))
    # Java writes 1.01234567E9 for 1012345670 and has lost nothing; C's %g writes 1.01235e+09 and has
    return missing >= (1 if "+" in exponent else _ZEROS_BY_CHANCE)


def _refuse_signs(mark: Mark | None, field: str, label: str) -> None:
    if mark is None:
        return
    if mark.sign is Sign.NO_VALUE:
        raise InvalidInput(
            _("{field} is a formula without a value.").format(field=label),
            _("Open and save the file in a spreadsheet program, or type the value."),
            field=field,
        )
    if mark.sign in (Sign.ERROR, Sign.FORMULA_ERROR):
        raise InvalidInput(
            _("{field} is an error in the sheet, such as #N/A.").format(field=label), field=field
        )


def _lost_digits() -> InvalidInput:
    return _as_text(
        _("Mobile phone number was turned into an exponent in the sheet and lost digits.")
    )


def _as_text(what: str) -> InvalidInput:
    return InvalidInput(what, _("Format the column as text and type it again."), field="phone")
