"""Phone numbers: parsed and validated with ``phonenumbers``, stored as E.164.

``parse`` takes those of recipients, which are mobile ones; ``parse_any`` whatever can be phoned.
"""

import contextlib
import functools
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from core.values.errors import InvalidInput
from core.values.i18n import _
from core.values.text import bounded, refuse_forbidden, without_marks_around

_HIDDEN = "*"
_KOREA = 82
_WHOLE = 10  # digits of 10-1234-5678
_LEAST_MOBILE, _BEYOND_MOBILES = 1_000_000_000, 1_100_000_000  # 010-... without its zero
_SHORTEST_END = 3  # digits; no way of writing a Korean number ends in less
_MOST_DIGITS = 15  # of E.164
_SHORTEST_NUMBER = 7  # digits; as many make a number that somebody could be phoned at
_FROM_ABROAD = 9  # digits; with fewer, 82 may as well stand within a number
_LONGEST_TYPED = 100  # characters looked at
_KOREAN_MOBILE = re.compile(r"\+8210(\d{4}|\*{4})(\d{4})")
# numbers of companies and offices for the whole country, of which the metadata does not know all
_KOREAN_OFFICE = re.compile(r"\+82(1[568]\d\d|\*{4})(\d{4})")
_KOREAN_SERVICE = re.compile(r"1\d{2}|13\d{2}")
_SHORTEST, _LONGEST_SHORT = 3, 6  # digits of a service's number
_SEPARATED = re.compile(r"\+?[0-9 ().\-/]+")
# Every dash and blank of Unicode, written out since the tables of Pythons differ, and what people type or paste in
# place of one: minus, macron, vowel signs, a line of a box, a wave.
_DASHES = (
    "\u02d7\u058a\u05be\u1400\u1806\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u207b\u208b\u2212\u2500\u2501\u2796"
    "\u2e17\u2e1a\u2e3a\u2e3b\u2e40\u2e5d\u301c\u3030\u30a0\u30fc\u3161\u1173\ufe31\ufe32\ufe58\ufe63\uff0d\uff70\U00010d6e"
    "\U00010ead\xaf\u02c9_"
)
_BLANKS = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u2800\u3000"
)
_DOTS = "\xb7\u2022\u2024\u2027\u2219\u22c5\u3002\u30fb\uff65"
# full-width forms are plain ones; other signs that stand for digits, such as a raised 2, are none
_PLAIN = (
    {0xFEE0 + plain: plain for plain in range(0x21, 0x7F)}
    | dict.fromkeys(map(ord, _DASHES), "-")
    | dict.fromkeys(map(ord, _BLANKS), " ")
    | dict.fromkeys(map(ord, _DOTS), ".")
)
# what stands before a number in its cell and is no part of it
_BEFORE = re.compile(
    "(?:(?:h[. ]?p|c[. ]?p|tel(?:ephone)?|phone|mobile|mob|cell"
    "|휴대 ?(?:폰|전화)|핸드 ?폰|전화|연락처|携帯(?:電話)?|電話)"
    r"(?: ?(?:번호|番号|number|no))?[ .:)]+|[mt][.:)] ?"
    "|[\u2121\u260e\u260f\u2706\U0001f4de\U0001f4f1\U0001f4f2]\ufe0f? ?)+",
    re.IGNORECASE,
)
_AT_ENDS = " ,;'`\"\xb4\u2018\u2019\u201b\u201c\u201d\u2032"
_CODE_IN_BRACKETS = re.compile(r"\( ?\+? ?([1-9][0-9]{0,2}) ?\)[ .-]*")
_FROM_OUTSIDE = re.compile(r"00[ .-]?")
_EXTENSION = re.compile("내선|구내|교환|#|(?<![a-z])(?:ext(?:ension|n)?|x)(?![a-z])", re.IGNORECASE)
# every way in which separators are written; only the digits count
_PLAIN_KOREAN_MOBILE = re.compile(r"(?:0|\+82[ .-]?)10[ .-]?([0-9]{4})[ .-]?([0-9]{4})")

_PLAIN_LINES = re.compile(r"(?:010-?[0-9]{4}-?[0-9]{4}\n)*")

_KOREAN_LINES = re.compile(r"(?:\+8210[0-9*]{8}\n)*")


