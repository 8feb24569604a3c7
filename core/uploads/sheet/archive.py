"""Checks of a workbook's archive before anything parses it: what it is, how big it gets, which sheet to read."""

import re
import zipfile
import zlib
from dataclasses import dataclass
from posixpath import join, normpath
from typing import IO, BinaryIO
from xml.etree import ElementTree as ET

from core.values.errors import InvalidInput
from core.values.i18n import _
from core.values.settings import UploadLimits

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_INDEX_MAXIMUM = 8 << 20  # of the lists of sheets and of parts
_MEBIBYTE = 1 << 20
_FIRST_RATIO = _MEBIBYTE  # below so many bytes a ratio says nothing
_ENCRYPTED_FLAG = 1
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    ValueError,
    KeyError,
)


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A sheet: its name, its part of the archive, and whether people see it."""

    name: str
    part: str
    is_visible: bool


def damaged() -> InvalidInput:
    """The reason for a file that breaks off or contradicts itself."""
    return InvalidInput(
        _("The workbook is damaged or cut off."),
        _("Open it in a spreadsheet program, save it again, and upload that."),
    )


def open_archive(file: BinaryIO, limits: UploadLimits) -> zipfile.ZipFile:
    """The archive of the workbook. Raises InvalidInput with the reason where it is none, or beyond a limit."""
    file.seek(0)
    start = file.read(4096)
    _refuse_others(file, start)
    file.seek(0)
    try:
        archive = zipfile.ZipFile(file)
    except BROKEN as error:
        raise damaged() from error
    _refuse_sizes(archive, limits, file.seek(0, 2))
    _refuse_kind(archive)
    return archive


def _refuse_others(file: BinaryIO, start: bytes) -> None:
    save_as = _("Save it as an Excel workbook (.xlsx) and upload that.")
    if not start:
        raise InvalidInput(_("The file is empty."), _("Choose the workbook itself."))
    if start.startswith(_OLE):
        if _ENCRYPTED in start + file.read(4 * _MEBIBYTE):
            raise InvalidInput(
                _("The workbook is protected by a password."),
                _("Save it without one and upload that."),
            )
        raise InvalidInput(_("The file is an old Excel workbook (.xls)."), save_as)
    if start.startswith(b"PK"):
        return
    if start.lstrip().startswith((b"<", b"\xef\xbb\xbf<")):
        raise InvalidInput(_("The file is a web page or XML, not an Excel workbook."), save_as)
    if b"\0" not in start or start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InvalidInput(_("The file is text (CSV?), not an Excel workbook."), save_as)
    raise InvalidInput(_("The file is not an Excel workbook."), save_as)


def _refuse_sizes(archive: zipfile.ZipFile, limits: UploadLimits, size: int) -> None:
    entries = archive.infolist()
    if len(entries) > limits.entries:
        raise _beyond(
            _("The workbook has {count} parts.").format(count=len(entries)),
            "entries",
            limits.entries,
        )
    if len({entry.filename for entry in entries}) != len(entries):
        raise damaged()
    packed = sum(entry.compress_size for entry in entries)
    unpacked = sum(entry.file_size for entry in entries)
    if packed > size:
        raise damaged()
    if unpacked > limits.unzipped_mib * _MEBIBYTE:
        raise _beyond(
            _("The workbook unpacks to {size} MiB.").format(size=unpacked // _MEBIBYTE),
            "unzipped_mib",
            limits.unzipped_mib,
        )
    if unpacked > _FIRST_RATIO and unpacked > size * limits.ratio:
        raise _beyond(
            _("The workbook unpacks to {ratio} times its size.").format(ratio=unpacked // size),
            "ratio",
            limits.ratio,
        )
    if any(entry.flag_bits & _ENCRYPTED_FLAG for entry in entries):
        raise InvalidInput(
            _("The workbook is protected by a password."), _("Save it without one and upload that.")
        )


def _beyond(what: str, setting: str, limit: int) -> InvalidInput:
    return InvalidInput(
        what,
        _("At most {limit} is taken; the setting upload.{setting} can raise that.").format(
            limit=limit, setting=setting
        ),
    )


def _refuse_kind(archive: zipfile.ZipFile) -> None:
    names = set(archive.namelist())
    save_as = _("Save it as an Excel workbook (.xlsx) and upload that.")
    if "xl/workbook.bin" in names:
        raise InvalidInput(_("The file is a binary Excel workbook (.xlsb)."), save_as)
    if "mimetype" in names and "content.xml" in names:
        raise InvalidInput(_("The file is an OpenDocument file, not an Excel workbook."), save_as)
    if "xl/workbook.xml" not in names:
        raise InvalidInput(_("The file is an archive, but not an Excel workbook."), save_as)


def read_index(archive: zipfile.ZipFile, part: str) -> ET.Element:
    """A small XML part. One with a document type, which no spreadsheet program writes, is refused."""
    try:
        with archive.open(part) as stream:
            data = stream.read(_INDEX_MAXIMUM + 1)
    except BROKEN as error:
        raise damaged() from error
    if len(data) > _INDEX_MAXIMUM:
        raise damaged()
    refuse_doctype(data)
    try:
        # no document type, so nothing can expand
        return ET.fromstring(data)  # noqa: S314
    except (ET.ParseError, ValueError) as error:
        raise damaged() from error


def refuse_doctype(data: bytes) -> None:
    """Raise InvalidInput where the XML declares a document type, or is written in an encoding that hides one."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or b"\0" in data[:64]:
        raise InvalidInput(
            _("The workbook declares entities of its own, which no spreadsheet program does."),
            _("Copy its cells into a new workbook and upload that."),
        )


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def sheet_parts(archive: zipfile.ZipFile) -> list[SheetPart]:
    """The sheets with cells, in their order."""
    parts = {
        found.get("Id", ""): found
        for found in read_index(archive, "xl/_rels/workbook.xml.rels").iter()
        if _local(found.tag) == "Relationship" and found.get("Type", "").endswith("/worksheet")
    }
    sheets: list[SheetPart] = []
    for sheet in read_index(archive, "xl/workbook.xml").iter():
        relation = next((value for key, value in sheet.items() if _local(key) == "id"), "")
        if _local(sheet.tag) != "sheet" or relation not in parts:
            continue
        target = _path(parts[relation].get("Target", ""))
        is_visible = sheet.get("state", "visible") == "visible"
        sheets.append(SheetPart(sheet.get("name", ""), target, is_visible))
    return sheets


def _path(target: str) -> str:
    if target.startswith("/"):
        return normpath(target).lstrip("/")
    return normpath(join("xl", target))


def prolog(stream: IO[bytes]) -> bytes:
    """The first bytes of an XML part, up to a place where no document type can follow any more."""
    data = b""
    while len(data) < _INDEX_MAXIMUM and (chunk := stream.read(4096)):
        data += chunk
        if re.search(rb"<[A-Za-z]", data):
            break
    return data
