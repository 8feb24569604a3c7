"""The quick look through a sheet's XML takes as long as the sheet is, whatever is in it."""

import contextlib
import io
import zipfile

import pytest

from core.uploads.sheet import scan
from core.values.errors import InvalidInput
from core.values.settings import UploadLimits
from tests.workbooks import raw_workbook, sheet_xml

_PART = "xl/worksheets/sheet1.xml"


class Pattern:
    """A pattern that counts the bytes which it is let search."""

    looked_at = 0

    def __init__(self, wanted: str) -> None:
        self._wanted = getattr(scan, wanted)

    def search(self, text: bytes, start: int = 0) -> object:
        found = self._wanted.search(text, start)
        Pattern.looked_at += (found.end() if found else len(text)) - start
        return found


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1">' + '<c r="XFD1"></c>' * 6_000 + "</row>",
        '<row r="1">' + '<c r="XFD1"></c>' * 6_000 + "<c><v>1</v></c></row>",
        '<row r="1">' + '<c r="XFD1" s="1">' * 6_000 + "</row>",
        '<row r="1">' + '<c r="XFD1" s="1">' * 6_000 + "</c></row>",
        '<row r="1">' + '<c r="XFD1" ' * 6_000 + "/></row>",
        '<row r="1"><c' + ' r="XFD1"' * 6_000 + "></c></row>",
        '<row r="1048576">' * 6_000,
    ],
)
def test_cells_far_out_are_read_once(monkeypatch: pytest.MonkeyPatch, rows: str) -> None:
    for name in ("_TAG_END", "_ROW_END", "_CELL_END", "_FILLED"):
        monkeypatch.setattr(scan, name, Pattern(name))
    Pattern.looked_at = 0
    sheet = sheet_xml(rows)
    with (
        zipfile.ZipFile(io.BytesIO(raw_workbook(sheet))) as archive,
        contextlib.suppress(InvalidInput),
    ):
        scan.check(archive, _PART, UploadLimits())
    assert 0 < Pattern.looked_at < 10 * len(sheet)


def test_empty_cells_far_out_are_no_reason_and_one_that_is_filled_is() -> None:
    empty = '<c r="XFD1" s="1"></c>' * 3
    for rows, refused in (
        (f'<row r="1">{empty}</row>', False),
        (f'<row r="1">{empty}<c r="XFD1"><v>1</v></c></row>', True),
        (f'<row r="1">{empty}<c r="XFD1" t="inlineStr"><is><t>x</t></is></c></row>', True),
        ('<row spans="1:3" r="1048576"><c></c></row>', False),
        ('<row r="1048576"><c r="A1048576"/><c r="B1048576"><v>1</v></c></row>', True),
        ('<row r="1048576"></row><row r="1"><c r="A1"><v>1</v></c></row>', False),
    ):
        with zipfile.ZipFile(io.BytesIO(raw_workbook(sheet_xml(rows)))) as archive:
            if refused:
                with pytest.raises(InvalidInput):
                    scan.check(archive, _PART, UploadLimits())
            else:
                assert not scan.check(archive, _PART, UploadLimits())