def parse(text: str, region: str) -> str:
    """The number as E.164 (``+821012345678``).

    ``region`` is the ISO 3166 code for numbers without a country code. Raises InvalidInput (field ``phone``)
    where it cannot be a mobile number.
    """
    if region == "KR" and (plain := _PLAIN_KOREAN_MOBILE.fullmatch(text.strip())):
        e164 = f"+8210{plain[1]}{plain[2]}"
        if _is_korean_mobile_block(plain[1]):
            return e164
        return _valid(e164, region)
    return _valid(_folded(text, region), region)


def plain_mobiles(cells: Sequence[Any], region: str) -> tuple[list[str], list[str]] | None:
    """Many at once that are written as Korean mobile numbers mostly are: as E.164, and their digits to search.

    None where one of them is anything else. What is given is what ``parse`` and ``search_digits`` would.
    """
    if region != "KR":
        return None
    try:
        joined = "\n".join(cells)
    except TypeError:  # no text
        return None
    if (
        not cells
        or joined.count("\n") != len(cells) - 1
        or not _PLAIN_LINES.fullmatch(joined + "\n")
    ):
        return None
    digits = joined.replace("-", "").split("\n")
    if not all(map(_is_korean_mobile_block, {number[3:7] for number in digits})):
        return None
    return ["+82" + number[1:] for number in digits], digits


def with_their_zeros(cells: Sequence[Any], region: str) -> list[str] | None:
    """Many at once that a sheet has as numbers, as they were typed; None where one is no Korean mobile number."""
    if (
        region != "KR"
        or set(map(type, cells)) != {float}
        or not all(map(float.is_integer, cells))
        or not _LEAST_MOBILE <= min(cells) <= max(cells) < _BEYOND_MOBILES
    ):
        return None
    return [f"0{cell:.0f}" for cell in cells]


def _folded(typed: str, region: str) -> str:
    """What was typed, however written: plain digits and signs, the code of the country with a plus, nothing that
    is no part of the number before it."""
    bare = without_marks_around(bounded(typed, _LONGEST_TYPED))
    plain = unicodedata.normalize("NFC", bare).translate(_PLAIN).strip(_AT_ENDS)
    if before := _BEFORE.match(plain):
        plain = plain[before.end() :].strip(_AT_ENDS)
    home = _country_code(region)
    if (code := _CODE_IN_BRACKETS.match(plain)) and (
        plain[1:].lstrip().startswith("+") or code[1] == home
    ):
        plain = f"+{code[1]} {plain[code.end() :]}"
    elif (outside := _FROM_OUTSIDE.match(plain)) and plain.startswith(home, outside.end()):
        plain = "+" + plain[outside.end() :]
    return plain


@functools.lru_cache(maxsize=10_000)
def _is_korean_mobile_block(block: str) -> bool:
    """Whether 010-block-0000 to 9999 are mobile numbers.

    The four digits behind it make no difference, which a test proves for the patterns of ``phonenumbers``; so a
    file of thousands of numbers is asked about its blocks only.
    """
    from phonenumbers import PhoneNumber, PhoneNumberType, number_type

    number = PhoneNumber(country_code=82, national_number=int(f"10{block}0000"))
    return bool(number_type(number) == PhoneNumberType.MOBILE)


@functools.lru_cache(maxsize=65536)
def _valid(text: str, region: str) -> str:
    import phonenumbers
    from phonenumbers import PhoneNumberFormat, PhoneNumberType

    if not text:
        raise InvalidInput(_("Mobile phone number is missing."), field="phone")
    refuse_forbidden(text, "phone", _("Mobile phone number"))
    if not _SEPARATED.fullmatch(text):
        raise _more_than_a_number(text)
    if region == "KR" and text.startswith("00"):
        # the digits of a carrier, or of a country: read as one they would phone somebody else
        raise InvalidInput(
            _("Mobile phone number begins with 00, which does not tell the country for sure."),
            _("Write it with + and the country's code, like +81 90 1234 5678."),
            field="phone",
        )
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        number = None
    korean = number is not None and number.country_code == _KOREA
    if _is_two(text, korean=korean):
        raise _two()
    if number is not None and korean:
        _refuse_not_whole(str(number.national_number))
    if number is None or number.extension or not phonenumbers.is_valid_number(number):
        raise _wrong()
    if phonenumbers.number_type(number) not in (
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
    ):
        raise InvalidInput(
            _("Mobile phone number is not a mobile number."),
            _("A landline or a service number cannot be taken."),
            field="phone",
        )
    return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))


