"""Workbooks made to do harm, or by accident: each is refused in words that help, and the console goes on."""

import io
import os
import resource
import struct
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import openpyxl
import pytest

from core.values.errors import CoreError, InvalidInput
from core.values.settings import UploadLimits
from tests.factories import World, make_services
from tests.workbooks import (
    DATA,
    HEADERS,
    archive,
    good_row,
    header_row,
    raw_workbook,
    saved,
    sheet_xml,
    text_cell,
    workbook,
)

pytestmark = pytest.mark.reading

GOOD = sheet_xml(header_row() + good_row())
_MEBIBYTE = 1 << 20
MEMORY_MIB = 50  # how much the console may grow over one of these


def encrypted_entry() -> bytes:
    data = bytearray(raw_workbook(GOOD))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(signature, at + 4)
    return bytes(data)


@cache
def zip_bomb() -> bytes:
    return raw_workbook(sheet_xml(header_row() + good_row()) + " " * (100 * _MEBIBYTE))


def lying_sizes() -> bytes:
    """The directory says that the sheet has 100 bytes; it unpacks to 80 MiB."""
    data = bytearray(raw_workbook(sheet_xml(header_row()) + " " * (80 * _MEBIBYTE)))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as file:
        size = file.getinfo("xl/worksheets/sheet1.xml").file_size.to_bytes(4, "little")
    return bytes(data).replace(size, (100).to_bytes(4, "little"))


def entity_expansion(*, in_sheet: bool) -> bytes:
    entities = '<!ENTITY a0 "aaaaaaaaaa">' + "".join(
        f'<!ENTITY a{at} "{f"&a{at - 1};" * 10}">' for at in range(1, 12)
    )
    prolog = f"<!DOCTYPE x [{entities}]>"
    row = '<row r="2"><c r="A2" t="inlineStr"><is><t>&a11;</t></is></c></row>'
    if in_sheet:
        return raw_workbook(sheet_xml(header_row() + row, prolog=prolog))
    return raw_workbook(GOOD, workbook_prolog=prolog)


def entities_in_utf_16() -> bytes:
    prolog = '<!DOCTYPE x [<!ENTITY a "b">]>'
    return sheet_xml("", prolog=prolog).replace("UTF-8", "UTF-16").encode("utf-16")


def claims_everything() -> bytes:
    far = f'<row r="1048576">{text_cell("XFD1048576", "x")}</row>'
    dimension = '<dimension ref="A1:XFD1048576"/>'
    return raw_workbook(sheet_xml(header_row() + good_row() + far, before=dimension))


def all_hidden() -> bytes:
    sheets = '<sheet name="one" sheetId="1" state="hidden" r:id="rId1"/>'
    return raw_workbook(GOOD, sheets=sheets)


def without_sheet() -> bytes:
    return raw_workbook(None, sheets="")


def only_a_chart() -> bytes:
    book = openpyxl.Workbook()
    book.create_chartsheet()
    book.remove(book.worksheets[0])
    return saved(book)


def twice_the_same_part() -> bytes:
    data = io.BytesIO(raw_workbook(GOOD))
    with zipfile.ZipFile(data, "a") as file, pytest.warns(UserWarning, match="Duplicate"):
        file.writestr("xl/worksheets/sheet1.xml", GOOD + "<!-- other -->")
    return data.getvalue()


def a_binary_workbook() -> bytes:
    return archive({"[Content_Types].xml": "<a/>", "xl/workbook.bin": b"\0\1\2"})


