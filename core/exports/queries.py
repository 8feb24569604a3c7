"""Selects on what is kept of one recipient, whom the caller has found to be the actor's to see."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from core.app.actor import Actor
from core.db.models import (
    Admin,
    Call,
    Campaign,
    Contact,
    Feedback,
    FollowupAction,
    Memo,
    MemoryDetail,
    MemoryVersion,
    Merge,
    Participation,
    Recipient,
    RecipientTag,
    Tag,
    Task,
    TaskCall,
    Upload,
    UploadRow,
    Utterance,
)
from core.db.names import name_of
from core.db.rows import columns_of, one_or
from core.exports import dto
from core.recipients import queries as of_recipients
from core.recipients.fields import TEXT_NAMES
from core.recipients.reading import not_found
from core.values.i18n import told
from core.values.stored import stored_list, stored_number, stored_object

_by = sa.func.coalesce(name_of(), "")


async def found(session: AsyncSession, actor: Actor, recipient_id: int) -> Any:
    """The columns of the recipient, with when it was deleted; one that can be restored, too. Raises NotFound."""
    own = sa.true() if actor.sees_all else Recipient.organization_id == actor.organization_id
    there = Recipient.deleted_at.is_(None) | Recipient.deletion_id.is_not(None)
    select = of_recipients.rows(Recipient.deleted_at).where(
        Recipient.id == recipient_id, own, there, Recipient.name != ""
    )
    return await one_or(session, select, not_found())


async def merges(session: AsyncSession, recipient_id: int) -> list[dto.MergeMade]:
    """Of whoever became part of the recipient, in their order."""
    select = (
        sa.select(Merge, Recipient, _by)
        .join(Recipient, Recipient.id == Merge.merged_id)
        .outerjoin(Admin, Admin.id == Merge.admin_id)
        .where(Merge.kept_id == recipient_id)
        .order_by(Merge.id)
    )
    return [
        dto.MergeMade(
            made.created_at,
            by,
            made.undone_at,
            {} if made.undone_at else {name: getattr(other, name) for name in TEXT_NAMES},
            {
                name: texts[0]
                for name, texts in stored_object(stored_object(made.changed).get("fields")).items()
            },
        )
        for made, other, by in await session.execute(select)
    ]


async def participations(session: AsyncSession, recipient_id: int) -> list[dto.ParticipationMade]:
    """In the order in which they began."""
    reason = sa.func.coalesce(Participation.pause_reason, "")
    columns = columns_of(
        dto.ParticipationMade, Participation, campaign=Campaign.name, pause_reason=reason
    )
    select = (
        sa.select(*columns)
        .join(Campaign, Campaign.id == Participation.campaign_id)
        .where(Participation.recipient_id == recipient_id)
        .order_by(Participation.enrolled_at, Participation.id)
    )
    return [dto.ParticipationMade(*row) for row in await session.execute(select)]


async def calls(session: AsyncSession, recipient_id: int) -> list[tuple[Any, dto.CallMade]]:
    """The calls, the latest first, each with the columns that lead to its voice file."""
    columns: tuple[Any, ...] = (
        Call.id,
        Call.external_id,
        Call.source,
        Campaign.name.label("campaign"),
        Call.started_at,
        Call.duration_ms,
        Call.result,
        Call.completed,
        Call.analysis,
        Call.summary,
        Call.voice_file,
        Call.voice_key,
        Call.organization_id,
    )
    select = (
        sa.select(*columns)
        .outerjoin(Campaign, Campaign.id == Call.campaign_id)
        .where(Call.recipient_id == recipient_id)
        .order_by(Call.started_at.desc(), Call.id.desc())
    )
    rows = (await session.execute(select)).all()
    theirs = Call.recipient_id == recipient_id
    said, thought, did = await _said(session, theirs), await _thought(session, theirs), {}
    for row in await session.execute(_followups(theirs)):
        did[row[0]] = dto.FollowupMade(*row[1:])
    return [
        (
            row,
            dto.CallMade(
                row.external_id,
                row.source,
                row.campaign or "",
                row.started_at,
                stored_number(row.duration_ms) / 1000,
                row.result,
                row.completed,
                row.analysis or "",
                row.summary or "",
                tuple(said.get(row.id, ())),
                tuple(thought.get(row.id, ())),
                did.get(row.id),
            ),
        )
        for row in rows
    ]


async def _said(session: AsyncSession, theirs: sa.ColumnElement[bool]) -> dict[int, list[dto.Said]]:
    select = (
        sa.select(Utterance.call_id, Utterance.at_ms, Utterance.speaker, Utterance.text)
        .join(Call, Call.id == Utterance.call_id)
        .where(theirs)
        .order_by(Utterance.call_id, Utterance.position)
    )
    found: dict[int, list[dto.Said]] = defaultdict(list)
    for call_id, at_ms, speaker, text in await session.execute(select):
        found[call_id].append(dto.Said(stored_number(at_ms) / 1000, speaker, text))
    return found


async def _thought(
    session: AsyncSession, theirs: sa.ColumnElement[bool]
) -> dict[int, list[dto.VerdictGiven]]:
    columns = columns_of(dto.VerdictGiven, Feedback, at=Feedback.given_at, by=_by)
    select = (
        sa.select(Feedback.call_id, *columns)
        .join(Call, Call.id == Feedback.call_id)
        .outerjoin(Admin, Admin.id == Feedback.admin_id)
        .where(theirs)
        .order_by(Feedback.given_at)
    )
    found: dict[int, list[dto.VerdictGiven]] = defaultdict(list)
    for call_id, *rest in await session.execute(select):
        found[call_id].append(dto.VerdictGiven(*rest))
    return found


def _followups(theirs: sa.ColumnElement[bool]) -> sa.Select[Any]:
    action = FollowupAction
    columns = columns_of(dto.FollowupMade, action, type=action.action_type, by=_by)
    return (
        sa.select(action.call_id, *columns)
        .join(Call, Call.id == action.call_id)
        .outerjoin(Admin, Admin.id == action.admin_id)
        .where(theirs)
    )


async def memory(session: AsyncSession, recipient_id: int) -> list[dto.MemoryKept]:
    """What is remembered and was, the last changed first."""
    newer = sa.func.coalesce(MemoryDetail.newer_content, "")
    columns = columns_of(
        dto.MemoryKept, MemoryDetail, without=("history",), newer_content=newer, by=_by
    )
    select = (
        sa.select(MemoryDetail.id, *columns)
        .outerjoin(Admin, Admin.id == MemoryDetail.admin_id)
        .where(MemoryDetail.recipient_id == recipient_id)
        .order_by(MemoryDetail.changed_at.desc(), MemoryDetail.id.desc())
    )
    steps: dict[int, list[dto.MemoryStep]] = defaultdict(list)
    history = columns_of(dto.MemoryStep, MemoryVersion, at=MemoryVersion.changed_at, by=_by)
    for memory_id, *rest in await session.execute(
        sa.select(MemoryVersion.memory_id, *history)
        .join(MemoryDetail, MemoryDetail.id == MemoryVersion.memory_id)
        .outerjoin(Admin, Admin.id == MemoryVersion.admin_id)
        .where(MemoryDetail.recipient_id == recipient_id)
        .order_by(MemoryVersion.memory_id, MemoryVersion.number)
    ):
        steps[memory_id].append(dto.MemoryStep(*rest))
    rows = [[*row[1:], tuple(steps.get(row[0], ()))] for row in await session.execute(select)]
    return [dto.MemoryKept(*row) for row in rows]


async def memos(session: AsyncSession, recipient_id: int) -> list[dto.MemoKept]:
    """The latest first."""
    select = (
        sa.select(*columns_of(dto.MemoKept, Memo, by=_by))
        .outerjoin(Admin, Admin.id == Memo.admin_id)
        .where(Memo.recipient_id == recipient_id)
        .order_by(Memo.created_at.desc(), Memo.id.desc())
    )
    return [dto.MemoKept(*row) for row in await session.execute(select)]


async def tasks(session: AsyncSession, recipient_id: int) -> list[dto.TaskKept]:
    """Open and closed, the latest first."""
    assignee, seen, closer = aliased(Admin), aliased(Admin), aliased(Admin)
    columns = columns_of(
        dto.TaskKept, Task, without=("calls",),
        assignee=sa.func.coalesce(name_of(assignee), ""),
        acknowledged_by=sa.func.coalesce(name_of(seen), ""),
        closed_by=sa.func.coalesce(name_of(closer), ""), outcome=sa.func.coalesce(Task.outcome, ""),
    )  # fmt: skip
    select = (
        sa.select(Task.id, *columns)
        .outerjoin(assignee, assignee.id == Task.assignee_id)
        .outerjoin(seen, seen.id == Task.acknowledged_by)
        .outerjoin(closer, closer.id == Task.closed_by)
        .where(Task.recipient_id == recipient_id)
        .order_by(Task.created_at.desc(), Task.id.desc())
    )
    about: dict[int, list[str]] = defaultdict(list)
    for task_id, external_id in await session.execute(
        sa.select(TaskCall.task_id, Call.external_id)
        .join(Call, Call.id == TaskCall.call_id)
        .join(Task, Task.id == TaskCall.task_id)
        .where(Task.recipient_id == recipient_id)
        .order_by(Call.started_at)
    ):
        about[task_id].append(external_id)
    rows = [[*row[1:], tuple(about.get(row[0], ()))] for row in await session.execute(select)]
    return [dto.TaskKept(*row) for row in rows]


async def contacts(session: AsyncSession, recipient_id: int) -> list[dto.ContactKept]:
    """In the order in which they are phoned."""
    columns = columns_of(dto.ContactKept, Contact)
    select = sa.select(*columns).where(Contact.recipient_id == recipient_id)
    rows = await session.execute(select.order_by(Contact.place))
    return [dto.ContactKept(*row) for row in rows]


async def tags(session: AsyncSession, recipient_id: int) -> list[str]:
    """Their names."""
    select = sa.select(Tag.name).join(RecipientTag, RecipientTag.tag_id == Tag.id)
    found = await session.scalars(
        select.where(RecipientTag.recipient_id == recipient_id).order_by(Tag.name_key)
    )
    return list(found)


async def rows_given(
    session: AsyncSession, actor: Actor, recipient_id: int, others: Sequence[tuple[int, int]]
) -> list[dto.RowGiven]:
    """Rows of uploads that became the recipient, are linked to it, or (``others``) give its number."""
    columns: tuple[Any, ...] = (
        Upload.file_name,
        Upload.created_at,
        _by,
        UploadRow.row,
        UploadRow.result,
        UploadRow.given,
        UploadRow.reasons,
        UploadRow.warnings,
    )
    theirs = (UploadRow.recipient_id == recipient_id) | (UploadRow.about_id == recipient_id)
    for upload_id, row in others:
        theirs |= (UploadRow.upload_id == upload_id) & (UploadRow.row == row)
    select = (
        sa.select(*columns)
        .join(Upload, Upload.id == UploadRow.upload_id)
        .outerjoin(Admin, Admin.id == Upload.admin_id)
        .where(theirs, uploads_of(actor))
        .order_by(Upload.created_at, UploadRow.row)
    )
    return [
        dto.RowGiven(
            row.file_name, row.created_at, row[2], row.row, row.result,
            {name: str(text) for name, text in stored_object(row.given).items() if name != "fields"},
            tuple(map(_words, stored_list(row.reasons))),
            tuple(map(_words, stored_list(row.warnings))),
        )
        for row in await session.execute(select)
    ]  # fmt: skip


def _words(reason: Any) -> str:
    """A reason as it is told; of one that is kept as a code (a number that is taken), the code."""
    if isinstance(reason, dict) and "code" in reason:
        return str(reason["code"])
    return str(told(reason))


def uploads_of(actor: Actor) -> sa.ColumnElement[bool]:
    """The uploads that the actor may see."""
    if actor.sees_all:
        return sa.true()
    own = Upload.organization_id == actor.organization_id
    return own | (Upload.admin_id == actor.admin_id)