def _wrong() -> InvalidInput:
    return InvalidInput(
        _("Mobile phone number is not a number that can be phoned."),
        _("Write it like 010-1234-5678 or +82 10 1234 5678."),
        field="phone",
    )


def _two() -> InvalidInput:
    return InvalidInput(
        _("Mobile phone number looks like two numbers in one."),
        _("Write one, like 010-1234-5678."),
        field="phone",
    )


def _refuse_not_whole(national: str) -> None:
    if not national.startswith("10"):
        return
    hint = _("Write it like 010-1234-5678 or +82 10 1234 5678.")
    if len(national) == _WHOLE - 1:
        raise InvalidInput(
            _("A digit is missing in Mobile phone number: eight digits come after 010."),
            hint,
            field="phone",
        )
    if len(national) == _WHOLE + 1:
        raise InvalidInput(
            _("Mobile phone number has a digit too many: eight digits come after 010."),
            hint,
            field="phone",
        )


def _more_than_a_number(text: str) -> InvalidInput:
    """The reason for what has more in it than digits and what separates them."""
    pieces = [piece for piece in re.split(r"[^0-9 ().\-]+", text) if re.search("[0-9]", piece)]
    counts = [sum(map(str.isdigit, piece)) for piece in pieces]
    if max(counts, default=0) < _SHORTEST_NUMBER:
        return _wrong()
    if _EXTENSION.search(text):
        return InvalidInput(
            _("Mobile phone number has an extension, which cannot be phoned."),
            _("Write one, like 010-1234-5678."),
            field="phone",
        )
    between = re.fullmatch(r"[0-9 ().\-+]+(?:[^\w().\-+]+[0-9 ().\-+]+)+", text)
    if between or sum(count >= _SHORTEST_NUMBER for count in counts) > 1:
        return _two()
    if re.search(r"[^\W\d_]", text):
        return InvalidInput(
            _("Mobile phone number has words beside the number."),
            _("Write the number alone, and the words into Other information."),
            field="phone",
        )
    return _wrong()


def parse_any(text: str, region: str, *, field: str = "phone", label: str = "") -> str:
    """The number of anybody who can be phoned, landlines and services too, as it is stored.

    That is E.164 (``+82517494000``) or, of a service that has a short number in the region, its digits (``119``).
    Raises InvalidInput (``field``), which calls it by its label.
    """
    return _any(_folded(text, region), region, field, label or _("Telephone number"))


def is_service(stored: str) -> bool:
    """Whether this is the short number of a service, which everybody knows."""
    return bool(stored) and not stored.startswith("+")


@functools.lru_cache(maxsize=4096)
def _any(text: str, region: str, field: str, label: str) -> str:
    import phonenumbers
    from phonenumbers import PhoneNumberFormat

    wrong = InvalidInput(
        _("{field} is not a number that can be phoned.").format(field=label),
        _("Write it with its area code, like 051-749-4000, or a service as it is, like 119."),
        field=field,
    )
    if not text:
        raise InvalidInput(_("{field} is missing.").format(field=label), field=field)
    refuse_forbidden(text, field, label)
    # 00 does not tell the country for sure
    if not _SEPARATED.fullmatch(text) or (region == "KR" and text.startswith("00")):
        raise wrong
    digits = "".join(filter(str.isdigit, text))
    if "+" not in text and _is_service(digits, region):
        return digits
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        raise wrong from None
    korean = number.country_code == _KOREA
    if _is_two(text, korean=korean):
        raise InvalidInput(
            _("{field} looks like two numbers in one.").format(field=label),
            _("Write one of them."),
            field=field,
        )
    e164 = str(phonenumbers.format_number(number, PhoneNumberFormat.E164))
    national = str(number.national_number)
    is_whole = not korean or not national.startswith("10") or len(national) == _WHOLE
    is_office = _KOREAN_OFFICE.fullmatch(e164) is not None
    is_valid = is_office or (not number.extension and phonenumbers.is_valid_number(number))
    if not is_whole or not is_valid:
        raise wrong
    return e164


