"""Opens a file as the kind of book that it is, or says why it cannot be taken."""

from typing import BinaryIO

from core.uploads.sheet import archive
from core.uploads.sheet.archive import Parts
from core.uploads.sheet.kinds import Book
from core.uploads.sheet.xlsx import open_workbook
from core.values.settings import UploadLimits


def open_book(file: BinaryIO, limits: UploadLimits, *, carefully: bool = False) -> Book:
    """The book in a file. Raises InvalidInput with the reason where it is none, or beyond a limit."""
    parts = Parts(archive.open_archive(file, limits))
    return open_workbook(file, parts, limits, carefully=carefully)