def an_open_document() -> bytes:
    return archive(
        {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": ""}
    )


def many_parts() -> bytes:
    return raw_workbook(GOOD, more={f"xl/media/{at}.png": b"" for at in range(2_500)})


def far_cell_in_other_quotes() -> bytes:
    row = f'<row r="900000">{text_cell("A900000", "x")}</row>'
    return raw_workbook(sheet_xml(header_row() + row).replace('"', "'").replace(" r='", " r ='"))


def compound(stream: str) -> bytes:
    """A compound file with one empty stream."""
    header = bytearray(512)
    header[:8] = OLE
    header[30:34] = struct.pack("<HH", 9, 6)
    header[44:76] = struct.pack("<8I", 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header[76:512] = struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    table = struct.pack("<128I", 0xFFFFFFFD, 0xFFFFFFFE, *[0xFFFFFFFF] * 126)

    def entry(name: str, kind: int) -> bytes:
        encoded = name.encode("utf-16-le")
        start = struct.pack("<64sHBB48xI8x", encoded, len(encoded) + 2, kind, 1, 0xFFFFFFFE)
        return start.ljust(128, b"\0")

    return bytes(header) + table + entry("Root Entry", 5) + entry(stream, 2) + bytes(256)


OLE = bytes.fromhex("d0cf11e0a1b11ae1")
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "The file is empty"),
    "a text without headers": (lambda: "김,010\n".encode(), "no headers"),
    "web page renamed": (lambda: b"<html><table><tr><td>", "web page"),
    "an old workbook cut off": (lambda: OLE + bytes(2_000), "damaged"),
    "password (Office)": (lambda: compound("EncryptedPackage"), "protected by a password"),
    "a document of Word, old": (lambda: compound("WordDocument"), "Word"),
    "a Hangul document": (lambda: compound("HwpSummaryInformation"), "Hancom"),
    "another compound file": (lambda: compound("Contents"), "another program"),
    "random bytes": (lambda: b"\0" + bytes(range(256)) * 20, "no workbook"),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "picture"),
    "cut off": (lambda: (DATA / "recipients.xlsx").read_bytes()[:3_000], "its end is missing"),
    "one byte of a ZIP": (lambda: b"PK\x03\x04", "its end is missing"),
    "damaged inside": (lambda: damaged_inside(), "damaged"),
    "broken XML": (lambda: raw_workbook(GOOD[:-40]), "damaged"),
    "broken list of sheets": (
        lambda: raw_workbook(GOOD, more={"xl/workbook.xml": "<workbook>"}),
        "damaged",
    ),
    "sheet is missing": (lambda: raw_workbook(None), "damaged"),
    "a part twice, with something else": (twice_the_same_part, "twice"),
    "password (ZIP)": (encrypted_entry, "protected by a password"),
    "another archive": (lambda: archive({"a.exe": "x"}), "archive, but not an Excel workbook"),
    "a document of Word": (
        lambda: archive({"word/document.xml": "<a/>"}),
        "document of Word",
    ),
    "binary workbook without sheets": (a_binary_workbook, "no visible sheet"),
    "OpenDocument that breaks off": (an_open_document, "damaged"),
    "zip bomb": (zip_bomb, "times its size"),
    "bomb that lies about its size": (lying_sizes, "damaged"),
    "too many parts": (many_parts, "upload.entries"),
    "claims 1,048,576 x 16,384 cells": (claims_everything, "row 1048576"),
    "one cell far below": (
        lambda: raw_workbook(
            sheet_xml(header_row() + f'<row r="900000">{text_cell("A900000", "x")}</row>')
        ),
        "row 900000",
    ),
    "a far cell behind an entity": (
        lambda: raw_workbook(
            sheet_xml(header_row() + f'<row r="2">{text_cell("A90000&#48;", "x")}</row>')
        ),
        "row 900000",
    ),
    "a far cell in other quotes": (far_cell_in_other_quotes, "row 900000"),
    "entities in the sheet": (lambda: entity_expansion(in_sheet=True), "entities"),
    "entities in the list of sheets": (lambda: entity_expansion(in_sheet=False), "entities"),
    "entities in a sheet in UTF-16": (
        lambda: raw_workbook(entities_in_utf_16()),
        "entities",
    ),
    "no sheet": (without_sheet, "no visible sheet"),
    "all sheets hidden": (all_hidden, "no visible sheet"),
    "only a chart": (only_a_chart, "no visible sheet"),
    "empty sheet": (lambda: workbook([], headers=()), "no headers"),
    "no headers": (lambda: workbook([["김영희", "010-1234-5678"]], headers=()), "no headers"),
    "a required column is missing": (
        lambda: workbook([["김영희", "x"]], headers=("Recipient name", "Other information")),
        "Mobile phone number is missing",
    ),
    "a column twice": (
        lambda: workbook([], headers=("Recipient name", "이름", *HEADERS[1:])),
        "Two columns are Recipient name",
    ),
    "one text of 30 MiB": (
        lambda: raw_workbook(sheet_xml(f'<row r="1">{text_cell("A1", "x" * 30_000_000)}</row>')),
        "times its size",
    ),
}


