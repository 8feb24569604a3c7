"""The headers of a workbook: which column is which, in three languages, however spaced."""

import enum
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from core.values.errors import InvalidInput
from core.values.i18n import _
from core.values.text import bounded

HEADER_SEARCH = 50  # rows within which the headers are looked for
_LONGEST_HEADER = 200  # characters


class Column(enum.StrEnum):
    """The columns that an upload knows; the values are the fields of a draft."""

    NAME = "name"
    PHONE = "phone"
    OTHER_INFORMATION = "other_information"
    ORGANIZATION = "organization"


# The first name of a language is the one that is written.
NAMES: dict[Column, dict[str, tuple[str, ...]]] = {
    Column.NAME: {
        "en": ("Recipient name",),
        "ko": ("수신인 이름", "수신인명", "이름"),
        "ja": ("受信者名",),
    },
    Column.PHONE: {
        "en": ("Mobile phone number",),
        "ko": ("휴대폰 번호", "휴대전화 번호"),
        "ja": ("携帯電話番号",),
    },
    Column.OTHER_INFORMATION: {
        "en": ("Other information",),
        "ko": ("기타 정보",),
        "ja": ("その他情報",),
    },
    Column.ORGANIZATION: {
        "en": ("Responsible organization",),
        "ko": ("담당 기관",),
        "ja": ("担当機関",),
    },
}
# What this program writes beside them, in failed rows and downloads: known, and of no use to an upload.
WRITTEN_BESIDE: dict[str, dict[str, str]] = {
    "row": {"en": "Row", "ko": "행"},
    "result": {"en": "Result", "ko": "결과"},
    "reason": {"en": "Reason", "ko": "사유"},
    "warning": {"en": "Warning", "ko": "주의"},
    "registered_at": {"en": "Registered at", "ko": "등록 일시"},
    "last_call_at": {"en": "Last call at", "ko": "최근 통화 일시"},
    "total_calls": {"en": "Total calls", "ko": "총 통화"},
    "connection_rate": {"en": "Connection rate", "ko": "연결률"},
    "completion_rate": {"en": "Completion rate", "ko": "완료율"},
    "answer_length": {"en": "Average answer length", "ko": "평균 답변 길이"},
    "call_duration": {"en": "Average call duration", "ko": "평균 통화 시간"},
    "campaign": {"en": "Campaign name", "ko": "캠페인명"},
    "status": {"en": "Status", "ko": "상태"},
}


def header_key(value: object) -> str:
    """The form in which headers are compared: no white space, no case, full-width letters as plain ones."""
    folded = unicodedata.normalize("NFKC", bounded(str(value), _LONGEST_HEADER)).casefold()
    return unicodedata.normalize("NFC", "".join(folded.split()))


_COLUMNS = {
    header_key(name): column
    for column, by_language in NAMES.items()
    for names in by_language.values()
    for name in names
}
_BESIDE = {header_key(name) for names in WRITTEN_BESIDE.values() for name in names.values()}


def column_name(column: Column, language: str) -> str:
    """The header to write in the language."""
    return NAMES[column].get(language, NAMES[column]["en"])[0]


def beside_name(field: str, language: str, zone: str = "") -> str:
    """The header to write for a column that an upload ignores; times name their zone."""
    name = WRITTEN_BESIDE[field].get(language, WRITTEN_BESIDE[field]["en"])
    return f"{name} ({zone})" if zone else name


@dataclass(frozen=True, slots=True)
class Headers:
    """Where the columns are: ``row`` counts from 0 within the rows given, ``columns`` give list indexes."""

    row: int
    columns: dict[Column, int]
    unknown: tuple[str, ...]


def _known(cells: Sequence[object]) -> list[tuple[int, Column]]:
    return [
        (at, column)
        for at, cell in enumerate(cells)
        if isinstance(cell, str) and (column := _COLUMNS.get(header_key(cell))) is not None
    ]


def find(rows: Sequence[Sequence[object]], required: Sequence[Column]) -> Headers:
    """The headers among the first rows; lines above them are titles.

    Raises InvalidInput naming the missing column, or one that is there twice.
    """
    best = max(
        range(len(rows)), key=lambda at: (len({c for _, c in _known(rows[at])}), -at), default=-1
    )
    found = _known(rows[best]) if best >= 0 else []
    columns = {column: at for at, column in reversed(found)}
    if not columns:
        raise InvalidInput(
            _("The sheet has no headers that are known."),
            _("The first row must name the columns: {columns}.").format(
                columns=", ".join(_label(column) for column in required)
            ),
        )
    for column in required:
        if column not in columns:
            raise _missing(column)
    for column in columns:
        if sum(other is column for _at, other in found) > 1:
            raise InvalidInput(
                _("Two columns are {column}.").format(column=_label(column)),
                _("Leave one of them out."),
            )
    return Headers(best, columns, tuple(_unknown(rows[best])))


def _missing(column: Column) -> InvalidInput:
    what = _("The column {column} is missing.").format(column=_label(column))
    if column is Column.ORGANIZATION:
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


def _label(column: Column) -> str:
    return {
        Column.NAME: _("Recipient name"),
        Column.PHONE: _("Mobile phone number"),
        Column.OTHER_INFORMATION: _("Other information"),
        Column.ORGANIZATION: _("Responsible organization"),
    }[column]
