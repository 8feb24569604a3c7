"""Two recipients become one, and two again: within the caller's transaction, with the audit records."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.app.audit import trail
from core.db.bulk import among
from core.db.models import Merge, Recipient
from core.db.rows import is_sqlite
from core.duplicates import moving
from core.recipients.deletion_dto import Parted
from core.recipients.fields import TEXT_NAMES, search_text
from core.recipients.masking import is_masked
from core.recipients.service import refuse_taken
from core.tags import assigning as tags
from core.uploads import traces
from core.values.errors import ActionBlocked
from core.values.i18n import _
from core.values.settings import Settings
from core.values.times import now


async def merge(
    session: AsyncSession,
    actor: Actor,
    settings: Settings,
    kept: Recipient,
    merged: Recipient,
    taken: frozenset[str],
    deletion_id: int,
) -> None:
    """Let ``merged`` become part of ``kept``, who gets the ``taken`` fields of it. The delete is there already.

    Raises ActionBlocked where both have more contacts than a recipient can.
    """
    moved, tasks = await moving.move_all(session, kept, merged, actor.admin_id)
    await tags.share(session, actor, merged.id, kept.id, kept.organization_id)
    before = {name: getattr(kept, name) for name in TEXT_NAMES}
    after = {name: getattr(merged if name in taken else kept, name) for name in TEXT_NAMES}
    changed = {
        name: [before[name], after[name]] for name in TEXT_NAMES if before[name] != after[name]
    }
    found = Merge(
        kept_id=kept.id, merged_id=merged.id, admin_id=actor.admin_id,
        moved=moved, changed={"fields": changed, "tasks": tasks},
    )  # fmt: skip
    await _become_part(session, merged, found, deletion_id)  # the number is free now
    await _write(session, settings, kept, after)
    await moving.refresh(session, settings, kept.id, merged.id)
    details = {
        "merged": merged.id,
        "fields": sorted(changed),
        "moved": {table: len(ids) for table, ids in moved.items() if ids},
    }
    await _record(session, actor, "recipient.merge", kept, details)
    await _record(session, actor, "recipient.delete", merged, {"deletion": deletion_id})


_MERGE = sa.text(
    "SELECT carecall_merge(:kept, :merged, :deletion, :admin, :moved, :changed)"
).bindparams(
    *(sa.bindparam(name, type_=sa.BigInteger()) for name in ("kept", "merged", "deletion", "admin")),
    *(sa.bindparam(name, type_=sa.Text()) for name in ("moved", "changed")),
)  # fmt: skip


async def _become_part(
    session: AsyncSession, merged: Recipient, found: Merge, deletion_id: int
) -> None:
    """Delete the one and keep what it became part of, at one moment: PostgreSQL does it, since no role may."""
    if is_sqlite(session):
        found.created_at = merged.deleted_at = now()
        merged.deletion_id = deletion_id
        session.add(found)
        await session.flush()
        return
    await session.flush()
    values = {
        "kept": found.kept_id, "merged": found.merged_id, "deletion": deletion_id, "admin": found.admin_id,
        "moved": json.dumps(found.moved), "changed": json.dumps(found.changed),
    }  # fmt: skip
    await session.execute(_MERGE, values)
    await session.refresh(merged)


async def merges_of(session: AsyncSession, ids: Sequence[int]) -> Sequence[Merge]:
    """The merges by which these are parts of others, the latest first."""
    select = sa.select(Merge).where(Merge.merged_id.in_(ids), Merge.undone_at.is_(None))
    return (await session.scalars(select.order_by(Merge.id.desc()))).all()


async def parts_of(session: AsyncSession, recipient_id: int) -> list[int]:
    """The IDs of all who became part of the recipient, one after the other.

    Whoever is there is part of nobody, nor is who was brought back and deleted again, whatever somebody may have
    written by SQL.
    """
    found: list[int] = []
    wanted = [recipient_id]
    while wanted:
        select = (
            sa.select(Merge.merged_id)
            .join(Recipient, Recipient.id == Merge.merged_id)
            .where(
                Merge.kept_id.in_(wanted),
                Merge.undone_at.is_(None),
                Recipient.deleted_at <= Merge.created_at,
                Merge.merged_id.not_in(found),
            )
        )
        wanted = list(await session.scalars(select))
        found += wanted
    return found


def _only_system_admins(name: str) -> ActionBlocked:
    return ActionBlocked(
        _("{name} was deleted by a merge that only a system admin takes back.").format(name=name),
        _("Ask a system admin to restore {name}.").format(name=name),
    )


async def unseen(session: AsyncSession, ids: Sequence[int]) -> dict[int, ActionBlocked]:
    """Those of these who are part of somebody whom the session's role does not see, with what is said of it.

    SQLite has no such roles: ``undo`` asks there.
    """
    if is_sqlite(session):
        return {}
    seen = sa.select(Merge.merged_id).where(Merge.undone_at.is_(None))
    select = sa.select(Recipient.id, Recipient.name).where(
        among(session, Recipient.id, ids),
        Recipient.id.not_in(seen),
        sa.func.carecall_is_part(Recipient.id),
    )
    return {row.id: _only_system_admins(row.name) for row in await session.execute(select)}


async def undo(
    session: AsyncSession, actor: Actor, settings: Settings, found: Merge
) -> tuple[Recipient, Parted]:
    """Give back what went over; the one who was merged is still deleted then. Gives that one, and what was done.

    What somebody has changed since stays as it is. Raises ActionBlocked where the kept one is deleted or does not
    exist for the actor, and InvalidInput where somebody else has the number that the kept one had.
    """
    kept = await session.get_one(Recipient, found.kept_id)
    merged = await session.get_one(Recipient, found.merged_id)
    if not actor.sees_all and kept.organization_id != actor.organization_id:
        raise _only_system_admins(merged.name)
    if kept.deleted_at is not None:
        raise ActionBlocked(
            _("{name} was merged with {other}, who is deleted.").format(
                name=merged.name, other=kept.name
            ),
            _("Restore {other} first.").format(other=kept.name),
        )
    if "phone" in found.changed["fields"] and is_masked(actor, settings):
        # whether somebody has the number that it had would tell the number, by trying
        raise ActionBlocked(
            _("{name} was merged with somebody whose number your role does not see.").format(
                name=merged.name
            ),
            _("Ask an admin who sees numbers."),
        )
    counts, campaigns = await moving.move_back(
        session, kept, merged, found.moved, found.changed["tasks"], found.created_at
    )
    values = {
        name: before
        for name, (before, after) in found.changed["fields"].items()
        if name in TEXT_NAMES and getattr(kept, name) == after
    }
    if "phone" in values:
        await refuse_taken(
            session, settings, kept.organization_id, values["phone"], besides=kept.id
        )
    await _write(session, settings, kept, values)
    found.undone_at = now()
    await session.flush()
    await _record(session, actor, "recipient.unmerge", kept, {"merged": merged.id})
    return merged, Parted(kept.name, merged.name, counts, tuple(values), tuple(campaigns))


async def _write(
    session: AsyncSession, settings: Settings, kept: Recipient, values: Mapping[str, Any]
) -> None:
    number = kept.phone
    for name, value in values.items():
        setattr(kept, name, value)
    kept.search_text = search_text(kept, settings.region)
    await session.flush()
    if kept.phone != number:
        await traces.follow_number(session, kept.id, number)


async def _record(
    session: AsyncSession,
    actor: Actor,
    action: str,
    recipient: Recipient,
    details: Mapping[str, Any],
) -> None:
    await trail.record(
        session, actor, action, "recipient", recipient.id,
        organization_id=recipient.organization_id, details=dict(details),
    )  # fmt: skip
