"""Taking personal data out of the database, within the caller's transaction. IDs stay, for the audit records."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.db.engine import delete_rows
from core.db.models import (
    Call,
    Contact,
    Feedback,
    FollowupAction,
    Handover,
    HeldDelivery,
    Memo,
    MemoryDetail,
    MemoryVersion,
    Participation,
    Recipient,
    Task,
    TaskCall,
    Upload,
    UploadRow,
    Utterance,
)
from core.recipients.fields import FIELDS, KEPT, WHEN_DELETED
from core.uploads.rules import phone_digits
from core.values.text import fold_line

_NOTHING_GIVEN: dict[str, Any] = {
    "given": {}, "reasons": [], "warnings": [], "about_id": None, "phone_key": None
}  # fmt: skip
# of the fields; the rest of a recipient's columns follows below
LEFT: dict[str, Any] = {
    one.stored_in: Recipient.deleted_at if one.purged is WHEN_DELETED else one.purged
    for one in FIELDS
    if one.purged is not KEPT
}
# Numbers are the same where so many of their last digits are, however the rest was written.
_TELLING_DIGITS = 8
_PAGE = 2_000

Row = tuple[int, int]  # upload and row


async def purge_recipients(session: AsyncSession, ids: Sequence[int]) -> None:
    """Leave nothing of these deleted recipients but their IDs, organization and when they were deleted."""
    await purge_calls(session, list(await _ids(session, Call, ids)))
    of_recipient = MemoryDetail.recipient_id.in_(ids)
    memories = sa.select(MemoryDetail.id).where(of_recipient)
    await _delete(session, MemoryVersion, MemoryVersion.memory_id.in_(memories))
    await _delete(session, MemoryDetail, of_recipient)
    await _delete(session, Memo, Memo.recipient_id.in_(ids))
    await _delete(session, Contact, Contact.recipient_id.in_(ids))
    tasks = sa.select(Task.id).where(Task.recipient_id.in_(ids))
    await _delete(session, TaskCall, TaskCall.task_id.in_(tasks))
    await _delete(session, Task, Task.recipient_id.in_(ids))
    await _delete(session, Participation, Participation.recipient_id.in_(ids))
    for column in (UploadRow.recipient_id, UploadRow.about_id):
        await _update(session, UploadRow, column.in_(ids), _NOTHING_GIVEN)
    await _forget_held(session, ids)
    left = {
        **LEFT,
        "search_text": "",
        "upload_id": None,
        "deletion_id": None,
        "last_analysis": None,
        "unanswered_streak": 0,
        "metrics_until": None,
        "change_until": None,
        "version": Recipient.version + 1,
    }
    await _update(session, Recipient, Recipient.id.in_(ids), left)


async def purge_calls(session: AsyncSession, ids: Sequence[int]) -> None:
    """Delete these calls and all that belongs to them; memory details stay and forget where they are from."""
    for start in range(0, len(ids), _PAGE):
        part = ids[start : start + _PAGE]
        for column in (MemoryDetail.call_id, MemoryDetail.newer_call_id, MemoryVersion.call_id):
            await _update(session, column.class_, column.in_(part), {column.key: None})
        await _update(session, Task, Task.call_id.in_(part), {"call_id": None})
        for model in (Utterance, Feedback, FollowupAction, TaskCall):
            await _delete(session, model, model.call_id.in_(part))
        await _delete(session, Call, Call.id.in_(part))


async def forget_voice(session: AsyncSession, calls: Sequence[int]) -> None:
    """Let the calls have no voice file any more."""
    await _update(session, Call, Call.id.in_(calls), {"voice_file": None, "voice_key": None})


async def _forget_held(session: AsyncSession, ids: Sequence[int]) -> None:
    """Deliveries to these recipients that could not be stored.

    Whatever organization the line named, or its deliverer has: it is theirs, unless that organization has somebody
    else with the number, for whom it may still be taken in.
    """
    to_them = sa.select(Recipient.phone).where(Recipient.id.in_(ids), Recipient.phone != "")
    other = sa.select(Recipient.id).where(
        Recipient.organization_id == HeldDelivery.organization_id,
        Recipient.phone == HeldDelivery.phone,
        Recipient.deleted_at.is_(None),
    )
    which = sa.and_(HeldDelivery.phone.in_(to_them), ~other.correlate(HeldDelivery).exists())
    await _delete(session, HeldDelivery, which)


async def purge_held(session: AsyncSession, before: datetime) -> int:
    """Deliveries that could not be stored, received before; gives how many."""
    return await delete_rows(session, HeldDelivery, HeldDelivery.received_at < before)


async def purge_handovers(session: AsyncSession, ids: Sequence[int]) -> None:
    """Delete these hand-overs; the audit records say who signed and confirmed them."""
    await _delete(session, Handover, Handover.id.in_(ids))


async def purge_upload(session: AsyncSession, upload_id: int) -> None:
    """Leave nothing of an upload but who made it, when, and its counts."""
    await _delete(session, UploadRow, UploadRow.upload_id == upload_id)
    left: dict[str, Any] = {"file_name": "", "file_hash": "", "notes": []}
    await _update(session, Upload, Upload.id == upload_id, left)


async def forget_rows(session: AsyncSession, rows: Iterable[Row]) -> None:
    """Leave nothing of what these rows of uploads gave."""
    for upload_id, row in rows:
        which = sa.and_(UploadRow.upload_id == upload_id, UploadRow.row == row)
        await _update(session, UploadRow, which, _NOTHING_GIVEN)


@dataclass(frozen=True, slots=True)
class Gone:
    """Somebody to be purged, by whom failed rows of uploads are told that are linked to nobody."""

    organization_id: int
    name: str
    phone: str
    deleted_at: datetime


async def rows_about(session: AsyncSession, people: Iterable[Gone]) -> list[Row]:
    """The failed rows of uploads that give the number of one of these people, however it was written there, or the
    name, where the row was read in their organization and before they were deleted.

    A row may have failed before its recipient was there, and a number that is none tells of nobody. Namesakes lose
    what an old row gave; their own data stays.
    """
    numbers = {phone_digits(person.phone)[-_TELLING_DIGITS:] for person in people}
    names: dict[str, list[Gone]] = defaultdict(list)
    for person in people:
        names[person.name].append(person)
    found: list[Row] = []
    place: Row = (0, 0)
    while True:
        here = sa.tuple_(UploadRow.upload_id, UploadRow.row)
        select = (
            sa.select(
                UploadRow.upload_id,
                UploadRow.row,
                UploadRow.given,
                Upload.organization_id,
                Upload.created_at,
            )
            .join(Upload, Upload.id == UploadRow.upload_id)
            .where(
                UploadRow.result == "failed",
                here > sa.tuple_(sa.literal(place[0]), sa.literal(place[1])),
            )
            .order_by(UploadRow.upload_id, UploadRow.row)
            .limit(_PAGE)
        )
        page = (await session.execute(select)).all()
        for upload_id, row, given, organization_id, at in page:
            texts = [text for field, text in given.items() if field != "fields"]
            namesakes = names.get(fold_line(str(given.get("name", ""))), ())
            if any(phone_digits(text)[-_TELLING_DIGITS:] in numbers for text in texts) or any(
                organization_id in (None, one.organization_id) and at <= one.deleted_at
                for one in namesakes
            ):
                found.append((upload_id, row))
        if len(page) < _PAGE:
            return found
        place = (page[-1][0], page[-1][1])


async def _ids(session: AsyncSession, model: Any, recipients: Sequence[int]) -> Sequence[int]:
    found = await session.scalars(sa.select(model.id).where(model.recipient_id.in_(recipients)))
    return found.all()


async def _delete(session: AsyncSession, model: Any, which: sa.ColumnElement[bool]) -> None:
    await delete_rows(session, model, which)


async def _update(
    session: AsyncSession, model: Any, which: sa.ColumnElement[bool], values: dict[str, Any]
) -> None:
    await session.execute(
        sa.update(model).where(which).values(**values).execution_options(synchronize_session=False)
    )
