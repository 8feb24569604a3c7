"""What goes over when two recipients are merged, and comes back: within the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from core.calls.metrics import refresh_metrics
from core.campaigns.status import refresh_status
from core.conversations import index
from core.db.bulk import among
from core.db.models import (
    Call,
    Campaign,
    Contact,
    FollowupAction,
    Memo,
    MemoryDetail,
    Participation,
    Recipient,
    Task,
    TaskCall,
)
from core.db.models.duplicates import MOVED
from core.db.rows import change_rows, delete_rows, is_sqlite
from core.duplicates.rules import why_not_contacts
from core.tasks.from_calls import move_tasks, open_tasks
from core.tasks.rules import TaskKind, TaskOutcome
from core.values.errors import ActionBlocked
from core.values.i18n import _
from core.values.settings import Settings
from core.values.times import now

Moved = dict[str, list[int]]
TABLES: dict[str, Any] = {
    model.__tablename__: model
    for model in (Call, MemoryDetail, FollowupAction, Memo, Task, Contact, Participation)
}
# what is about a call
_OF_CALLS = ("memory_details", "followup_actions")
_SAID = ("calls", "memory_details")
# of an open task that another joins, what becomes of both
_OF_TASK = ("count", "since", "due_at", "call_id", "acknowledged_at", "acknowledged_by")


async def move_all(
    session: AsyncSession, kept: Recipient, merged: Recipient, admin_id: int | None
) -> tuple[Moved, list[dict[str, Any]]]:
    """Give all that is the one's to the other. Gives the IDs by table, and how open tasks of a kind became one.

    Raises ActionBlocked where both have more contacts than a recipient can.
    """
    moved: Moved = {}
    for table in ("calls", "memory_details", "followup_actions", "memos"):
        moved[table] = await _ids(session, table, merged.id)
    moved["participations"] = await _participations(session, kept, merged)
    joined = await _join_tasks(session, kept.id, merged.id, admin_id)
    moved["tasks"] = await _ids(session, "tasks", merged.id)
    for table, ids in moved.items():
        await _give(session, table, ids, merged, kept)
    moved["contacts"] = await _contacts(session, kept, merged)
    if kept.organization_id != merged.organization_id:
        await move_tasks(session, [kept.id], kept.organization_id)
    return moved, joined


async def move_back(
    session: AsyncSession,
    kept: Recipient,
    merged: Recipient,
    moved: Moved,
    joined: Sequence[dict[str, Any]],
    since: datetime,
) -> tuple[dict[str, int], list[str]]:
    """Give back what went over ``since`` then and is still there, and let the tasks be two again.

    What was added since to a call that goes back goes with it; a call that came since for the one who stayed, and
    joined a task that goes back, is told by a task of its own; and in a campaign in which it came that one stays,
    too. Gives how much went back, by its table, and the names of these campaigns.
    """
    calls, counts = moved.get("calls", []), dict[str, int]()
    for table, ids in moved.items():
        if table in MOVED and table != "contacts":
            ids = list(await _still_there(session, table, kept.id, ids))
            if table in _OF_CALLS:
                ids = sorted({*ids, *await _of_calls(session, table, kept.id, calls)})
            counts[table] = len(ids)
            await _give(session, table, ids, kept, merged)
    called_in = await _stay_where_called(session, kept.id, moved.get("participations", []), since)
    await _take_calls_out(session, kept.id, moved.get("tasks", []))
    counts["contacts"] = await _contacts_back(session, kept, merged, moved.get("contacts", []))
    for one in joined:
        await _part_tasks(session, one, {kept.id, merged.id})
    if kept.organization_id != merged.organization_id:
        await move_tasks(session, [merged.id], merged.organization_id)
    return counts, called_in


async def refresh(session: AsyncSession, settings: Settings, *ids: int) -> None:
    """Bring in step what the list shows of them."""
    await session.flush()
    await refresh_metrics(session, settings, Recipient.id.in_(ids))
    await refresh_status(session, Recipient.id.in_(ids))


async def _still_there(
    session: AsyncSession, table: str, recipient_id: int, ids: Sequence[int]
) -> Sequence[int]:
    """Those that are the recipient's."""
    model = TABLES[table]
    which = (model.recipient_id == recipient_id, among(session, model.id, sorted(ids)))
    return (await session.scalars(sa.select(model.id).where(*which))).all() if ids else []


