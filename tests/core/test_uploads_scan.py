"""The look at a sheet before it is parsed: what the parser would misread or die of goes another way."""

import io

import pytest

from core.uploads.sheet import scan
from core.values.settings import UploadLimits
from tests.workbooks import good_row, header_row, sheet_xml

PLAIN = header_row() + good_row()


def look(rows: str) -> scan.Look:
    return scan.look(io.BytesIO(sheet_xml(rows).encode()), UploadLimits())


def test_what_programs_write_is_plain_and_counted() -> None:
    texts = (
        '<row r="3"><c r="A3" t="s"><v>0</v></c><c r="B3"><v>1.5</v></c><c r="C3"><v></v></c></row>'
    )
    assert look(PLAIN + texts) == scan.Look(is_plain=True, filled=9, has_marks=False)


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="3"><c r="A3" t="s"><v>0 </v></c></row>',
        '<row r="3"><c r="A3" t="s"><v>+0</v></c></row>',
        '<row r="3"><c r="A3" t="s"><v><!-- 1 -->0</v></c></row>',
        '<row r="3"><c r="XFD3" s="1"/></row>',
        '<row r="1048576"></row>',
        "<row r='1048576'></row>",
        '<row r="3"><c r="&#65;3"/></row>',
    ],
)
def test_what_the_parser_would_misread_is_not(rows: str) -> None:
    assert not look(PLAIN + rows).is_plain
