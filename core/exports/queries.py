"""Selects on what is kept of one recipient, whom the caller has found to be the actor's to see."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from core.app.actor import Actor
from core.db.models import (
    AccessRecord,
    Admin,
    AuditRecord,
    Call,
    Campaign,
    Contact,
    Feedback,
    FollowupAction,
    Handover,
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
from core.exports import dto
from core.recipients import queries as of_recipients
from core.recipients.fields import TEXT_NAMES
from core.recipients.reading import not_found
from core.retention.blotting import Traces
from core.values.i18n import told
from core.values.stored import stored_list, stored_number, stored_object, stored_texts

_AT_ONCE = 500  # IDs of a statement
_by = sa.func.coalesce(name_of(), "")


async def found(session: AsyncSession, actor: Actor, recipient_id: int) -> Any:
    """The columns of the recipient, with when it was deleted; one that can be restored, too. Raises NotFound."""
    own = sa.true() if actor.sees_all else Recipient.organization_id == actor.organization_id
    there = Recipient.deleted_at.is_(None) | Recipient.deletion_id.is_not(None)
    select = of_recipients.rows(Recipient.deleted_at).where(
        Recipient.id == recipient_id, own, there, Recipient.name != ""
    )
    row = (await session.execute(select)).one_or_none()
    if row is None:
        raise not_found()
    return row


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
    columns: tuple[Any, ...] = (
        Campaign.name,
        Participation.enrolled_at,
        Participation.paused_at,
        sa.func.coalesce(Participation.pause_reason, ""),
        Participation.resumes_at,
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
    columns: tuple[Any, ...] = (
        Utterance.call_id,
        Utterance.at_ms,
        Utterance.speaker,
        Utterance.text,
    )
    select = (
        sa.select(*columns)
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
    columns: tuple[Any, ...] = (Feedback.call_id, Feedback.verdict, Feedback.given_at, _by)
    select = (
        sa.select(*columns)
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
    columns: tuple[Any, ...] = (
        action.call_id,
        action.action_type,
        action.details,
        action.created_at,
        action.updated_at,
        _by,
    )
    return (
        sa.select(*columns)
        .join(Call, Call.id == action.call_id)
        .outerjoin(Admin, Admin.id == action.admin_id)
        .where(theirs)
    )


async def memory(session: AsyncSession, recipient_id: int) -> list[dto.MemoryKept]:
    """What is remembered and was, the last changed first."""
    columns: tuple[Any, ...] = (
        MemoryDetail.id,
        MemoryDetail.topic,
        MemoryDetail.content,
        sa.func.coalesce(MemoryDetail.newer_content, ""),
        MemoryDetail.learned_at,
        MemoryDetail.changed_at,
        MemoryDetail.reset_at,
        _by,
    )
    select = (
        sa.select(*columns)
        .outerjoin(Admin, Admin.id == MemoryDetail.admin_id)
        .where(MemoryDetail.recipient_id == recipient_id)
        .order_by(MemoryDetail.changed_at.desc(), MemoryDetail.id.desc())
    )
    steps: dict[int, list[dto.MemoryStep]] = defaultdict(list)
    history: tuple[Any, ...] = (
        MemoryVersion.memory_id,
        MemoryVersion.change,
        MemoryVersion.content,
        MemoryVersion.changed_at,
        _by,
    )
    for memory_id, *rest in await session.execute(
        sa.select(*history)
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
    columns: tuple[Any, ...] = (Memo.text, Memo.created_at, Memo.updated_at, _by)
    select = (
        sa.select(*columns)
        .outerjoin(Admin, Admin.id == Memo.admin_id)
        .where(Memo.recipient_id == recipient_id)
        .order_by(Memo.created_at.desc(), Memo.id.desc())
    )
    return [dto.MemoKept(*row) for row in await session.execute(select)]


async def tasks(session: AsyncSession, recipient_id: int) -> list[dto.TaskKept]:
    """Open and closed, the latest first."""
    assignee, seen, closer = aliased(Admin), aliased(Admin), aliased(Admin)
    columns: tuple[Any, ...] = (
        Task.id,
        Task.kind,
        Task.text,
        Task.since,
        Task.due_at,
        Task.tries,
        sa.func.coalesce(name_of(assignee), ""),
        Task.acknowledged_at,
        sa.func.coalesce(name_of(seen), ""),
        Task.closed_at,
        sa.func.coalesce(name_of(closer), ""),
        sa.func.coalesce(Task.outcome, ""),
        Task.reason,
    )
    select = (
        sa.select(*columns)
        .outerjoin(assignee, assignee.id == Task.assignee_id)
        .outerjoin(seen, seen.id == Task.acknowledged_by)
        .outerjoin(closer, closer.id == Task.closed_by)
        .where(Task.recipient_id == recipient_id)
        .order_by(Task.created_at.desc(), Task.id.desc())
    )
    about: dict[int, list[str]] = defaultdict(list)
    of_calls: tuple[Any, ...] = (TaskCall.task_id, Call.external_id)
    for task_id, external_id in await session.execute(
        sa.select(*of_calls)
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
    columns: tuple[Any, ...] = (Contact.place, Contact.relation, Contact.name, Contact.phone)
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


async def shared_texts(session: AsyncSession, actor: Actor, traces: Traces) -> list[dto.TextNaming]:
    """The texts of many people that name somebody, as far as the actor may see them, the latest first."""
    own = sa.true() if actor.sees_all else Handover.organization_id == actor.organization_id
    places: tuple[tuple[str, Any, Any, Any], ...] = (
        ("handovers.text", Handover.signed_at, Handover.text, own),
        ("uploads.file_name", Upload.created_at, Upload.file_name, uploads_of(actor)),
        ("uploads.notes", Upload.created_at, Upload.notes, uploads_of(actor)),
    )
    found = []
    for of, moment, column, may_see in places:
        select = sa.select(moment, column).where(may_see)
        for at, kept in await session.execute(select):
            texts = [kept] if isinstance(kept, str) else [told(one) for one in stored_list(kept)]
            found += [dto.TextNaming(of, at, text) for text in texts if traces.are_in(text)]
    return sorted(found, key=lambda one: one.at, reverse=True)


async def names_beside(
    session: AsyncSession, organization_id: int, own: str, text: str
) -> list[str]:
    """The names of others of the organization that stand in the text."""
    place = "strpos" if session.get_bind().dialect.name == "postgresql" else "instr"
    stands: Any = getattr(sa.func, place)(sa.literal(text), Recipient.name) > 0
    select = sa.select(Recipient.name).where(
        Recipient.organization_id == organization_id,
        Recipient.name != "",
        Recipient.name != own,
        stands,
    )
    return list(await session.scalars(select.distinct()))


async def records(
    session: AsyncSession, actor: Actor, recipient_id: int, *, looks: bool
) -> list[dto.Record]:
    """Who changed something of the recipient's, or (``looks``) looked at it, the latest first."""
    model: Any = AccessRecord if looks else AuditRecord
    own = sa.true() if actor.sees_all else model.organization_id == actor.organization_id
    details = sa.cast(model.details, sa.Text)
    maybe = details.contains(str(recipient_id)) | details.contains('"ranges"')
    of_recipient = (model.subject == "recipient") & (
        (model.subject_id == recipient_id) | (model.subject_id.is_(None) & maybe)
    )
    columns: tuple[Any, ...] = (
        model.id, model.at, _by, model.action, model.subject, model.subject_id, model.details,
    )  # fmt: skip
    select = sa.select(*columns).outerjoin(Admin, Admin.id == model.admin_id).where(own)
    parts = [
        of_recipient,
        details.contains(f'"recipient":{recipient_id}')
        | details.contains(f'"recipient": {recipient_id}'),
    ]
    parts += [
        (model.subject == subject) & model.subject_id.in_(some)
        for subject, ids in (await _of_them(session, recipient_id)).items()
        for some in (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE))
    ]
    found: dict[int, dto.Record] = {}
    for part in parts:
        for row in await session.execute(select.where(part)):
            told_of = stored_object(row.details)
            if row.subject == "recipient" and not _is_about(row.subject_id, told_of, recipient_id):
                continue
            if (
                row.subject != "recipient"
                and told_of.get("recipient", recipient_id) != recipient_id
            ):
                continue
            fields = tuple(stored_texts(told_of.get("fields")))
            found[row.id] = dto.Record(row.at, row[2], row.action, fields)
    return sorted(found.values(), key=lambda one: one.at, reverse=True)


def _is_about(subject_id: int | None, details: dict[str, Any], recipient_id: int) -> bool:
    runs: Iterable[Sequence[int]] = details.get("ranges", ())
    return (
        recipient_id in (subject_id, details.get("recipient"))
        or recipient_id in details.get("ids", ())
        or any(first <= recipient_id <= last for first, last in runs)
    )


async def _of_them(session: AsyncSession, recipient_id: int) -> dict[str, list[int]]:
    """The IDs of what is the recipient's, by what records call it."""
    kinds: dict[str, Any] = {
        "call": Call,
        "memory": MemoryDetail,
        "followup": FollowupAction,
        "memo": Memo,
        "contact": Contact,
        "task": Task,
    }
    return {
        subject: list(
            await session.scalars(sa.select(model.id).where(model.recipient_id == recipient_id))
        )
        for subject, model in kinds.items()
    }
