"""A quick look through a sheet's XML: cells out of all bounds, which the parser would die of, and what the
parser does not tell: formulas, errors, exponents, hidden rows."""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from core.uploads.sheet.archive import BROKEN, damaged, refuse_doctype
from core.uploads.sheet.cells import Mark, Sign
from core.uploads.sheet.headers import HEADER_SEARCH
from core.values.errors import InvalidInput
from core.values.i18n import _
from core.values.settings import UploadLimits

_CHUNK = 1 << 20
_LONGEST_ROW = 8 << 20
_LONGEST_TAG = 1_000
# none of these may look beyond the next tag: a sheet of a million openings would be read a million times
_FILLED = re.compile(rb"<(?:\w+:)?v\b[^<>/]*>[^<]|<(?:\w+:)?is\b")
_CELL = re.compile(rb"<(?:\w+:)?c(?=[\s/>])")
_ROW = re.compile(rb"<(?:\w+:)?row\b([^<>]*)>")
_HIDDEN = re.compile(rb"\shidden\s*=\s*[\"'](?:1|true)")
_REFERENCE = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]*)(\d*)[\"']")
_EXPONENT = re.compile(rb"(?<![\d.])[\d.]{1,400}[eE]\+?\d{1,4}(?=<)")
_TAG_END, _ROW_END, _CELL_END = re.compile(rb">"), re.compile(rb"row>"), re.compile(rb"c>")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_TYPE = re.compile(rb"\st\s*=\s*[\"'](\w+)")


@dataclass
class Marks:
    """What the parser does not tell; rows and columns count from 0."""

    cells: dict[tuple[int, int], Mark] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)