def damaged_inside() -> bytes:
    data = bytearray((DATA / "recipients.xlsx").read_bytes())
    at = data.find(b"xl/worksheets/sheet1.xml") + 60
    data[at : at + 200] = os.urandom(200)
    return bytes(data)


def memory_mib() -> float:
    """The most that this process ever had resident."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@pytest.fixture
async def ready(world: World) -> World:
    await world.organization()
    return world


@pytest.mark.parametrize("name", HOSTILE)
async def test_it_is_refused_in_words_that_help(ready: World, name: str) -> None:
    make, words = HOSTILE[name]
    data = make()
    before = memory_mib()
    with pytest.raises(InvalidInput) as told:
        await ready.services.uploads.upload(ready.system, data)
    assert words in str(told.value)
    assert told.value.hint
    assert memory_mib() - before < MEMORY_MIB
    # nothing is left of it
    assert await ready.services.uploads.count(ready.system) == 0


@pytest.mark.parametrize("name", ["zip bomb", "broken XML", "claims 1,048,576 x 16,384 cells"])
async def test_the_next_file_goes_in(ready: World, name: str) -> None:
    make, _words = HOSTILE[name]
    with pytest.raises(InvalidInput):
        await ready.services.uploads.upload(ready.system, make())
    result = await ready.services.uploads.upload(ready.system, raw_workbook(GOOD))
    assert (result.read, result.created) == (1, 1)


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ({"rows": 2}, "upload.rows"),
        ({"columns": 3}, "upload.columns"),
        ({"file_mib": 1}, "upload.file_mib"),
        ({"unzipped_mib": 1}, "upload.unzipped_mib"),
        ({"entries": 3}, "upload.entries"),
        ({"memory_mib": 8}, "upload.memory_mib"),
        ({"cpu_seconds": 1}, "upload.cpu_seconds"),
    ],
)
async def test_each_limit_is_a_setting_and_its_message_says_so(
    tmp_path: Path, setting: dict[str, int], words: str
) -> None:
    config = tmp_path / ".config/carecall/config.toml"
    config.parent.mkdir(parents=True)
    lines = [f"{name} = {value}" for name, value in setting.items()]
    config.write_text("\n".join(["[upload]", *lines]))
    made = await make_services(tmp_path)
    try:
        assert made.settings.upload == UploadLimits(**setting)
        await made.organization()
        # more than the least that can be set
        count = 90_000 if setting.keys() & {"file_mib", "cpu_seconds"} else 6_000
        rows = "".join(good_row(at) for at in range(2, count))
        with pytest.raises(CoreError) as told:
            await made.services.uploads.upload(
                made.system, raw_workbook(sheet_xml(header_row() + rows))
            )
        assert words in str(told.value)
    finally:
        await made.close()


@pytest.mark.parametrize("kind", ["missing", "directory", "fifo", "device", "unreadable"])
async def test_what_is_no_file_is_told_and_nothing_hangs(
    ready: World, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "thing.xlsx"
    if kind == "directory":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "device":
        path = Path("/dev/zero")
    elif kind == "unreadable":
        if os.getuid() == 0:
            pytest.skip("root may read everything")
        path.write_bytes(b"x")
        path.chmod(0)
    with pytest.raises(InvalidInput):
        await ready.services.uploads.upload(ready.system, path)
