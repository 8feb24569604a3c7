"""The words of headers: what each field is called, in three languages, however spaced; what is written for it."""

import re
import unicodedata

from core.recipients.fields import BY_NAME, FIELDS, SHEET, Kind
from core.values.errors import InvalidInput
from core.values.i18n import _
from core.values.text import bounded, without_marks

LONGEST_HEADER = 200  # characters

# What this program writes beside the fields of a recipient: known, and of no use to an upload.
BESIDE: dict[str, dict[str, str]] = {
    "row": {"en": "Row", "ko": "행"},
    "result": {"en": "Result", "ko": "결과"},
    "reason": {"en": "Reason", "ko": "사유"},
    "warning": {"en": "Warning", "ko": "주의"},
}


# what people put around a header and is no part of it
_NO_PART = re.compile(
    "[*※✱•⁎:'`\"\xb4‘’“”]|[(\\[<【〔]?(?:필수|선택|required|optional|必須|任意)(?:입력|사항|항목)?[)\\]>】〕]"
)


def header_key(value: object) -> str:
    """The form in which headers are compared: no white space, case, marks or asterisks, no ``(required)`` in any
    language, full-width letters as plain ones."""
    folded = unicodedata.normalize("NFKC", bounded(str(value), LONGEST_HEADER)).casefold()
    plain = unicodedata.normalize("NFC", "".join(without_marks(folded).split()))
    return _NO_PART.sub("", plain) or plain


_FIELD_OF = {
    header_key(header): field.name.value
    for field in SHEET
    for headers in field.headers.values()
    for header in headers
}
_OF_THEMSELVES = frozenset(("본인", "당사자", "어르신", "대상자", "수신자", "本人"))
_TWICE = re.compile(r"(.+)[(\[](.+)[)\]]")
_SHEET_NAMES = tuple(field.name.value for field in SHEET)
# what gives way to a header that says more, such as 휴대폰
GENERIC = frozenset(
    map(header_key, ("연락처", "전화번호", "電話番号", "대상자", "수신자", "소속", "기관", "구분"))
)
KEYS_BESIDE = {header_key(name) for names in BESIDE.values() for name in names.values()} | {
    header_key(header)
    for field in FIELDS
    if not field.typed
    for headers in field.headers.values()
    for header in headers
}


def field_called(key: str) -> str:
    """The field of a header's key; "" where there is none.

    연락처(휴대폰) says it twice and 연락처(본인) whose it is; 연락처(보호자) and 연락처(집) are of others.
    """
    if field := _FIELD_OF.get(key, ""):
        return field
    if (twice := _TWICE.fullmatch(key)) is None:
        return ""
    what, more = twice.groups()
    field = _FIELD_OF.get(what, "")
    return field if more in _OF_THEMSELVES or _FIELD_OF.get(more) == field else ""


def written(name: str, language: str, zone: str = "") -> str:
    """The header to write for a field, or for what stands beside the fields; times name their zone."""
    if name in BESIDE:
        return BESIDE[name].get(language, BESIDE[name]["en"])
    field = BY_NAME[name]
    header = field.header(language)
    return f"{header} ({zone})" if zone and field.kind is Kind.TIME else header


def field_named(text: str) -> str:
    """The field that somebody names, by its own name or any header; "" for ``-``. Raises InvalidInput."""
    if (text := text.strip()) == "-":
        return ""
    name = text if text in _SHEET_NAMES else field_called(header_key(text))
    if not name:
        raise InvalidInput(
            _("There is no field {name}.").format(name=text[:40]),
            _("The fields are: {fields}.").format(fields=", ".join((*_SHEET_NAMES, "-"))),
        )
    return name
