"""Failed rows of uploads hold what was meant for a recipient, who may not have been there yet.

They are found by their number until they are linked to their recipient, which is when the number would no longer
tell: when it is changed, and when the row is corrected.
"""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.db.models import UploadRow
from core.db.rows import change_rows
from core.uploads.dto import RowResult

_TELLING = 8  # digits of a number that is none; fewer belong to anybody


def _open() -> list[sa.ColumnElement[bool]]:
    return [UploadRow.result == RowResult.FAILED.value, UploadRow.about_id.is_(None)]


async def follow_number(session: AsyncSession, recipient_id: int, e164: str) -> None:
    """Link the failed rows with this number to the recipient that had it so far."""
    await _link(session, recipient_id, UploadRow.phone_key == e164)


async def follow_correction(
    session: AsyncSession, recipient_id: int, phone_key: str | None, name: str
) -> None:
    """Link the failed rows that gave what this one gave before it was corrected: the file may have come twice."""
    if not phone_key:
        return
    same = UploadRow.phone_key == phone_key
    if len(phone_key) < _TELLING:
        same &= UploadRow.given["name"].as_string() == name
    await _link(session, recipient_id, same)


async def _link(session: AsyncSession, recipient_id: int, which: sa.ColumnElement[bool]) -> None:
    named = (*_open(), UploadRow.phone_key.is_not(None), which)
    await change_rows(session, UploadRow, *named, about_id=recipient_id)
