"""A quick look through a sheet's XML: whether it is as the parser wants it, without cells out of all bounds, and
what the parser does not tell: formulas, errors, exponents, hidden rows."""

import re
from collections.abc import Iterator
from typing import IO

from msgspec import Struct, field

from core.uploads.sheet.archive import refuse_doctype
from core.uploads.sheet.cells import Mark, Sign
from core.values.errors import InvalidInput
from core.values.i18n import _
from core.values.settings import UploadLimits

HEAD = 50  # rows that may stand above the first one that counts
_CHUNK = 1 << 20
_LONGEST_ROW = 8 << 20
_COUNTED = 10  # columns
# none of these may look beyond the next tag: a sheet of a million openings would be read a million times
_FILLED = re.compile(rb"<(?:\w+:)?v\b[^<>/]*>[^<]|<(?:\w+:)?is\b")
_CELL = re.compile(rb"<(?:\w+:)?c(?=[\s/>])")
_ROW = re.compile(rb"<(?:\w+:)?row\b([^<>]*)>")
_HIDDEN = re.compile(rb"\shidden\s*=\s*[\"'](?:1|true)")
_REFERENCE = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]*)(\d*)[\"']")
_EXPONENT = re.compile(rb"(?<![\d.])[\d.]{1,400}[eE]\+?\d{1,4}(?=<)")
_AN_EXPONENT = re.compile(r"[\d.]{1,400}[eE]\+?\d{1,4}", re.ASCII)
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_TYPE = re.compile(rb"\st\s*=\s*[\"'](\w+)")


class Marks(Struct):
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


def pieces(stream: IO[bytes], end: bytes = b"row>") -> Iterator[bytes]:
    """The sheet in pieces that end with a row, as far as rows are of a sane length."""
    rest = b""
    while chunk := stream.read(_CHUNK):
        rest += chunk
        cut = rest.rfind(end) + len(end)
        if cut < len(end):
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
    rows = _greater(str(limits.rows + HEAD), "0123456789")
    columns = _greater(column_letters(limits.columns), "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    # an entity in a reference could hide anything
    strange = r"[^\"'&]{0,12}&"
    bounds = rf"(?:[A-Za-z]*{rows}[\"']|{columns}[0-9]|{strange})"
    return re.compile(f' r="{bounds}'.encode()), re.compile(rf"\sr\s*=\s*[\"']{bounds}".encode())


class Look(Struct, frozen=True):
    """What a quick look at a sheet finds: whether it is written as the parser expects it, how many cells hold
    something, and whether ``marks`` would find more than exponents."""

    is_plain: bool
    filled: int
    has_marks: bool


def look(stream: IO[bytes], limits: UploadLimits) -> Look:
    """Look through the XML of a sheet, up to the first thing that makes it another than a plain one."""
    bounds = _Bounds(limits)
    filled = 0
    has_marks = False
    for at, piece in enumerate(pieces(stream)):
        if at == 0:
            refuse_doctype(piece)
        without_digits = piece.translate(None, b"0123456789")
        if not (_is_plain(piece, without_digits) and bounds.hold(piece, without_digits)):
            return Look(is_plain=False, filled=0, has_marks=False)
        filled += (
            without_digits.count(b"<v>") - piece.count(b"<v></v>") + without_digits.count(b"<is>")
        )
        has_marks = (
            has_marks
            or b"<f" in without_digits
            or b":f" in without_digits
            or b"hidden" in without_digits
            or b'"e"' in without_digits
        )
    return Look(is_plain=True, filled=filled, has_marks=has_marks)


def _is_plain(piece: bytes, without_digits: bytes) -> bool:
    """Whether nothing is in it that the parser takes for another number: white space beside one, a comment, …"""
    pointers = without_digits.count(b't="s"')
    return pointers == without_digits.count(b't="s"><v></v></c>') and b"<!" not in without_digits


class _Bounds:
    """Finds references beyond the limits."""

    def __init__(self, limits: UploadLimits) -> None:
        self._usual, self._allowed = _beyond(limits)
        rows = _greater(str(limits.rows + HEAD), "0123456789")
        self._rows = re.compile(rf'<row r="{rows}"'.encode())
        first = range(1, min(limits.columns, _COUNTED) + 1)
        self._first = [f' r="{column_letters(at)}"'.encode() for at in first]

    def hold(self, piece: bytes, without_digits: bytes) -> bool:
        """Whether there are none in a piece of the sheet."""
        if b"='" in without_digits:
            return self._allowed.search(piece) is None
        # counting is much faster than looking at each of them; most sheets have but a few columns
        left = without_digits.count(b' r="') - without_digits.count(b'<row r=""')
        for reference in self._first:
            if not left:
                return self._rows.search(piece) is None
            left -= without_digits.count(reference)
        return self._usual.search(piece) is None


def too_many_rows(row: str, limits: UploadLimits) -> InvalidInput:
    """The reason for a sheet with more rows than are taken."""
    return InvalidInput(
        _("The sheet has something in row {row}.").format(row=row[:12]),
        _(
            "At most {limit} rows are taken; split the file, or raise the setting upload.rows."
        ).format(limit=limits.rows),
    )


def has_exponents(stream: IO[bytes]) -> bool:
    """Whether a number may be written as an exponent; quicker than looking for ``marks``."""
    for piece in pieces(stream):
        without_digits = piece.translate(None, b"0123456789.+")
        if b"E<" in without_digits or b"e<" in without_digits:
            return True
    return False


def exponent(text: str) -> Mark | None:
    """The mark of a number that is written as an exponent."""
    return Mark(Sign.EXPONENT, text) if _AN_EXPONENT.fullmatch(text) else None


def marks(stream: IO[bytes]) -> Marks:
    """All that the parser does not tell."""
    found = Marks()
    row, column = -1, -1
    for piece in pieces(stream):
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
        return Mark(Sign.FORMULA_ERROR if _FORMULA.search(body) else Sign.ERROR)
    if _FORMULA.search(body):
        text_result = kind is not None and kind[1] == b"str"
        return Mark(Sign.FORMULA if text_result or _FILLED.search(body) else Sign.NO_VALUE)
    if (kind is None or kind[1] == b"n") and (exponent := _EXPONENT.search(body)):
        return Mark(Sign.EXPONENT, exponent[0].decode())
    return None
