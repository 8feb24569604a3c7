"""Refused tries leave an audit record: by whom, which use case, on what; in a transaction of its own.

A use case rolls its own transaction back and raises; ``core.app.use_case`` records for all of them. What is "not
found" by its ID counts as refused only where it does exist, in another organization: rows that somebody else has
deleted meanwhile are no try on anything. By a name it counts whether it exists or not, since names can be guessed.
Either is for ``system`` admins to read: among the records of the own organization it would tell what exists
elsewhere.
"""

import contextlib
from typing import Any

import sqlalchemy as sa
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.app.audit import trail
from core.app.permissions import About
from core.db.engine import Database
from core.db.models import (
    Admin,
    Call,
    Campaign,
    Contact,
    FollowupAction,
    Handover,
    Memo,
    MemoryDetail,
    Organization,
    Recipient,
    Tag,
    Task,
    Upload,
    View,
)
from core.io.identity import Identity
from core.recipients.deletion_dto import DeletedSelection
from core.recipients.dto import Selection
from core.values.errors import Conflict, CoreError, NotFound, StorageUnavailable
from core.values.roles import Role
from core.values.text import search_key

ACTION = "refused"
# whoever may not even write the database is refused all the same, in the words of the refusal
_CANNOT_BE_KEPT = (StorageUnavailable, Conflict)


async def record(
    database: Database, tried: str, about: About, actor: Actor, named: Any, error: CoreError
) -> None:
    """Record that this use case was refused to this actor; ``named`` is what it was about.

    What is not found counts only where it is another organization's, or was named by something to be guessed.
    """
    with contextlib.suppress(*_CANNOT_BE_KEPT):
        async with database.transaction() as session:
            who = await _as_kept(session, actor)
            subject_id = named if isinstance(named, int) else None
            organization_id = who.organization_id if who else None
            if isinstance(error, NotFound):
                subject_id, organization_id = (
                    await _elsewhere(session, about, named, who),
                    None,
                )
                if subject_id is None and not isinstance(named, str):
                    return
            await trail.record(
                session,
                who or Identity(actor.account, -1, actor.client),
                ACTION,
                about.subject or tried.partition(".")[0],
                subject_id,
                organization_id=organization_id,
                details={"tried": tried},
            )


async def record_account(database: Database, tried: str, identity: Identity) -> None:
    """Record that this account was not let in."""
    with contextlib.suppress(*_CANNOT_BE_KEPT):
        async with database.transaction() as session:
            await trail.record(session, identity, ACTION, "admin", details={"tried": tried})


async def _as_kept(session: AsyncSession, actor: Actor) -> Actor | None:
    """The actor with the role and organization that the database knows, whatever it claims.

    None for nobody, and for a role that is not known.
    """
    columns = sa.select(Admin.role, Admin.organization_id).where(Admin.id == actor.admin_id)
    row = (await session.execute(columns)).one_or_none()
    if row is None or row.role not in set(Role):
        return None
    return replace(actor, role=Role(row.role), organization_id=row.organization_id)


async def _elsewhere(
    session: AsyncSession, about: About, named: Any, actor: Actor | None
) -> int | None:
    """The ID of what is named, where it belongs to another organization than the actor's."""
    if named is None or named == "" or actor is None or actor.sees_all:
        return None
    found: int | None = await session.scalar(_lookup(about, named, actor).limit(1))
    return found


def _lookup(about: About, named: Any, actor: Actor) -> sa.Select[Any]:
    match about:
        case About.RECIPIENT:
            # by its ID, or as a filter of records names it
            one = getattr(named, "recipient", named)
            return _of_others(Recipient, Recipient.id == one, actor)
        case About.SELECTION:
            ids = sorted(named.ids) if isinstance(named, Selection | DeletedSelection) else ()
            return _of_others(Recipient, Recipient.id.in_(ids), actor)
        case About.DELETION:
            return _of_others(Recipient, Recipient.deletion_id == named, actor)
        case About.CALL:
            return _through_recipient(Call, Call.id == named, actor)
        case About.CALL_OF_SYSTEM:
            return _through_recipient(Call, Call.external_id == named, actor)
        case About.MEMORY:
            return _through_recipient(MemoryDetail, MemoryDetail.id == named, actor)
        case About.FOLLOWUP:
            return _through_recipient(FollowupAction, FollowupAction.id == named, actor)
        case About.MEMO:
            return _through_recipient(Memo, Memo.id == named, actor)
        case About.TAG:
            return _of_others(Tag, Tag.id == named, actor)
        case About.TASK:
            return _of_others(Task, Task.id == named, actor)
        case About.CONTACT:
            return _through_recipient(Contact, Contact.id == named, actor)
        case About.HANDOVER:
            return _of_others(Handover, Handover.id == named, actor)
        case About.VIEW:
            return _of_others(
                View, sa.and_(View.id == named, View.organization_id.is_not(None)), actor
            )
        case About.ORGANIZATION | About.ORGANIZATION_NAME:
            by_id = isinstance(named, int)
            which = Organization.id == named if by_id else _named_alike(Organization, named)
            return sa.select(Organization.id).where(which, Organization.id != actor.organization_id)
        case About.CAMPAIGN_NAME:
            return _of_others(Campaign, _named_alike(Campaign, named), actor)
        case About.UPLOAD:
            return _of_others(Upload, Upload.id == named, actor)
        case About.ADMIN_LOGIN:
            return _of_others(Admin, Admin.login == named, actor)
    return sa.select(sa.null())


def _named_alike(model: Any, name: str) -> sa.ColumnElement[bool]:
    alike: sa.ColumnElement[bool] = model.name_key == search_key(name)
    return alike


def _of_others(model: Any, which: sa.ColumnElement[bool], actor: Actor) -> sa.Select[Any]:
    theirs = model.organization_id.is_distinct_from(actor.organization_id)
    return sa.select(model.id).where(which, theirs)


def _through_recipient(model: Any, which: sa.ColumnElement[bool], actor: Actor) -> sa.Select[Any]:
    return (
        sa.select(model.id)
        .join(Recipient, Recipient.id == model.recipient_id)
        .where(which, Recipient.organization_id != actor.organization_id)
    )
