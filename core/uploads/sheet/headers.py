"""The headers of a workbook: in which rows they stand, and which column is which."""

import hashlib
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct
from msgspec import field as default

from core.recipients.fields import BY_NAME, FieldName
from core.uploads.sheet.header_words import (
    GENERIC,
    KEYS_BESIDE,
    LONGEST_HEADER,
    field_called,
    header_key,
)
from core.uploads.sheet.scan import HEAD, column_letters
from core.values.errors import InvalidInput
from core.values.i18n import _

HEADER_SEARCH = HEAD  # rows within which the headers are looked for
_SHOWN = 40  # characters of a header that are told
_VALUE_DIGITS, _VALUE = 7, 1e7  # as many digits are no header
_BOX_ROWS = 2  # a box about who made the list has no more
_SIDE_COLUMNS = 2  # columns in which headers below each other are looked for
_AUTHOR = re.compile("작성(?!일)|담당자|제출자|보고자|author|preparedby|submittedby|作成|担当者")
_NAMED = re.compile(r"[:：]\s*\S")  # who it is stands in the same cell
QUOTED = re.compile("(['\"]).*\\1", re.DOTALL)


class Column(Struct, frozen=True):
    """A column with a header: where it is (from 0), the header as it is written, and the keys that it is known by.

    ``borrowed`` is the key of a header over several columns, which is this one's only if no other has a claim.
    """

    at: int
    header: str
    keys: tuple[str, ...]
    borrowed: str = ""

    @property
    def letters(self) -> str:
        """As a spreadsheet program names it."""
        return column_letters(self.at + 1)

    @property
    def words(self) -> str:
        """How it is named to people."""
        return f"{self.letters} '{self.header}'"


class NotKnown(InvalidInput):
    """Which column is which is not clear. ``columns`` are those of the likeliest headers, in the row ``row``."""

    def __init__(
        self, what: str, hint: str, row: int, columns: Sequence[Column], known: Mapping[str, int]
    ) -> None:
        super().__init__(what, hint)
        self.row = row
        self.columns = tuple(columns)
        self.known = known


class Headers(Struct, frozen=True):
    """Where the fields are. ``first`` and ``row`` are the first and the last line of the headers, as indexes of
    the rows given; ``columns`` give where each field is.

    ``all`` are the columns with a header; ``unknown`` those that are not known, ``set_aside`` those whose field
    another one has; ``box``: how many rows above are a box about who made the list; ``quoted``: everything stands
    in quotes; ``mapped``: which columns are read as somebody has said.
    """

    first: int
    row: int
    columns: dict[str, int]
    all: tuple[Column, ...] = ()
    unknown: tuple[Column, ...] = ()
    set_aside: tuple[Column, ...] = ()
    mapped: tuple[Column, ...] = ()
    box: tuple[int, int] | None = None
    quoted: bool = False

    @property
    def digest(self) -> str:
        """The set of headers, by which a mapping is kept."""
        return digest(self.all)


def digest(columns: Sequence[Column]) -> str:
    """The set of headers in short."""
    keys = sorted({column.keys[0] for column in columns})
    return hashlib.sha256("\n".join(keys).encode("utf-8", "replace")).hexdigest()


_NOTHING: Mapping[str, str] = {}
_MAPPED, _SURE, _GENERIC_NAME, _BORROWED = range(4)


