"""Opens a file as the kind of book that it is, or says why it cannot be taken."""

import io
import re
import zipfile
from typing import BinaryIO

from core.uploads.endings import may_be_uploaded
from core.uploads.sheet import archive, others
from core.uploads.sheet.archive import Parts, damaged
from core.uploads.sheet.delimited import DelimitedFile
from core.uploads.sheet.kinds import Book
from core.uploads.sheet.ods import CONTENT, Spreadsheet
from core.uploads.sheet.ole import SIGNATURE, CompoundFile
from core.uploads.sheet.xls import OldWorkbook
from core.uploads.sheet.xlsb import BinaryWorkbook
from core.uploads.sheet.xlsx import Workbook
from core.values.errors import InvalidInput
from core.values.i18n import _
from core.values.settings import UploadLimits

_START = 4096
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument.spreadsheet"
_HANGUL = b"application/hwp+zip"
# a text may begin with these letters, too
_ARCHIVE = re.compile(rb"[\xef\xbb\xbf \t\r\n]*PK(?:[\0-\x08]|\Z)")


def open_book(
    file: BinaryIO, limits: UploadLimits, name: str = "", *, carefully: bool = False
) -> Book:
    """The book in a file. Raises InvalidInput with the reason where it is none, or beyond a limit."""
    others.refuse_by_name(name)
    file.seek(0)
    start = file.read(_START)
    others.refuse_others(start, name)
    if start.startswith(SIGNATURE):
        parts = CompoundFile(file)
        if parts.names.isdisjoint({"Workbook", "Book"}):
            others.refuse_compound(parts.names)
        return OldWorkbook(file, parts, limits)
    # a blank or a mark of byte order before an archive does no harm
    if _ARCHIVE.match(start):
        return _in_archive(file, limits, carefully=carefully)
    return DelimitedFile(file, name, limits)


def _in_archive(
    file: BinaryIO, limits: UploadLimits, *, carefully: bool, within: bool = False
) -> Book:
    parts = Parts(archive.open_archive(file, limits))
    kind = b""
    if "mimetype" in parts:
        with parts.open("mimetype") as stream:
            kind = stream.read(100).strip()
    if kind == _HANGUL:
        others.refuse_hangul()
    if kind.startswith(_OPEN_DOCUMENT) and CONTENT in parts:
        return Spreadsheet(parts, limits)
    if kind.startswith(b"application/vnd.oasis.opendocument"):
        raise InvalidInput(
            _("The file is an OpenDocument file, but no spreadsheet."),
            _("Save it as an Excel workbook (.xlsx) and upload that."),
        )
    book = archive.book_part(parts)
    if book is None:
        return _inner(parts, limits, carefully=carefully, within=within)
    if book.casefold().endswith(".bin"):
        return BinaryWorkbook(parts, book, limits)
    return Workbook(file, parts, archive.layout(parts, book), limits, carefully=carefully)


def _inner(parts: Parts, limits: UploadLimits, *, carefully: bool, within: bool) -> Book:
    """The book that was put into an archive once more, in whatever folder of it."""
    found = [
        name
        for name in parts.names()
        if may_be_uploaded(name.rpartition("/")[2])
        and not name.rpartition("/")[2].startswith(".")
        and not name.startswith("__macosx/")
    ]
    if not found or within:
        others.refuse_archive(set(parts.names()))
    if len(found) > 1:
        raise InvalidInput(
            _("The archive has several files: {files}.").format(files=", ".join(found[:5])),
            _("Unpack it, and upload them one by one."),
        )
    with parts.open(found[0]) as stream:
        data = stream.read((limits.file_mib << 20) + 1)
    if len(data) > limits.file_mib << 20:
        raise damaged()
    file = io.BytesIO(data)
    name = found[0].rpartition("/")[2]
    if zipfile.is_zipfile(file):
        return _in_archive(file, limits, carefully=carefully, within=True)
    return open_book(file, limits, name, carefully=carefully)
