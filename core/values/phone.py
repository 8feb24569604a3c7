"""Mobile phone numbers: parsed and validated with ``phonenumbers``, stored as E.164."""

import contextlib
import functools
import re
import unicodedata

from core.values.errors import InvalidInput
from core.values.i18n import _
from core.values.text import bounded, refuse_forbidden, without_marks_around

_HIDDEN = "*"
_KOREA = 82
_WHOLE = 10  # digits of 10-1234-5678
_SHORTEST_END = 3  # digits; no way of writing a Korean number ends in less
_MOST_DIGITS = 15  # of E.164
_FROM_ABROAD = 9  # digits; with fewer, 82 may as well stand within a number
_LONGEST_TYPED = 100  # characters looked at
_KOREAN_MOBILE = re.compile(r"\+8210(\d{4}|\*{4})(\d{4})")
_SEPARATED = re.compile(r"\+?[\d\s().\-/]+")
# hyphens of every kind, and what people type or paste in their place: minus, vowel signs, a line of a box
_DASHES = dict.fromkeys(
    map(
        ord,
        "\u02d7\u058a\u05be\u1806\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2500\u2e3a\u2e3b"
        "\u30fc\u3161\u1173\ufe31\ufe32",
    ),
    "-",
)
# every way in which separators are written; only the digits count
_PLAIN_KOREAN_MOBILE = re.compile(r"(?:0|\+82[ .-]?)10[ .-]?([0-9]{4})[ .-]?([0-9]{4})")


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
    return _valid(_folded(text), region)


def _folded(typed: str) -> str:
    """What was typed, however written: plain digits and signs, every dash a hyphen, no marks around it."""
    bare = without_marks_around(bounded(typed, _LONGEST_TYPED))
    return unicodedata.normalize("NFKC", bare).translate(_DASHES).strip()


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

    wrong = InvalidInput(
        _("Mobile phone number is not a number that can be phoned."),
        _("Write it like 010-1234-5678 or +82 10 1234 5678."),
        field="phone",
    )
    if not text:
        raise InvalidInput(_("Mobile phone number is missing."), field="phone")
    refuse_forbidden(text, "phone", _("Mobile phone number"))
    if len(text) > 40 or not _SEPARATED.fullmatch(text):
        raise wrong
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        number = None
    if _is_two(text, korean=number is not None and number.country_code == _KOREA):
        raise InvalidInput(
            _("Mobile phone number looks like two numbers in one."),
            _("Write one, like 010-1234-5678."),
            field="phone",
        )
    if number is None or number.extension or not phonenumbers.is_valid_number(number):
        raise wrong
    national = str(number.national_number)
    if number.country_code == _KOREA and national.startswith("10") and len(national) != _WHOLE:
        raise InvalidInput(
            _("Mobile phone number is not whole: eight digits come after 010."),
            _("Write it like 010-1234-5678 or +82 10 1234 5678."),
            field="phone",
        )
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


def _is_two(text: str, *, korean: bool) -> bool:
    """Whether more than one number is written, such as 010-420-0043/4: read as one it would be somebody else's."""
    groups = [len(group) for group in re.split(r"\D+", text) if group]
    ends_short = len(groups) > 1 and groups[-1] < _SHORTEST_END and max(groups) > _SHORTEST_END
    if "/" in text and (ends_short or sum(groups) > _MOST_DIGITS):
        return True
    return korean and ends_short


@functools.lru_cache(maxsize=4096)
def show(e164: str, region: str) -> str:
    """The number as people of the region read it: national form at home, else international."""
    if region == "KR" and (match := _KOREAN_MOBILE.fullmatch(e164)):
        return f"010-{match[1]}-{match[2]}"
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


def hide(e164: str) -> str:
    """The number with its middle hidden, as it leaves the core for who may not see it: ``+8210****5678``."""
    return e164[:-8] + _HIDDEN * len(e164[-8:-4]) + e164[-4:]


def mask(e164: str, region: str) -> str:
    """The number as people of the region read it, its middle hidden: ``010-****-5678``."""
    return show(hide(e164), region)


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
    folded = _folded(text)
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