class _Claims(Struct):
    """Which column has which field, of one line of headers or two."""

    columns: list[Column]
    mapping: Mapping[str, str]
    fields: dict[str, int] = default(default_factory=dict)
    doubled: dict[str, list[Column]] = default(default_factory=dict)
    unknown: list[Column] = default(default_factory=list)
    set_aside: list[Column] = default(default_factory=list)
    mapped: list[Column] = default(default_factory=list)
    borrowed: int = 0  # fields that only a header over several columns gives

    def __post_init__(self) -> None:
        claims: dict[str, list[tuple[int, Column]]] = {}
        for column in self.columns:
            field, strength = self._claim(column)
            if strength == _MAPPED:
                self.mapped.append(column)
            if field:
                claims.setdefault(field, []).append((strength, column))
            elif strength != _MAPPED and column.keys[-1].partition("(")[0] not in KEYS_BESIDE:
                self.unknown.append(column)
        for field, claimed in claims.items():
            best = min(strength for strength, _column in claimed)
            self.borrowed += best == _BORROWED
            first, *others = [column for strength, column in claimed if strength == best]
            self.fields[field] = first.at
            if others and not _is_optional(field):
                self.doubled[field] = [first, *others]
            else:
                self.set_aside += [column for _strength, column in claimed if column is not first]

    def _claim(self, column: Column) -> tuple[str, int]:
        for key in (*column.keys, column.borrowed, column.letters.casefold()):
            if key and (field := self.mapping.get(key)) is not None:
                return field, _MAPPED
        for key in column.keys:
            if field := field_called(key):
                return field, _GENERIC_NAME if key in GENERIC else _SURE
        return field_called(column.borrowed), _BORROWED

    def have(self, required: Sequence[str]) -> bool:
        """Whether every required field has a column."""
        return all(field in self.fields for field in required)


def _is_optional(field: str) -> bool:
    typed = BY_NAME[field].typed
    return typed is not None and not typed.required and field != FieldName.ORGANIZATION


def _written(cell: object) -> str:
    """The cell as a header, "" where it is blank."""
    return "" if cell is None else " ".join(str(cell)[:LONGEST_HEADER].split())


def columns_of(upper: Sequence[object], lower: Sequence[object] | None = None) -> list[Column]:
    """The columns of a line of headers, or of two; a header above reaches as far as the blanks beside it."""
    if lower is None:
        return [
            Column(at, text[:_SHOWN], (header_key(text),))
            for at, cell in enumerate(upper)
            if (text := _written(cell))
        ]
    found = []
    above = ""
    for at in range(max(len(upper), len(lower))):
        own = _written(upper[at]) if at < len(upper) else ""
        below = _written(lower[at]) if at < len(lower) else ""
        above = own or above
        if own and not below:
            found.append(Column(at, own[:_SHOWN], (header_key(own),)))
        elif below and above:
            keys = tuple(map(header_key, (f"{above} {below}", f"{below} {above}", below)))
            known = any(map(field_called, keys))
            borrowed = header_key(own) if own and not known else ""
            found.append(Column(at, f"{above} {below}"[:_SHOWN], keys, borrowed))
        elif below:
            found.append(Column(at, below[:_SHOWN], (header_key(below),)))
    return found


def is_value(cell: object) -> bool:
    """Whether the cell holds what headers never hold: a number to be phoned, a date."""
    if isinstance(cell, str):
        return sum(map(str.isdigit, cell[:LONGEST_HEADER])) >= _VALUE_DIGITS
    if isinstance(cell, (int, float)):
        return abs(cell) >= _VALUE
    return cell is not None


def is_words(cells: Sequence[object]) -> bool:
    """Whether nothing but texts without a digit stands in the row, and at least one."""
    filled = [cell for cell in cells if _written(cell)]
    return bool(filled) and all(
        isinstance(cell, str) and not any(map(str.isdigit, cell[:LONGEST_HEADER]))
        for cell in filled
    )


