"""The headers of a workbook: which column is which, in three languages, however spaced."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from core.recipients.fields import BY_NAME, FIELDS, TYPED, FieldName, Kind
from core.values.errors import InvalidInput
from core.values.i18n import _
from core.values.text import bounded, without_marks

HEADER_SEARCH = 50  # rows within which the headers are looked for
_LONGEST_HEADER = 200  # characters


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
    folded = unicodedata.normalize("NFKC", bounded(str(value), _LONGEST_HEADER)).casefold()
    plain = unicodedata.normalize("NFC", "".join(without_marks(folded).split()))
    return _NO_PART.sub("", plain) or plain


_COLUMNS = {
    header_key(header): field.name.value
    for field in TYPED
    for headers in field.headers.values()
    for header in headers
}
_BESIDE = {header_key(name) for names in BESIDE.values() for name in names.values()} | {
    header_key(header)
    for field in FIELDS
    if not field.typed
    for headers in field.headers.values()
    for header in headers
}


def written(name: str, language: str, zone: str = "") -> str:
    """The header to write for a field, or for what stands beside the fields; times name their zone."""
    if name in BESIDE:
        return BESIDE[name].get(language, BESIDE[name]["en"])
    field = BY_NAME[name]
    header = field.header(language)
    return f"{header} ({zone})" if zone and field.kind is Kind.TIME else header


@dataclass(frozen=True, slots=True)
class Headers:
    """Where the fields are: ``row`` counts from 0 within the rows given, ``columns`` give list indexes."""

    row: int
    columns: dict[str, int]
    unknown: tuple[str, ...]


def _known(cells: Sequence[object]) -> list[tuple[int, str]]:
    return [
        (at, column)
        for at, cell in enumerate(cells)
        if isinstance(cell, str) and (column := _COLUMNS.get(header_key(cell))) is not None
    ]


def find(rows: Sequence[Sequence[object]], required: Sequence[str]) -> Headers:
    """The headers among the first rows; lines above them are titles.

    Raises InvalidInput naming the missing column, or one that is there twice.
    """
    known = [{column for _, column in _known(row)} for row in rows]
    # the first that has all; another table may follow
    best = next((at for at, columns in enumerate(known) if columns.issuperset(required)), -1)
    if best < 0:
        best = max(range(len(rows)), key=lambda at: (len(known[at]), -at), default=-1)
    found = _known(rows[best]) if best >= 0 else []
    columns = {column: at for at, column in reversed(found)}
    if not columns:
        raise InvalidInput(
            _("The sheet has no headers that are known."),
            _("The first row must name the columns: {columns}.").format(
                columns=", ".join(BY_NAME[column].label for column in required)
            ),
        )
    for column in required:
        if column not in columns:
            raise _missing(column)
    for column in columns:
        if sum(other == column for _at, other in found) > 1:
            raise InvalidInput(
                _("Two columns are {column}.").format(column=BY_NAME[column].label),
                _("Leave one of them out."),
            )
    return Headers(best, columns, tuple(_unknown(rows[best])))


def _missing(column: str) -> InvalidInput:
    what = _("The column {column} is missing.").format(column=BY_NAME[column].label)
    if column == FieldName.ORGANIZATION:
        return InvalidInput(what, _("Add it, or choose one organization for the whole upload."))
    return InvalidInput(what, _("Add it; carecall template writes a workbook with every column."))


def _unknown(cells: Sequence[object]) -> list[str]:
    return [
        " ".join(str(cell).split())[:40]
        for cell in cells
        if cell not in ("", None)
        and (key := header_key(cell)) not in _COLUMNS
        and key.partition("(")[0] not in _BESIDE
    ]
