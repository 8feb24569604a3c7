"""Files that are none of the kinds that are taken, each with what it is and the way out."""

import re
from collections.abc import Set
from typing import NoReturn

from core.uploads.endings import LOCK
from core.uploads.sheet.archive import encrypted
from core.values.errors import InvalidInput
from core.values.i18n import _

_LOOKED_AT = 4096
_DRM = (b"DRMONE", b"SCDSA", b"<## NASCA DRM FILE")
_HANGUL_3 = b"HWP Document File"
_HANGUL = (".hwp", ".hwpx", ".cell", ".hcell", ".nxl")
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*")
_MARKUP = re.compile(rb"\s*<[!?a-zA-Z]")
_WEB_PAGE = re.compile(rb"<(?:!doctype\s+html|html|head|body|table|meta)\b", re.IGNORECASE)


def _save_as() -> str:
    return _("Save it as an Excel workbook (.xlsx) and upload that.")


def refuse_by_name(name: str) -> None:
    """Raise InvalidInput for a file that is none whatever is in it."""
    if name.startswith(LOCK):
        raise InvalidInput(
            _("The file only says who has the workbook open; it is not the workbook."),
            _("Choose the file without {mark} before its name.").format(mark=LOCK),
        )


def refuse_others(start: bytes, name: str) -> None:
    """Raise InvalidInput for what the first bytes tell to be another kind of file."""
    start = start[:_LOOKED_AT]
    if not start:
        raise InvalidInput(_("The file is empty."), _("Choose the workbook itself."))
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(_DRM):
        raise InvalidInput(
            _("The file is encrypted by a document security product (DRM)."),
            _("Have it released there, or save a released copy, and upload that."),
        )
    if start.startswith(_HANGUL_3):
        refuse_hangul()
    if start.startswith(_PICTURES) or _is_other_picture(start):
        raise InvalidInput(
            _("The file is a picture, not a table."),
            _("Type the table into a workbook, or ask for the workbook itself."),
        )
    if start.startswith(b"%PDF"):
        raise InvalidInput(
            _("The file is a PDF, not a table."), _("Ask for the workbook it was made from.")
        )
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = start[2:].replace(b"\0", b"")
    if _MARKUP.match(text):
        _refuse_markup(text)
    if text.startswith(b"MIME-Version:"):
        raise InvalidInput(_("The file is a web page, not a workbook."), _save_as())
    if name.casefold().endswith(_HANGUL) and not text.startswith(b"PK"):
        refuse_hangul()


def _is_other_picture(start: bytes) -> bool:
    if start.startswith(b"BM") and not any(start[6:10]):  # as a text may begin, too
        return True
    return (start[:4] == b"RIFF" and start[8:12] == b"WEBP") or start[4:8] == b"ftyp"


def _refuse_markup(text: bytes) -> NoReturn:
    if b"urn:schemas-microsoft-com:office:spreadsheet" in text:
        raise InvalidInput(_("The file is an XML spreadsheet of Excel 2003."), _save_as())
    if b"urn:oasis:names:tc:opendocument" in text:
        raise InvalidInput(_("The file is an OpenDocument file in one piece (.fods)."), _save_as())
    if _WEB_PAGE.search(text):
        raise InvalidInput(_("The file is a web page, not a workbook."), _save_as())
    raise InvalidInput(_("The file is XML, but no workbook."), _save_as())


def refuse_hangul() -> NoReturn:
    """Raise InvalidInput for a document of Hancom Office."""
    raise InvalidInput(
        _("The file is a document of Hancom Office (.cell, .hwp)."),
        _("Save it there as an Excel workbook (.xlsx) and upload that."),
    )


def refuse_compound(streams: Set[str]) -> NoReturn:
    """Raise InvalidInput for a compound file that is no old workbook; its streams tell what it is."""
    if "EncryptedPackage" in streams:
        raise encrypted()
    if "HwpSummaryInformation" in streams or any("hwp" in name.casefold() for name in streams):
        refuse_hangul()
    if "WordDocument" in streams:
        raise InvalidInput(_("The file is a document of Word, not a workbook."), _save_as())
    raise InvalidInput(_("The file is a document of another program, not a workbook."), _save_as())


def refuse_archive(names: Set[str]) -> NoReturn:
    """Raise InvalidInput for an archive that holds no workbook."""
    if any(name.startswith("word/") for name in names):
        raise InvalidInput(_("The file is a document of Word, not a workbook."), _save_as())
    raise InvalidInput(_("The file is an archive, but not an Excel workbook."), _save_as())
