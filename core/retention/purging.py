"""Taking personal data out of the database, within the caller's transaction. IDs stay, for the audit records."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncSession

from core.conversations import index
from core.db.bulk import pieces
from core.db.models import (
    Call,
    Handover,
    HeldDelivery,
    MemoryDetail,
    Recipient,
    Upload,
    UploadRow,
    View,
)
from core.db.rows import change_rows, delete_rows
from core.retention import holdings
from core.retention.blotting import TELLING_DIGITS, Traces
from core.uploads.rules import phone_digits
from core.values.text import fold_line

_NOTHING_GIVEN = holdings.CLEARED[UploadRow.__tablename__]
_PAGE = 2_000
_FEW = 20  # of rows that may be large
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")

BATCH = 200
Row = tuple[int, int]  # upload and row


async def purge_recipients(session: AsyncSession, ids: Sequence[int]) -> None:
    """Leave nothing of these deleted recipients but their IDs, organization and when they were deleted."""
    await purge_calls(session, list(await _ids(session, Call, ids)))
    await index.forget_memories(session, await _ids(session, MemoryDetail, ids))
    for table in holdings.tables_below(holdings.PEOPLE):
        await delete_rows(session, table, holdings.rows_below(table, holdings.PEOPLE, ids))
    for column in (UploadRow.recipient_id, UploadRow.about_id):
        await change_rows(session, UploadRow, column.in_(ids), **_NOTHING_GIVEN)
    await _forget_held(session, ids)
    left = holdings.left_of_recipient()
    await change_rows(session, Recipient, Recipient.id.in_(ids), **left)


async def purge_calls(session: AsyncSession, ids: Sequence[int]) -> None:
    """Delete these calls and all that belongs to them; memory details stay and forget where they are from."""
    calls: Any = Call.__table__
    for start in range(0, len(ids), _PAGE):
        part = ids[start : start + _PAGE]
        await index.forget_calls(session, part)
        for table, column in holdings.loose_ends(calls):
            await change_rows(session, table, column.in_(part), **{column.name: None})
        for table in holdings.tables_below(calls):
            await delete_rows(session, table, holdings.rows_below(table, calls, part))
        await delete_rows(session, Call, Call.id.in_(part))


Naming = tuple[
    Any, str, list[int]
]  # a model, one of its columns, and the rows in which somebody stands


async def shared_texts(session: AsyncSession, traces: Traces) -> list[Naming]:
    """Where somebody stands in a text of many people."""
    found: list[Naming] = []
    for model, name in holdings.SHARED:
        select = sa.select(model.id, getattr(model, name)).order_by(model.id)
        rows = await session.stream(select.execution_options(yield_per=_PAGE))
        ids = [row[0] async for row in rows if traces.blotted_within(row[1]) != row[1]]
        if ids:
            found.append((model, name, ids))
    return found


async def blot(session: AsyncSession, traces: Traces, found: Iterable[Naming]) -> None:
    """Blot somebody out of these texts."""
    for model, name, ids in found:
        for row_id in ids:
            text = await session.scalar(sa.select(getattr(model, name)).where(model.id == row_id))
            await change_rows(
                session, model, model.id == row_id, **{name: traces.blotted_within(text)}
            )


async def rows_naming(session: AsyncSession, traces: Traces) -> dict[Any, list[int]]:
    """Rows that name somebody and say nothing without: those of a name that others have, too, stay."""
    not_deleted = Recipient.deleted_at.is_(None)
    others: set[str] = set()
    for part in pieces(sorted(traces.names), BATCH):
        same = sa.select(Recipient.name).where(not_deleted, Recipient.name.in_(part))
        others.update(await session.scalars(same))
    alone = replace(traces, names=traces.names - others)
    found: dict[Any, list[int]] = {}
    for model, names in holdings.NAMING:
        columns: list[Any] = [model.id, *(getattr(model, name) for name in names)]
        rows = await session.execute(sa.select(*columns).order_by(model.id))
        found[model] = [row_id for row_id, *texts in rows if alone.blotted_within(texts) != texts]
    return found


async def forget_naming(session: AsyncSession, found: Mapping[Any, Sequence[int]]) -> None:
    """Delete these rows."""
    for model, ids in found.items():
        for part in pieces(ids, BATCH):
            await delete_rows(session, model, model.id.in_(part))


async def held_naming(session: AsyncSession, traces: Traces) -> list[int]:
    """Deliveries that could not be stored, whose number cannot be read, and in which somebody stands."""
    select = sa.select(HeldDelivery.id, HeldDelivery.content).where(HeldDelivery.phone.is_(None))
    rows = await session.stream(select.execution_options(yield_per=_FEW))
    return [row[0] async for row in rows if traces.are_in(_as_text(row[1]))]


async def held_of(session: AsyncSession, number: str, traces: Traces) -> list[tuple[datetime, str]]:
    """Deliveries that could not be stored which give the number, or name somebody: when they came, and as what."""
    naming = await held_naming(session, traces)
    which = (HeldDelivery.phone == number) | HeldDelivery.id.in_(naming)
    select = sa.select(HeldDelivery.received_at, HeldDelivery.content).where(which)
    rows = await session.execute(select.order_by(HeldDelivery.id))
    return [(at, content.decode("utf-8", "replace")) for at, content in rows]


def _as_text(content: bytes) -> str:
    """What a line says that may be no JSON: what is written as ``\\uXXXX`` in it, too."""
    return _ESCAPED.sub(lambda one: chr(int(one[1], 16)), content.decode("utf-8", "replace"))


async def forget_held(session: AsyncSession, ids: Sequence[int]) -> int:
    """Delete these deliveries; gives how many."""
    return await delete_rows(session, HeldDelivery, HeldDelivery.id.in_(ids)) if ids else 0


async def forget_voice(session: AsyncSession, calls: Sequence[int]) -> None:
    """Let the calls have no voice file any more."""
    await change_rows(session, Call, Call.id.in_(calls), voice_file=None, voice_key=None)


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
    await delete_rows(session, HeldDelivery, which)


async def purge_held(session: AsyncSession, before: datetime) -> int:
    """Deliveries that could not be stored, received before; gives how many."""
    return await delete_rows(session, HeldDelivery, HeldDelivery.received_at < before)


async def purge_handovers(session: AsyncSession, ids: Sequence[int]) -> None:
    """Delete these hand-overs; the audit records say who signed and confirmed them."""
    await delete_rows(session, Handover, Handover.id.in_(ids))


async def purge_uploads(session: AsyncSession, ids: Sequence[int]) -> None:
    """Leave nothing of these uploads but who made them, when, and their counts."""
    await delete_rows(session, UploadRow, UploadRow.upload_id.in_(ids))
    left: dict[str, Any] = {"file_name": "", "file_hash": "", "notes": []}
    await change_rows(session, Upload, Upload.id.in_(ids), **left)


async def purge_views(session: AsyncSession, ids: Sequence[int]) -> None:
    """Delete these views."""
    await delete_rows(session, View, View.id.in_(ids))


async def forget_rows(session: AsyncSession, rows: Iterable[Row]) -> None:
    """Leave nothing of what these rows of uploads gave."""
    for upload_id, row in rows:
        which = sa.and_(UploadRow.upload_id == upload_id, UploadRow.row == row)
        await change_rows(session, UploadRow, which, **_NOTHING_GIVEN)


class Gone(Struct, frozen=True):
    """Somebody to be purged, by whom failed rows of uploads are told that are linked to nobody."""

    organization_id: int
    name: str
    phone: str
    deleted_at: datetime


async def rows_about(
    session: AsyncSession, people: Iterable[Gone], *, by_name: bool = True
) -> list[Row]:
    """The failed rows of uploads that give the number of one of these people, however it was written there, or the
    name, where the row was read in their organization and before they were deleted.

    A row may have failed before its recipient was there, and a number that is none tells of nobody. Namesakes lose
    what an old row gave; their own data stays.
    """
    numbers = {phone_digits(person.phone)[-TELLING_DIGITS:] for person in people}
    names: dict[str, list[Gone]] = defaultdict(list)
    for person in people:
        if by_name:
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
                UploadRow.phone_key,
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
        for upload_id, row, given, key, organization_id, at in page:
            texts = [key or "", *(text for field, text in given.items() if field != "fields")]
            namesakes = names.get(fold_line(str(given.get("name", ""))), ())
            if any(phone_digits(text)[-TELLING_DIGITS:] in numbers for text in texts) or any(
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
