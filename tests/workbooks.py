"""Workbooks for tests: ordinary ones through openpyxl, odd and hostile ones from raw XML."""

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import openpyxl

HEADERS = ("Recipient name", "Mobile phone number", "Other information", "Responsible organization")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
DATA = Path(__file__).parent / "data"


def workbook(rows: Sequence[Sequence[Any]], headers: Sequence[Any] = HEADERS) -> bytes:
    """A workbook of one sheet, as a spreadsheet program writes it."""
    book = openpyxl.Workbook()
    sheet = book.active
    if headers:
        sheet.append(list(headers))
    for row in rows:
        sheet.append(list(row))
    return saved(book)


def people(count: int, organization: str = "Haeundae") -> bytes:
    """A workbook of that many recipients without a fault; openpyxl would take seconds for thousands."""
    row = "".join(
        text_cell(column + "{0}", text)
        for column, text in (("A", "이{0}"), ("B", "010{1}"), ("D", organization))
    )
    rows = (f'<row r="{at}">{row.format(at, 20_000_000 + at)}</row>' for at in range(2, count + 2))
    return raw_workbook(sheet_xml(header_row() + "".join(rows)))


def saved(book: openpyxl.Workbook) -> bytes:
    """The bytes of a workbook."""
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def cells(data: bytes) -> list[list[Any]]:
    """The cells of the first sheet."""
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def by_header(rows: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    """The rows below the headers, each cell by its header; those of ``HEADERS`` are there in their order."""
    headers, *others = rows
    assert [header for header in headers if header in HEADERS] == list(HEADERS)
    return [dict(zip(headers, row, strict=True)) for row in others]


def text_cell(reference: str, text: str) -> str:
    """A text cell, in raw XML."""
    return f'<c r="{reference}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'


def header_row(headers: Sequence[str] = HEADERS, row: int = 1) -> str:
    """The row of headers, in raw XML."""
    filled = (text_cell(f"{chr(65 + at)}{row}", text) for at, text in enumerate(headers))
    return f'<row r="{row}">{"".join(filled)}</row>'


def good_row(row: int = 2) -> str:
    """A row without a fault, in raw XML."""
    texts = ("김영희", f"010-2000-{row:04}", "", "Haeundae")
    filled = (text_cell(f"{chr(65 + at)}{row}", text) for at, text in enumerate(texts) if text)
    return f'<row r="{row}">{"".join(filled)}</row>'


def sheet_xml(rows: str, *, before: str = "", after: str = "", prolog: str = "") -> str:
    """A sheet, in raw XML."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{prolog}<worksheet xmlns="{_MAIN}">'
        f"{before}<sheetData>{rows}</sheetData>{after}</worksheet>"
    )


def raw_workbook(
    sheet: str | bytes | None,
    *,
    sheets: str = '<sheet name="one" sheetId="1" r:id="rId1"/>',
    workbook_prolog: str = "",
    more: Mapping[str, str | bytes] | None = None,
    without: Sequence[str] = (),
) -> bytes:
    """A workbook from raw XML; ``more`` adds or replaces parts of the archive."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": (
            f'<?xml version="1.0"?><Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels"'
            ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            '<Override PartName="/xl/workbook.xml" ContentType='
            '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
        ),
        "_rels/.rels": _relationships(f"{_DOCUMENT}/officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": (
            f'<?xml version="1.0"?>{workbook_prolog}<workbook xmlns="{_MAIN}"'
            f' xmlns:r="{_DOCUMENT}"><sheets>{sheets}</sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": _relationships(
            f"{_DOCUMENT}/worksheet", "worksheets/sheet1.xml"
        ),
    }
    if sheet is not None:
        parts["xl/worksheets/sheet1.xml"] = sheet
    parts |= more or {}
    return archive({name: part for name, part in parts.items() if name not in without})


def _relationships(kind: str, target: str) -> str:
    return (
        f'<?xml version="1.0"?><Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{kind}" Target="{target}"/></Relationships>'
    )


def archive(parts: Mapping[str, str | bytes]) -> bytes:
    """A ZIP archive of these parts."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as file:
        for name, part in parts.items():
            file.writestr(name, part)
    return data.getvalue()


def old_workbook(rows: Sequence[Sequence[str]]) -> bytes:
    """An old workbook (.xls) of texts, from raw records."""

    def record(kind: int, content: bytes) -> bytes:
        return struct.pack("<HH", kind, len(content)) + content

    def text(length: str, content: str) -> bytes:
        return struct.pack(f"<{length}B", len(content), 1) + content.encode("utf-16-le")

    begins = [record(0x809, struct.pack("<HHHHII", 0x600, kind, 0, 0, 0, 6)) for kind in (5, 16)]
    end = record(0x0A, b"")
    bound = text("B", "one")
    start = len(begins[0]) + 4 + 6 + len(bound) + len(end)
    cells = (
        record(0x204, struct.pack("<HHH", at, column, 0) + text("H", cell))
        for at, row in enumerate(rows)
        for column, cell in enumerate(row)
        if cell
    )
    book = begins[0] + record(0x85, struct.pack("<IBB", start, 0, 0) + bound) + end
    return compound_file("Workbook", book + begins[1] + b"".join(cells) + end)


def compound_file(name: str, stream: bytes) -> bytes:
    """A compound file of one stream."""
    count = max(8, -(-len(stream) // 512))  # sectors; what is smaller would lie elsewhere
    last, free = 0xFFFFFFFE, 0xFFFFFFFF
    chain = [*range(1, count), last, last]
    tables = -(-(len(chain) + 1) // 127)
    chain += [0xFFFFFFFD] * tables
    header = bytes.fromhex("d0cf11e0a1b11ae1").ljust(24, b"\0")
    header += struct.pack("<5H10x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<8I", tables, count, 0, 4096, last, 0, last, 0)
    places = [*range(count + 1, count + 1 + tables), *[free] * (109 - tables)]
    header += struct.pack("<109I", *places)

    def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
        encoded = name.encode("utf-16-le")
        about = struct.pack("<64sHBB3I", encoded, len(encoded) + 2, kind, 1, free, free, child)
        return about + bytes(36) + struct.pack("<IQ", start, size)

    folder = entry("Root Entry", 5, 1, last, 0) + entry(name, 2, free, 0, count * 512)
    table = struct.pack(f"<{tables * 128}I", *chain, *[free] * (tables * 128 - len(chain)))
    return header + stream.ljust(count * 512, b"\0") + folder.ljust(512, b"\0") + table