def _is_service(digits: str, region: str) -> bool:
    if not _SHORTEST <= len(digits) <= _LONGEST_SHORT:
        return False
    if region == "KR" and _KOREAN_SERVICE.fullmatch(digits):
        return True  # new ones come, and the metadata lags behind
    from phonenumbers import PhoneNumber, shortnumberinfo

    code = int(_country_code(region))
    number = PhoneNumber(country_code=code, national_number=int(digits))
    is_written_so = str(number.national_number) == digits
    return is_written_so and bool(shortnumberinfo.is_valid_short_number_for_region(number, region))


def _is_two(text: str, *, korean: bool) -> bool:
    """Whether more than one number is written, such as 010-420-0043/4: read as one it would be somebody else's."""
    groups = [len(group) for group in re.split(r"[^0-9]+", text) if group]
    if len(groups) > 1 and sum(groups) > _MOST_DIGITS:
        return True
    ends_short = len(groups) > 1 and groups[-1] < _SHORTEST_END and max(groups) > _SHORTEST_END
    return ends_short and ("/" in text or korean)


@functools.lru_cache(maxsize=4096)
def show(e164: str, region: str) -> str:
    """The number as people of the region read it: national form at home, else international."""
    if region == "KR" and (match := _KOREAN_MOBILE.fullmatch(e164)):
        return f"010-{match[1]}-{match[2]}"
    if region == "KR" and (match := _KOREAN_OFFICE.fullmatch(e164)):
        return f"{match[1]}-{match[2]}"
    if _HIDDEN in e164:
        return _show_hidden(e164, region)
    import phonenumbers
    from phonenumbers import PhoneNumberFormat

    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    home = phonenumbers.region_code_for_number(number) == region
    form = PhoneNumberFormat.NATIONAL if home else PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(number, form))


def shown_many(e164s: Sequence[str], region: str) -> list[str]:
    """What ``show`` makes of each, of many at once."""
    if region == "KR" and _KOREAN_LINES.fullmatch("\n".join((*e164s, ""))):
        return [f"010-{number[5:9]}-{number[9:]}" for number in e164s]
    return [show(number, region) for number in e164s]


def hide(e164: str) -> str:
    """The number with its middle hidden, as it leaves the core for who may not see it: ``+8210****5678``."""
    return e164[:-8] + _HIDDEN * len(e164[-8:-4]) + e164[-4:]


def mask(e164: str, region: str) -> str:
    """The number as people of the region read it, its middle hidden: ``010-****-5678``."""
    return show(hide(e164), region)


def is_hidden_form(text: str, e164: str, region: str) -> bool:
    """Whether this is the number with its middle hidden, as the core gives it or as people read it."""
    return text in (hide(e164), mask(e164, region))


def _show_hidden(hidden: str, region: str) -> str:
    """Written as a number would be that has digits where this one has none."""
    first = len(hidden) - hidden.index(_HIDDEN)
    last = len(hidden) - hidden.rindex(_HIDDEN)
    shown = list(show(hidden.replace(_HIDDEN, "0"), region))
    digits = [at for at, character in enumerate(shown) if character.isdigit()]
    for at in digits[-first : -last + 1 or None]:
        shown[at] = _HIDDEN
    return "".join(shown)


def search_digits(e164: str, region: str) -> str:
    """The digits that a search looks in: as dialled at home, with the country code for all others."""
    return "".join(filter(str.isdigit, show(e164, region)))


def typed_digits(text: str, region: str) -> str | None:
    """The digits somebody typed to search a number, however written, or None where it is no number.

    The home country code is taken off, so that ``+82 10-1234`` and ``82-10-1234-5678`` find what ``010-1234``
    finds.
    """
    folded = _folded(text, region)
    if not _SEPARATED.fullmatch(folded):
        return None
    digits = "".join(filter(str.isdigit, folded))
    home = _country_code(region)
    if folded.startswith("+") and digits.startswith(home):
        digits = digits.removeprefix(home)
    elif digits.startswith(home) and len(digits) >= _FROM_ABROAD:
        with contextlib.suppress(InvalidInput):
            return search_digits(parse(folded, region), region)
    return digits or None


@functools.lru_cache(maxsize=8)
def _country_code(region: str) -> str:
    if region == "KR":
        return "82"
    import phonenumbers

    return str(phonenumbers.country_code_for_region(region))