async def _stay_where_called(
    session: AsyncSession, kept_id: int, participations: Sequence[int], since: datetime
) -> list[str]:
    """Let the one who stayed be in campaigns whose participation went back, where a call came there since.

    It is paused as the other one is. Gives the names of the campaigns.
    """
    if not participations:
        return []
    came = sa.exists().where(
        Call.recipient_id == kept_id,
        Call.campaign_id == Participation.campaign_id,
        Call.started_at >= since,
    )
    select = (
        sa.select(Participation, Campaign.name)
        .join(Campaign, Campaign.id == Participation.campaign_id)
        .where(among(session, Participation.id, sorted(participations)), came)
        .order_by(Participation.id)
    )
    names = []
    for one, name in (await session.execute(select)).all():
        session.add(
            Participation(
                recipient_id=kept_id, campaign_id=one.campaign_id, enrolled_at=now(),
                paused_at=one.paused_at, pause_reason=one.pause_reason, resumes_at=one.resumes_at,
            )
        )  # fmt: skip
        names.append(name)
    await session.flush()
    return names


async def _of_calls(
    session: AsyncSession, table: str, recipient_id: int, calls: Sequence[int]
) -> Sequence[int]:
    model = TABLES[table]
    which = (model.recipient_id == recipient_id, among(session, model.call_id, sorted(calls)))
    return (await session.scalars(sa.select(model.id).where(*which))).all() if calls else []


async def _take_calls_out(session: AsyncSession, kept_id: int, tasks: Sequence[int]) -> None:
    """Of open tasks that went back, take out the calls of the one who stayed."""
    if not tasks:
        return
    select = (
        sa.select(Task, TaskCall.call_id)
        .join(TaskCall, TaskCall.task_id == Task.id)
        .join(Call, Call.id == TaskCall.call_id)
        .where(
            among(session, Task.id, sorted(tasks)),
            Task.closed_at.is_(None),
            Call.recipient_id == kept_id,
        )
    )
    for task, call_id in (await session.execute(select)).all():
        await delete_rows(
            session, TaskCall, TaskCall.task_id == task.id, TaskCall.call_id == call_id
        )
        task.count = max(task.count - 1, 1)
        if task.call_id == call_id:
            task.call_id = await session.scalar(
                sa.select(Call.id)
                .join(TaskCall, TaskCall.call_id == Call.id)
                .where(TaskCall.task_id == task.id)
                .order_by(Call.started_at.desc(), Call.id.desc())
                .limit(1)
            )
    await session.flush()


async def _ids(session: AsyncSession, table: str, recipient_id: int) -> list[int]:
    model = TABLES[table]
    select = sa.select(model.id).where(model.recipient_id == recipient_id).order_by(model.id)
    return list(await session.scalars(select))


async def _give(
    session: AsyncSession, table: str, ids: Sequence[int], source: Recipient, target: Recipient
) -> None:
    if not ids:
        return
    await session.flush()
    await _give_rows(session, table, ids, source.id, target.id)
    if table in _SAID:  # what is said in them stays as it is: only whose they are has changed
        await index.give(session, table, ids, source.organization_id, target.organization_id)


async def _give_rows(
    session: AsyncSession, table: str, ids: Sequence[int], source: int, target: int
) -> None:
    if not is_sqlite(session):
        given = sa.literal(list(ids), ARRAY(sa.BigInteger()))
        await session.execute(sa.select(sa.func.carecall_move(table, given, source, target)))
        return
    model = TABLES[table]
    values = {"recipient_id": target}
    if "version" in model.__table__.columns:
        values["version"] = model.version  # nobody's text was changed
    which = (model.recipient_id == source, among(session, model.id, sorted(ids)))
    await change_rows(session, model, *which, **values)


async def _participations(session: AsyncSession, kept: Recipient, merged: Recipient) -> list[int]:
    """Those in campaigns that the one who stays can be in, and is not in yet."""
    own = sa.select(Participation.campaign_id).where(Participation.recipient_id == kept.id)
    select = (
        sa.select(Participation.id)
        .join(Campaign, Campaign.id == Participation.campaign_id)
        .where(
            Participation.recipient_id == merged.id,
            Participation.campaign_id.not_in(own),
            sa.or_(
                Campaign.organization_id.is_(None),
                Campaign.organization_id == kept.organization_id,
            ),
        )
    )
    return list(await session.scalars(select))


async def _contacts(session: AsyncSession, kept: Recipient, merged: Recipient) -> list[int]:
    """Append those whose number is not there yet. Raises ActionBlocked where they are too many."""
    own = await _contacts_of(session, kept.id)
    numbers = {one.phone for one in own}
    others = [one for one in await _contacts_of(session, merged.id) if one.phone not in numbers]
    if reason := why_not_contacts(len(own) + len(others)):
        raise ActionBlocked(reason, _("Delete those that are not needed, then merge again."))
    ids = [one.id for one in others]
    for place, contact_id in enumerate(ids, len(own) + 1):
        await _hand_over(session, contact_id, merged, kept, place)
    return ids