class _Search:
    """Looks for the headers among the first rows."""

    def __init__(
        self,
        rows: Sequence[Sequence[object]],
        required: Sequence[str],
        mapping: Mapping[str, str],
        kept: Mapping[str, Mapping[str, str]],
    ) -> None:
        self._rows = rows
        self._required = required
        self._mapping = mapping
        self._kept = kept
        self._single: dict[int, _Claims] = {}

    def claims(self, first: int, last: int) -> _Claims:
        """The claims of these lines; of none where something in them is no header."""
        if first == last and first in self._single:
            return self._single[first]
        lines = self._rows[first : last + 1]
        columns = [] if any(map(is_value, itertools.chain(*lines))) else columns_of(*lines)
        kept = self._kept.get(digest(columns), _NOTHING) if self._kept else _NOTHING
        mapping = {**kept, **self._mapping}
        claims = _Claims(columns, mapping)
        if first == last:
            self._single[first] = claims
        return claims

    def found_at(self, first: int) -> tuple[int, _Claims] | None:
        """The last line and the claims of headers that begin here and have all that is required."""
        single = self.claims(first, first)
        last = first + 1
        if last < len(self._rows) and is_words(self._rows[last]):
            pair, below = self.claims(first, last), self.claims(last, last)
            # above headers that are complete, one that is borrowed tells who made the list
            gained = len(pair.fields) - pair.borrowed * below.have(self._required)
            more = gained > max(len(single.fields), len(below.fields))
            if pair.have(self._required) and (
                more or (single.have(self._required) and self._is_second(single, last))
            ):
                return last, pair
        return (first, single) if single.have(self._required) else None

    def _is_second(self, upper: _Claims, last: int) -> bool:
        """Whether the line below complete headers divides them further, rather than being the first person."""
        row = self._rows[last]
        filled = {at for at, cell in enumerate(row) if _written(cell)}
        headed = {column.at for column in upper.columns}
        name = upper.fields.get(FieldName.NAME)
        return name not in filled and bool(filled - headed)

    def all(self) -> Iterator[tuple[int, int, _Claims]]:
        """All headers that are complete, one after the other."""
        at = 0
        while at < len(self._rows):
            if (found := self.found_at(at)) is not None:
                yield at, *found
                at = found[0]
            at += 1

    def likeliest(self) -> int:
        """The row that most looks like headers, though they are not complete; -1 where there is none."""

        def worth(at: int) -> tuple[int, int, int]:
            claims = self.claims(at, at)
            texts = sum(isinstance(cell, str) and bool(cell.strip()) for cell in self._rows[at])
            return len(claims.fields), texts if claims.columns else 0, -at

        best = max(range(len(self._rows)), key=worth, default=-1)
        return best if best >= 0 and worth(best)[:2] > (0, 1) else -1


def find(
    rows: Sequence[Sequence[object]],
    required: Sequence[str],
    mapping: Mapping[str, str] = _NOTHING,
    kept: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
) -> Headers:
    """The headers among the first rows; lines above them are titles.

    ``mapping`` says of headers (by key, or by the letters of the column) which field they are, "" for none;
    ``kept`` are mappings said before, by the digest of the headers. Raises NotKnown naming the column that is
    missing or there twice.
    """
    search = _Search(rows, required, mapping, kept)
    found = search.all()
    if (best := next(found, None)) is None:
        raise _none(search, rows, required)
    box = None
    while (after := _box_before(rows, best)) is not None and (other := next(found, None)):
        if other[0] > after or digest(other[2].columns) == digest(best[2].columns):
            break
        box = (box or (best[0], 0))[0], other[0] - 1
        best = other
    first, last, claims = best
    for field, columns in claims.doubled.items():
        raise _twice(field, columns, claims, last)
    said = {key for column in claims.columns for key in (*column.keys, column.borrowed)}
    for key in mapping:
        if key not in said | {column.letters.casefold() for column in claims.columns}:
            raise NotKnown(
                _("There is no column {header} in the sheet.").format(header=key),
                "", last, claims.columns, claims.fields,
            )  # fmt: skip
    quoted = all(QUOTED.fullmatch(str(cell).strip()) for cell in rows[last] if _written(cell))
    return Headers(
        first, last, claims.fields, tuple(claims.columns), tuple(claims.unknown),
        tuple(claims.set_aside), tuple(claims.mapped), box, quoted,
    )  # fmt: skip


def again(row: Sequence[object], found: Headers) -> Headers | None:
    """The headers that stand once more further down, the same or those of a second table, or None."""
    if any(map(is_value, row)):
        return None
    claims = _Claims(columns_of(row), _NOTHING)
    if not claims.have((FieldName.NAME, FieldName.PHONE)):
        here = {at: field for field, at in found.columns.items()}
        same = [field for field, at in claims.fields.items() if here.get(at) == field]
        if len(same) < min(2, len(here)):
            return None
        return found
    if _are_same(claims, found):
        return found
    for field, columns in claims.doubled.items():
        raise _twice(field, columns, claims, 0)
    return Headers(
        0, 0, claims.fields, tuple(claims.columns), tuple(claims.unknown), tuple(claims.set_aside)
    )


