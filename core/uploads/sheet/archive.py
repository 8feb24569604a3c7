"""Checks of a workbook's archive before anything parses it: what it is, how big it gets, which sheet to read."""

import contextlib
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO, BinaryIO, NoReturn
from xml.etree import ElementTree as ET

from msgspec import Struct

from core.values.errors import InvalidInput
from core.values.i18n import _
from core.values.settings import UploadLimits

_INDEX_MAXIMUM = 8 << 20  # of the lists of sheets and of parts
_MEBIBYTE = 1 << 20
_FIRST_RATIO = _MEBIBYTE  # below so many bytes a ratio says nothing
_ENCRYPTED_FLAG = 1
_END, _LONGEST_END = b"PK\x05\x06", 22 + 0xFFFF  # of an archive
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    ValueError,
    KeyError,
)


class Parts:
    """The parts of an archive by name, in whatever case and with whichever slash they are written."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self._entries: dict[str, zipfile.ZipInfo] = {}
        self._twice: set[str] = set()
        for entry in archive.infolist():
            name = _key(entry.filename)
            known = self._entries.setdefault(name, entry)
            if known is not entry and (known.CRC, known.file_size) != (entry.CRC, entry.file_size):
                self._twice.add(name)

    def __contains__(self, name: str) -> bool:
        return _key(name) in self._entries

    def named(self, name: str) -> str:
        """The name as the archive writes it."""
        return self._entries[_key(name)].filename

    def names(self) -> list[str]:
        """All names, in lower case."""
        return list(self._entries)

    @contextlib.contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """One part. Raises InvalidInput where it is missing, damaged, or there twice with different contents."""
        if _key(name) in self._twice:
            raise InvalidInput(
                _("The workbook has the part {part} twice.").format(part=name[:80]),
                _("Open it in a spreadsheet program, save it again, and upload that."),
            )
        try:
            with self.archive.open(self._entries[_key(name)]) as stream:
                yield stream
        except BROKEN as error:
            raise damaged() from error

    def read(self, name: str, reader: Callable[[IO[bytes]], None]) -> None:
        """Let this read a part. Raises InvalidInput as ``open`` does."""
        with self.open(name) as stream:
            reader(stream)

    def index(self, name: str) -> ET.Element:
        """A small XML part. One with a document type, which no spreadsheet program writes, is refused."""
        with self.open(name) as stream:
            data = stream.read(_INDEX_MAXIMUM + 1)
        if len(data) > _INDEX_MAXIMUM:
            raise damaged()
        data = data.lstrip(b" \t\r\n")
        refuse_doctype(data)
        try:
            # no document type, so nothing can expand
            return ET.fromstring(data)  # noqa: S314
        except (ET.ParseError, ValueError, LookupError) as error:
            raise damaged() from error


def _key(name: str) -> str:
    return name.replace("\\", "/").strip("/").casefold()


class SheetPart(Struct, frozen=True):
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


def cut_off() -> InvalidInput:
    """The reason for a file of which only the beginning is there."""
    return InvalidInput(
        _("The workbook is cut off: its end is missing."),
        _("It was not copied or downloaded to its end; fetch it once more, and upload that."),
    )


def locked() -> InvalidInput:
    """The reason for a file with a password."""
    return InvalidInput(
        _("The workbook is protected by a password."), _("Save it without one and upload that.")
    )


def encrypted() -> InvalidInput:
    """The reason for a workbook that Excel has encrypted, which it does without a password of anybody's, too."""
    return InvalidInput(
        _(
            "The workbook is protected by a password, or encrypted since its structure is protected."
        ),
        _(
            "Open it, take away the password and the protection of the workbook, save it as an Excel workbook"
            " (.xlsx), and upload that."
        ),
    )


def open_archive(file: BinaryIO, limits: UploadLimits) -> zipfile.ZipFile:
    """The archive of the workbook. Raises InvalidInput with the reason where it is none, or beyond a limit."""
    file.seek(0)
    try:
        archive = zipfile.ZipFile(file)
    except BROKEN as error:
        raise (damaged() if _has_end(file) else cut_off()) from error
    _refuse_sizes(archive, limits, file.seek(0, 2))
    return archive


def _has_end(file: BinaryIO) -> bool:
    """Whether the list of parts, which stands last in an archive, is there."""
    file.seek(max(0, file.seek(0, 2) - _LONGEST_END))
    return _END in file.read()


