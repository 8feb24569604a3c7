"""Tables as text (CSV, TSV): which encoding, which separator, which quotes, nothing of which the file says."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, BinaryIO

from core.uploads.sheet.found import columns_note
from core.uploads.sheet.kinds import Place, Sheet, SheetName
from core.uploads.sheet.scan import HEAD, Marks, column_letters, too_many_rows
from core.values.errors import InvalidInput
from core.values.i18n import _
from core.values.settings import UploadLimits

SEPARATORS = ",;\t|"
_LONGEST_LINE = 1 << 20  # characters
_FAR = 1 << 20  # rows; no spreadsheet has more, though nothing may stand in them
_LOOKED_AT = 50  # lines that tell the separator
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NAMED_SEPARATOR = re.compile(r"sep=(.)[\r\n]+")
_FORCED_TEXT = re.compile(r'="([^"]*)"')  # how programs keep a number's zeros in a CSV
# what no text has; a file of them is another kind of file
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def decoded(data: bytes) -> str:
    """The text of the bytes. Raises InvalidInput where it is none, or in an encoding that is not known."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _strictly(data[len(mark) :], [encoding])
    sample = data[:4096]
    if b"\0" in sample:
        # UTF-16: what separates cells and lines has its zero before or behind it
        first = sample[::2].count(0) > sample[1::2].count(0)
        return _strictly(data, ["utf-16-be" if first else "utf-16-le"])
    return _strictly(data, ["utf-8", "cp949"])


def _strictly(data: bytes, encodings: Sequence[str]) -> str:
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _CONTROL.search(text):
            break
        return text
    raise InvalidInput(
        _("The file is no workbook, and no text in UTF-8, UTF-16 or CP949 either."),
        _("Save it as an Excel workbook (.xlsx) or as CSV in UTF-8, and upload that."),
    )


class DelimitedFile:
    """A text with a table in it, as a book of one sheet."""

    def __init__(self, file: BinaryIO, name: str, limits: UploadLimits) -> None:
        file.seek(0)
        text = decoded(file.read()).rstrip("\r\n")
        self.sheets = [SheetName(name or "CSV", is_visible=True)]
        self._sheet = DelimitedSheet(text, limits)

    def open(self, wanted: SheetName) -> Sheet:
        """See ``Book``."""
        return self._sheet


class DelimitedSheet:
    """The rows of a text. Every cell is a text; a row counts as one, however many lines it has."""

    has_marks = False
    is_text = True

    def __init__(self, text: str, limits: UploadLimits) -> None:
        if named := _NAMED_SEPARATOR.match(text):
            text = text[named.end() :]
        self._text = text
        self._limits = limits
        _refuse_long_lines(text)
        self._quote = "'" if _is_quoted_singly(text) else '"'
        self._separator = named[1] if named else _separator(text, self._quote)
        self._beyond: set[int] = set()
        self.height = text.count("\n") + 1

    @property
    def notes(self) -> Sequence[str]:
        """See ``Sheet``."""
        return columns_note([column_letters(at + 1) for at in sorted(self._beyond)])

    def rows(self) -> Iterator[tuple[int, Sequence[str]]]:
        """See ``Sheet``. Raises InvalidInput naming the line where quotes do not close."""
        columns = self._limits.columns
        reader = _reader(_lines(self._text), self._separator, self._quote)
        is_forced = '="' in self._text
        last = self._limits.rows + HEAD
        at = -1
        try:
            for at, row in enumerate(reader):
                if at >= last and (at >= _FAR or any(map(str.strip, row))):
                    raise too_many_rows(str(at + 1), self._limits)
                if not any(row):
                    continue
                if len(row) > columns:
                    self._beyond.update(
                        column
                        for column, cell in enumerate(row[columns:16_384], columns)
                        if cell.strip()
                    )
                    row = row[:columns]
                if is_forced:
                    row = [_plain(cell) if cell[:1] == "=" else cell for cell in row]
                yield at, row
        except csv.Error as error:
            raise InvalidInput(
                _(
                    "The quotation marks in line {line} do not close, or a cell there is too long."
                ).format(line=reader.line_num),
                _("Open it in a spreadsheet program, save it as a workbook, and upload that."),
            ) from error

    def marks(self) -> Marks:
        """See ``Sheet``."""
        return Marks()

    def merged(self) -> Sequence[tuple[Place, Place]]:
        """See ``Sheet``."""
        return ()


def _plain(cell: str) -> str:
    forced = _FORCED_TEXT.fullmatch(cell)
    return forced[1] if forced else cell


def _lines(text: str) -> io.StringIO:
    return io.StringIO(text, newline="")


def _reader(lines: io.StringIO, separator: str, quote: str) -> Any:  # csv has no public name for it
    # a space may stand between a separator and a quote
    return csv.reader(
        lines,
        delimiter=separator,
        quotechar=quote,
        skipinitialspace=True,
        strict=True,
    )


def _refuse_long_lines(text: str) -> None:
    """Raise InvalidInput for a line that no program writes: it would make a list of millions of cells."""
    start = number = 0
    while len(text) - start > _LONGEST_LINE:
        end = text.rfind("\n", start, start + _LONGEST_LINE)
        if end < 0:
            end = text.rfind("\r", start, start + _LONGEST_LINE)
        if end < 0:
            number += text.count("\n", 0, start) + 1
            raise InvalidInput(
                _("Line {line} of the file has more than {limit} characters.").format(
                    line=f"{number:,}", limit=f"{_LONGEST_LINE:,}"
                ),
                _("Save it as an Excel workbook (.xlsx) and upload that."),
            )
        start = end + 1


def _is_quoted_singly(text: str) -> bool:
    line = text.partition("\n")[0].strip()
    cells = re.split(f"[{SEPARATORS}]", line)
    return all(len(cell) > 1 and cell[0] == cell[-1] == "'" for cell in map(str.strip, cells))


def _separator(text: str, quote: str) -> str:
    """The one by which most of the first lines have the same number of cells, and the most of them."""

    lines = _lines(text)

    def score(separator: str) -> tuple[int, int, int]:
        widths: Counter[int] = Counter()
        lines.seek(0)
        try:
            for row in islice(_reader(lines, separator, quote), _LOOKED_AT):
                widths[len(row)] += len(row) > 1
        except csv.Error:
            pass
        width, count = max(widths.items(), key=lambda one: (one[1], one[0]), default=(0, 0))
        return count, widths.total(), width

    return max(SEPARATORS, key=score)