async def _contacts_back(
    session: AsyncSession, kept: Recipient, merged: Recipient, ids: Sequence[int]
) -> int:
    """Gives how many went back."""
    there = {one.id for one in await _contacts_of(session, kept.id)}
    own = await _contacts_of(session, merged.id)
    place = max((one.place for one in own), default=0)
    for contact_id in ids:
        if contact_id in there:
            place += 1
            await _hand_over(session, contact_id, kept, merged, place)
    left = [one.id for one in await _contacts_of(session, kept.id)]
    for place, contact_id in enumerate(left, 1):
        await _put(session, contact_id, place)
    return len(there.intersection(ids))


async def _hand_over(
    session: AsyncSession, contact_id: int, source: Recipient, target: Recipient, place: int
) -> None:
    """One at a time, by the place that nobody has: two of one recipient never have one place."""
    await _put(session, contact_id, 0)
    await _give(session, "contacts", [contact_id], source, target)
    await _put(session, contact_id, place)


async def _contacts_of(session: AsyncSession, recipient_id: int) -> Sequence[Any]:
    select = sa.select(Contact.id, Contact.phone, Contact.place)
    of_recipient = select.where(Contact.recipient_id == recipient_id)
    return (await session.execute(of_recipient.order_by(Contact.place))).all()


async def _put(session: AsyncSession, contact_id: int, place: int) -> None:
    new = {"place": place, "version": Contact.version}
    await change_rows(session, Contact, Contact.id == contact_id, **new)


async def _join_tasks(
    session: AsyncSession, kept_id: int, merged_id: int, admin_id: int | None
) -> list[dict[str, Any]]:
    """Of the kinds of which one is open at most, let the other's join; gives both as they were."""
    own, others = await open_tasks(session, kept_id), await open_tasks(session, merged_id)
    joined = []
    for kind, task in own.items():
        other = others.get(kind)
        if other is None:
            continue
        calls = list(
            await session.scalars(sa.select(TaskCall.call_id).where(TaskCall.task_id == other.id))
        )
        joined.append({"task": task.id, "other": other.id, "calls": calls, "was": _as_kept(task)})
        task.count += other.count
        task.since, task.due_at = min(task.since, other.since), min(task.due_at, other.due_at)
        if kind == TaskKind.EMERGENCY and other.acknowledged_at is None:
            task.acknowledged_at = task.acknowledged_by = None
            task.call_id = other.call_id or task.call_id  # that nobody has seen
        other.closed_at, other.closed_by = now(), admin_id
        other.outcome = TaskOutcome.DROPPED.value
        other.reason = _("Joined the same task when two recipients were merged.")
        await session.flush()
        await _tell_calls(session, calls, other.id, task.id)
        joined[-1]["became"] = {"version": task.version}
    return joined


async def _part_tasks(session: AsyncSession, one: dict[str, Any], of: set[int]) -> None:
    task, other = await session.get(Task, one["task"]), await session.get(Task, one["other"])
    # whoever writes by SQL may name any task
    if other is None or any(it is not None and it.recipient_id not in of for it in (task, other)):
        return
    other.closed_at = other.closed_by = other.outcome = None
    other.reason = ""
    if task is not None:
        await _tell_calls(session, one["calls"], task.id, other.id)
        if task.version == one["became"]["version"]:
            for name in one["was"].keys() & set(_OF_TASK):
                setattr(task, name, _read(name, one["was"][name]))
        else:
            task.count = max(task.count - other.count, 1)
    await session.flush()


async def _tell_calls(
    session: AsyncSession, calls: Sequence[int], source: int, target: int
) -> None:
    """Let these calls be about another task."""
    own = sa.select(TaskCall.call_id).where(TaskCall.task_id == source)
    there = [one for one in await session.scalars(own) if one in set(calls)]
    if not there:
        return
    of_source = (TaskCall.task_id == source, TaskCall.call_id.in_(there))
    await delete_rows(session, TaskCall, *of_source)
    await session.execute(
        sa.insert(TaskCall), [{"call_id": call, "task_id": target} for call in there]
    )


def _as_kept(task: Task) -> dict[str, Any]:
    values = {name: getattr(task, name) for name in _OF_TASK}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }


def _read(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if value and name.endswith(("_at", "since")) else value
