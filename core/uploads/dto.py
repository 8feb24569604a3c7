"""What services and screens exchange about uploads and downloads. Frozen; times in UTC."""

import enum
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from core.recipients.fields import TEXT_NAMES, Given
from core.values.errors import CoreError, InvalidInput
from core.values.i18n import N_, told
from core.values.jobs import Done
from core.values.stored import Words


class RowResult(enum.StrEnum):
    """What became of a row."""

    CREATED = "created"
    UNCHANGED = "unchanged"
    FAILED = "failed"


# of a reason that is kept without its words: which it is, and about which field
CODE, FIELD = "code", "field"

RESULT_WORDS = Words(
    {
        RowResult.CREATED: N_("Success"),
        RowResult.UNCHANGED: N_("Unchanged"),
        RowResult.FAILED: N_("Failed"),
    }
)


class ResultRow(Given, frozen=True, kw_only=True):
    """One row of an upload; ``row`` is its number in the sheet.

    ``fields`` names the field of each reason (as in a draft, "" for the row as a whole). Of a failed row the
    texts are what the file gave; of the others they are the recipient's now.
    """

    row: int
    result: RowResult
    recipient_id: int | None
    organization: str
    guardian: str = ""
    guardian_phone: str = ""
    tags: str = ""
    reasons: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class Guardian(Struct, frozen=True):
    """A guardian as somebody typed it beside a recipient; without name and number there is none."""

    name: str = ""
    phone: str = ""

    def __bool__(self) -> bool:
        """Whether there is one."""
        return bool(self.name.strip() or self.phone.strip())


def failed_row(
    number: int, given: Mapping[str, Any], reasons: Sequence[Any], warnings: Sequence[Any]
) -> ResultRow:
    """The result of a failed row, with what the file gave; its messages as they were kept, or in words."""
    return ResultRow(
        row=number,
        result=RowResult.FAILED,
        recipient_id=None,
        **{name: given.get(name, "") for name in TEXT_NAMES},
        organization=given.get("organization", ""),
        guardian=given.get("guardian", ""),
        guardian_phone=given.get("guardian_phone", ""),
        tags=given.get("tags", ""),
        reasons=tuple(map(told, reasons)),
        fields=tuple(given.get("fields", ())),
        warnings=tuple(map(told, warnings)),
    )


class UploadSummary(Struct, frozen=True):
    """An upload made: who, when, which file, and what came of it."""

    id: int
    file_name: str
    created_at: datetime
    admin: str
    organization: str
    read: int
    created: int
    unchanged: int
    failed: int
    warnings: int
    notes: tuple[str, ...]
    undone_at: datetime | None
    undone_by: str


class SheetColumn(Struct, frozen=True):
    """A column of a sheet: its letters, its header, what stands in its first rows, and the field that it is."""

    letters: str
    header: str
    key: str
    samples: tuple[str, ...]
    field: str


class SheetLayout(Struct, frozen=True):
    """The sheet that was read or looked at, those that can be, its columns, and the digest of their headers."""

    sheet: str = ""
    sheets: tuple[str, ...] = ()
    columns: tuple[SheetColumn, ...] = ()
    digest: str = ""


class HeadersNotKnown(InvalidInput):
    """Which column is which is not clear; somebody can say so, or choose another sheet."""

    def __init__(self, what: str, hint: str, layout: SheetLayout) -> None:
        super().__init__(what, hint)
        self.layout = layout


class UploadResult(Struct, frozen=True):
    """What came of a file. A check without saving has no ``upload_id`` and brings its rows along."""

    upload_id: int | None
    file_name: str
    read: int
    created: int
    unchanged: int
    failed: int
    warnings: int
    notes: tuple[str, ...] = ()
    rows: tuple[ResultRow, ...] = ()
    layout: SheetLayout = SheetLayout()
    file_hash: str = ""


class UndoResult(Struct, frozen=True):
    """How many recipients left; how many stay, since somebody has changed them, and the names of a few of them."""

    done: Done
    kept: tuple[str, ...] = ()
    kept_count: int = 0

    @property
    def left(self) -> int:
        """How many left."""
        return self.done.done


class ResultFilter(Struct, frozen=True):
    """Which rows of an upload are listed. ``told_only``: those that failed or were read with a guess."""

    failed_only: bool = False
    search: str = ""
    told_only: bool = False


class TakenInBefore(CoreError):
    """The same file was taken in already; ``upload`` tells when and by whom. Asking again takes it."""

    def __init__(self, what: str, hint: str, upload: UploadSummary) -> None:
        super().__init__(what, hint)
        self.upload = upload