def _refuse_sizes(archive: zipfile.ZipFile, limits: UploadLimits, size: int) -> None:
    entries = archive.infolist()
    if len(entries) > limits.entries:
        raise _beyond(
            _("The workbook has {count} parts.").format(count=len(entries)),
            "entries",
            limits.entries,
        )
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
        raise locked()


def _beyond(what: str, setting: str, limit: int) -> InvalidInput:
    return InvalidInput(
        what,
        _("At most {limit} is taken; the setting upload.{setting} can raise that.").format(
            limit=limit, setting=setting
        ),
    )


def refuse_doctype(data: bytes) -> None:
    """Raise InvalidInput where the XML declares a document type, in whichever encoding."""
    # in UTF-16 each character has a zero beside it
    plain = data.replace(b"\0", b"")
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        refuse_entities()


def refuse_entities() -> NoReturn:
    """Raise InvalidInput for XML with a document type."""
    raise InvalidInput(
        _("The workbook declares entities of its own, which no spreadsheet program does."),
        _("Copy its cells into a new workbook and upload that."),
    )


def _local(name: str) -> str:
    return name.rpartition("}")[2]


class Related(Struct, frozen=True):
    """Another part, and what it is to the one that names it."""

    kind: str
    part: str


class Layout(Struct, frozen=True):
    """Where a workbook has what."""

    book: str
    sheets: tuple[SheetPart, ...]
    strings: str | None
    styles: str | None
    since_1904: bool


def book_part(parts: Parts) -> str | None:
    """The name of the part that lists the sheets, by the relationships of the archive or its usual name."""
    if "_rels/.rels" in parts:
        for found in relationships(parts, "", "_rels/.rels").values():
            if found.kind == "officeDocument" and found.part in parts:
                return found.part
    usual = (name for name in parts.names() if re.fullmatch(r"(xl/)?workbook\.(xml|bin)", name))
    return next(usual, None)


def layout(parts: Parts, book: str) -> Layout:
    """The sheets with cells, in their order, and what belongs to them."""
    folder, relations = related(parts, book)
    root = parts.index(book)
    sheets: list[SheetPart] = []
    count = 0
    since_1904 = False
    for found in root.iter():
        if _local(found.tag) == "workbookPr":
            since_1904 = found.get("date1904", "") in ("1", "true")
        if _local(found.tag) != "sheet":
            continue
        count += 1
        identity = next((value for key, value in found.items() if _local(key) == "id"), "")
        relation = relations.get(identity)
        if relation is None and not relations:
            # no relationships at all: the usual name, by its place
            relation = Related("worksheet", posixpath.join(folder, f"worksheets/sheet{count}.xml"))
        if relation is None or relation.kind != "worksheet":
            continue
        is_visible = found.get("state", "visible") not in ("hidden", "veryHidden")
        sheets.append(SheetPart(found.get("name", ""), relation.part, is_visible))
    beside = {found.kind: found.part for found in relations.values()}
    strings = beside.get("sharedStrings", posixpath.join(folder, "sharedStrings.xml"))
    styles = beside.get("styles", posixpath.join(folder, "styles.xml"))
    return Layout(book, tuple(sheets), strings, styles, since_1904)


def related(parts: Parts, book: str) -> tuple[str, dict[str, Related]]:
    """The folder of the part that lists the sheets, and what belongs to it, by ID."""
    folder, _slash, name = book.rpartition("/")
    rels = posixpath.join(folder, "_rels", f"{name}.rels")
    return folder, relationships(parts, folder, rels) if rels in parts else {}


def relationships(parts: Parts, folder: str, name: str) -> dict[str, Related]:
    """What a part of relationships names, by ID; targets are in the folder unless they begin with a slash."""
    return {
        found.get("Id", ""): Related(
            found.get("Type", "").rpartition("/")[2], _path(folder, found.get("Target", ""))
        )
        for found in parts.index(name).iter()
        if _local(found.tag) == "Relationship" and found.get("TargetMode") != "External"
    }


def _path(folder: str, target: str) -> str:
    target = target.replace("\\", "/")
    if target.startswith("/"):
        return posixpath.normpath(target).lstrip("/")
    return posixpath.normpath(posixpath.join(folder, target))