def column_number(letters: str) -> int:
    """``A`` is 1, ``XFD`` 16384."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """The other way round."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """The sheet in pieces that end with a row, as far as rows are of a sane length."""
    rest = b""
    while chunk := stream.read(_CHUNK):
        rest += chunk
        cut = rest.rfind(b"row>") + 4
        if cut < 4:
            if len(rest) <= _LONGEST_ROW:
                continue
            cut = len(rest)
        yield rest[:cut]
        rest = rest[cut:]
    if rest:
        yield rest


def _greater(text: str, alphabet: str) -> str:
    """A regular expression for what is greater than the text: longer, or as long and later in the alphabet."""
    both = "".join(dict.fromkeys(alphabet + alphabet.lower()))
    options = [f"[{both}]{{{len(text) + 1},}}"]
    for at, character in enumerate(text):
        if later := alphabet[alphabet.index(character) + 1 :]:
            later = "".join(dict.fromkeys(later + later.lower()))
            options.append(f"{text[:at]}[{later}][{both}]{{{len(text) - at - 1}}}")
    return "(?:" + "|".join(options) + ")"


def _beyond(limits: UploadLimits) -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    """References beyond the limits: as every program writes them, and as XML allows them, which takes longer."""
    rows = _greater(str(limits.rows + HEADER_SEARCH), "0123456789")
    columns = _greater(column_letters(limits.columns), "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    # an entity in a reference could hide anything
    strange = r"[^\"'&]{0,12}&"
    bounds = rf"(?:[A-Za-z]*{rows}[\"']|{columns}[0-9]|{strange})"
    return re.compile(f' r="{bounds}'.encode()), re.compile(rf"\sr\s*=\s*[\"']{bounds}".encode())


def check(archive: zipfile.ZipFile, part: str, limits: UploadLimits) -> bool:
    """Refuse a sheet with filled cells beyond the limits. Gives whether ``marks`` would find something."""
    usual, allowed = _beyond(limits)
    special = False
    try:
        with archive.open(part) as stream:
            for at, piece in enumerate(_pieces(stream)):
                if at == 0:
                    refuse_doctype(piece)
                beyond = usual if b' r="' in piece else allowed
                found = _Beyond(piece, limits)
                for match in beyond.finditer(piece):
                    found.refuse_filled(match)
                special = (
                    special
                    or b"<f" in piece
                    or b":f" in piece
                    or b"hidden" in piece
                    or b'"e"' in piece
                )
    except BROKEN as error:
        raise damaged() from error
    return special


class _Ahead:
    """Where something comes next. Asked from front to back, it reads the piece once, however often it is asked."""

    def __init__(self, piece: bytes, wanted: re.Pattern[bytes]) -> None:
        self._piece = piece
        self._wanted = wanted
        self._start = self._end = -1

    def after(self, place: int) -> tuple[int, int]:
        """Start and end of the next one from the place on; beyond the piece where there is none."""
        if self._start < place:
            found = self._wanted.search(self._piece, place)
            nowhere = len(self._piece) + 1
            self._start, self._end = found.span() if found else (nowhere, nowhere)
        return self._start, self._end


class _Beyond:
    """What lies beyond the limits of one piece: refused unless it is empty."""

    def __init__(self, piece: bytes, limits: UploadLimits) -> None:
        self._piece = piece
        self._limits = limits
        self._tag_ends = _Ahead(piece, _TAG_END)
        self._filled = _Ahead(piece, _FILLED)
        self._ends = {True: _Ahead(piece, _ROW_END), False: _Ahead(piece, _CELL_END)}

    def refuse_filled(self, match: "re.Match[bytes]") -> None:
        """Raise InvalidInput unless it is empty: programs format rows and columns to the very end."""
        piece = self._piece
        tag_end, _ = self._tag_ends.after(match.end())
        if piece[tag_end - 1 : tag_end] == b"/":
            return
        opening = piece.rfind(b"<", max(0, match.start() - _LONGEST_TAG), match.start())
        is_row = b"row" in piece[opening : match.start()]
        close, _ = self._ends[is_row].after(tag_end)
        _start, filled = self._filled.after(tag_end)
        if opening >= 0 and close <= len(piece) and filled > close:
            return
        self._refuse(_REFERENCE.match(piece, match.start()))

    def _refuse(self, found: "re.Match[bytes] | None") -> None:
        letters, row = (found[1].decode(), found[2].decode()) if found else ("", "")
        if letters and column_number(letters) > self._limits.columns:
            raise InvalidInput(
                _("The sheet has something in column {column}.").format(column=letters[:8]),
                _(
                    "At most {limit} columns are read; the setting upload.columns can raise that."
                ).format(limit=self._limits.columns),
            )
        raise too_many_rows(row, self._limits)


def too_many_rows(row: str, limits: UploadLimits) -> InvalidInput:
    """The reason for a sheet with more rows than are taken."""
    return InvalidInput(
        _("The sheet has something in row {row}.").format(row=row[:12]),
        _(
            "At most {limit} rows are taken; split the file, or raise the setting upload.rows."
        ).format(limit=limits.rows),
    )


def marks(archive: zipfile.ZipFile, part: str) -> Marks:
    """All that the parser does not tell."""
    found = Marks()
    row, column = -1, -1
    try:
        with archive.open(part) as stream:
            for piece in _pieces(stream):
                for at, text in enumerate(_CELL.split(piece)):
                    if at > 0:
                        row, column = _place(text.partition(b">")[0], row, column)
                        if (mark := _mark(text)) is not None:
                            found.cells[row, column] = mark
                    for opened in _ROW.finditer(text):
                        number = _REFERENCE.search(opened[1])
                        row, column = int(number[2]) - 1 if number and number[2] else row + 1, -1
                        if _HIDDEN.search(opened[1]):
                            found.hidden_rows.add(row)
    except BROKEN as error:
        raise damaged() from error
    return found


def _place(attributes: bytes, row: int, column: int) -> tuple[int, int]:
    reference = _REFERENCE.search(attributes)
    if reference is None or not reference[1]:
        return row, column + 1
    return int(reference[2] or row + 1) - 1, column_number(reference[1].decode()) - 1


def _mark(text: bytes) -> Mark | None:
    """The mark of a cell; the text starts with its attributes and may go on behind it."""
    attributes, _end, body = text.partition(b">")
    if attributes.endswith(b"/"):
        return None
    body = body.partition(b"c>")[0]
    kind = _TYPE.search(attributes)
    if kind is not None and kind[1] == b"e":
        return Mark(Sign.ERROR)
    if _FORMULA.search(body):
        text_result = kind is not None and kind[1] == b"str"
        return Mark(Sign.FORMULA if text_result or _FILLED.search(body) else Sign.NO_VALUE)
    if (kind is None or kind[1] == b"n") and (exponent := _EXPONENT.search(body)):
        return Mark(Sign.EXPONENT, exponent[0].decode())
    return None