def _are_same(claims: _Claims, found: Headers) -> bool:
    """Whether each field stands where it stood, and nothing else does there."""
    before = {column.at: column.keys for column in found.all}
    now = {column.at: column.keys for column in claims.columns}
    return all(found.columns.get(field) == at for field, at in claims.fields.items()) and all(
        claims.fields.get(field) == at
        or at not in now
        or not set(now[at]).isdisjoint(before.get(at, ()))
        for field, at in found.columns.items()
    )


def _box_before(rows: Sequence[Sequence[object]], headers: tuple[int, int, _Claims]) -> int | None:
    """Up to which row other headers may come, where these belong to a box about who made the list."""
    first, last, _claims = headers
    if not _heads_box(rows, first, last):
        return None
    filled = 0
    for at in range(last + 1, len(rows)):
        filled += any(map(_written, rows[at]))
        if filled > _BOX_ROWS:
            return at
    return len(rows)


def _heads_box(rows: Sequence[Sequence[object]], first: int, last: int) -> bool:
    """Whether the line above says no more than that it is about who made the list, or a header says so and nothing
    stands below it."""
    above = [cell for cell in rows[first - 1] if _written(cell)] if first else []
    below = rows[last + 1] if last + 1 < len(rows) else ()
    inside = [
        cell
        for row in rows[first : last + 1]
        for at, cell in enumerate(row)
        if at >= len(below) or not _written(below[at])
    ]
    title = bool(above) and all(map(_is_about_author, above))
    return title or any(map(_is_about_author, inside))


def _is_about_author(cell: object) -> bool:
    return (
        isinstance(cell, str)
        and _AUTHOR.search(header_key(cell)) is not None
        and _NAMED.search(cell) is None
    )


def _none(
    search: _Search, rows: Sequence[Sequence[object]], required: Sequence[str]
) -> InvalidInput:
    if (letters := _on_its_side(rows)) is not None:
        return InvalidInput(
            _("The sheet stands on its side: its headers are in column {column}.").format(
                column=letters
            ),
            _("Copy it, paste it transposed into a new sheet, and upload that."),
        )
    best = search.likeliest()
    if best < 0:
        return _no_headers(required, 0, ())
    claims = search.claims(best, best)
    if not claims.fields:
        return _no_headers(required, best, claims.columns)
    missing = next(field for field in required if field not in claims.fields)
    what = _("The column {column} is missing.").format(column=BY_NAME[missing].label)
    hint = (
        _("Add it, or choose one organization for the whole upload.")
        if missing == FieldName.ORGANIZATION
        else _("Add it, or say which column it is.")
    )
    return NotKnown(what, hint, best, claims.columns, claims.fields)


def _no_headers(required: Sequence[str], row: int, columns: Sequence[Column]) -> NotKnown:
    return NotKnown(
        _("The sheet has no headers that are known."),
        _("One row must name the columns: {columns}; or say which column is which.").format(
            columns=", ".join(BY_NAME[column].label for column in required)
        ),
        row,
        columns,
        {},
    )


def _twice(field: str, columns: Sequence[Column], claims: _Claims, row: int) -> NotKnown:
    return NotKnown(
        _("Two columns are {column}: {columns}.").format(
            column=BY_NAME[field].label, columns=", ".join(column.words for column in columns)
        ),
        _("Leave one of them out, or say which one it is."),
        row,
        claims.columns,
        claims.fields,
    )


def _on_its_side(rows: Sequence[Sequence[object]]) -> str | None:
    """The letter of the column that has the headers below each other, or None."""
    for at in range(_SIDE_COLUMNS):
        down = [row[at] for row in rows if at < len(row)]
        fields = {field_called(header_key(cell)) for cell in down if isinstance(cell, str)}
        filled = [row for row in rows if any(map(_written, row[at + 1 :]))]
        if {FieldName.NAME, FieldName.PHONE} <= fields and any(
            sum(map(is_value, row[at + 1 :])) > 1 for row in filled
        ):
            return column_letters(at + 1)
    return None
