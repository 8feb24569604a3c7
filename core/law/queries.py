"""What is counted in the database for the lines of the law: numbers and times, and no row of anybody."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.db.models import AccessRecord, Admin, AuditRecord, Call, Recipient
from core.db.rows import count_rows


async def enabled(session: AsyncSession) -> tuple[tuple[str, str], ...]:
    """Login and role of each admin who is not disabled."""
    columns: tuple[Any, ...] = (Admin.login, Admin.role)
    select = sa.select(*columns).where(Admin.disabled_at.is_(None)).order_by(Admin.login)
    return tuple((row[0], row[1]) for row in await session.execute(select))


async def unused(session: AsyncSession, since: datetime) -> tuple[str, ...] | None:
    """Logins that are enabled, were there before, and have not signed in since; None where it is not known."""
    begun = sa.select(AccessRecord.admin_id).where(
        AccessRecord.action == "session.begin", AccessRecord.at >= since
    )
    new = sa.select(AuditRecord.subject_id).where(
        AuditRecord.subject == "admin",
        AuditRecord.action.in_(("admin.add", "admin.enable")),
        AuditRecord.at >= since,
    )
    select = sa.select(Admin.login).where(
        Admin.disabled_at.is_(None), Admin.id.not_in(begun), Admin.id.not_in(new)
    )
    if not await _recorded_before(session, since):
        return None
    return tuple(await session.scalars(select.order_by(Admin.login)))


async def _recorded_before(session: AsyncSession, moment: datetime) -> bool:
    """Whether looking was recorded so long ago already."""
    first = await session.scalar(sa.select(sa.func.min(AccessRecord.at)))
    return first is not None and first < moment


async def count(session: AsyncSession, model: Any) -> int:
    """How many there are, for people those that are not deleted."""
    which = [Recipient.deleted_at.is_(None)] if model is Recipient else []
    return await count_rows(session, model, *which)


async def oldest_record(session: AsyncSession) -> datetime | None:
    """When the first change was recorded."""
    return await session.scalar(sa.select(sa.func.min(AuditRecord.at)))


async def last_backup(session: AsyncSession) -> datetime | None:
    """When the last backup was made."""
    select = sa.select(sa.func.max(AuditRecord.at)).where(AuditRecord.action == "backup.make")
    return await session.scalar(select)


async def last_erase(session: AsyncSession) -> datetime | None:
    """When somebody last signed in to erase what is to go."""
    doing = AccessRecord.details["doing"].as_string()
    select = sa.select(sa.func.max(AccessRecord.at)).where(
        AccessRecord.action == "session.begin", doing == "erase"
    )
    return await session.scalar(select)


async def is_anything_left(
    session: AsyncSession, deleted: datetime | None, calls: datetime | None, voice: datetime | None
) -> bool:
    """Whether there is a deleted recipient, a call or a voice file from before these times (None: of none)."""
    asked = []
    if deleted is not None:
        asked.append(sa.exists().where(Recipient.deleted_at < deleted, Recipient.name != ""))
    if calls is not None:
        asked.append(sa.exists().where(Call.started_at < calls))
    if voice is not None:
        asked.append(sa.exists().where(Call.started_at < voice, Call.voice_file.is_not(None)))
    return bool(asked) and bool(await session.scalar(sa.select(sa.or_(*asked))))


async def sees_all(session: AsyncSession) -> bool:
    """Whether this session sees the rows of all organizations, on PostgreSQL."""
    found = await session.scalar(
        sa.text("SELECT carecall_is_owner() OR coalesce(carecall_sees_all(), false)")
    )
    return bool(found)


async def is_encrypted(session: AsyncSession) -> bool | None:
    """Whether the connection to PostgreSQL goes by TLS; None where it does not leave the host."""
    found = await session.execute(
        sa.text(
            "SELECT ssl, coalesce(host(inet_client_addr()), '127.0.0.1') IN ('127.0.0.1', '::1')"
            " FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        )
    )
    row = found.one()
    return None if row[1] else bool(row[0])
