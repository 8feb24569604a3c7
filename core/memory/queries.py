"""Selects on memory details. Each is limited to what the actor may see."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from core.app.actor import Actor
from core.calls.queries import ADMIN_NAME
from core.db.models import Admin, Call, MemoryDetail, MemoryVersion, Recipient
from core.db.rows import columns_of, made_of
from core.memory.dto import MemoryRow, MemoryVersionRow
from core.memory.rules import MemoryChange
from core.recipients.queries import visible_recipients

_ADMIN = sa.func.coalesce(ADMIN_NAME, "")


def details(actor: Actor, *which: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """The rows that meet the conditions: what stands now first, the last changed first."""
    source, newer = aliased(Call), aliased(Call)
    columns = columns_of(
        MemoryRow, MemoryDetail,
        call_at=source.started_at, newer_call_at=newer.started_at, admin=_ADMIN,
    )  # fmt: skip
    return (
        sa.select(*columns)
        .select_from(MemoryDetail)
        .join(Recipient, Recipient.id == MemoryDetail.recipient_id)
        .outerjoin(source, source.id == MemoryDetail.call_id)
        .outerjoin(newer, newer.id == MemoryDetail.newer_call_id)
        .outerjoin(Admin, Admin.id == MemoryDetail.admin_id)
        .where(visible_recipients(actor), *which)
        .order_by(
            MemoryDetail.reset_at.is_not(None),
            MemoryDetail.changed_at.desc(),
            MemoryDetail.id.desc(),
        )
    )


def to_row(row: Any) -> MemoryRow:
    """The DTO of a row of ``details``."""
    return made_of(MemoryRow, row)


def versions(memory_id: int) -> sa.Select[Any]:
    """The history of a memory detail, the latest first."""
    columns = columns_of(MemoryVersionRow, MemoryVersion, call_at=Call.started_at, admin=_ADMIN)
    return (
        sa.select(*columns)
        .select_from(MemoryVersion)
        .outerjoin(Call, Call.id == MemoryVersion.call_id)
        .outerjoin(Admin, Admin.id == MemoryVersion.admin_id)
        .where(MemoryVersion.memory_id == memory_id)
        .order_by(MemoryVersion.number.desc())
    )


def to_version(row: Any) -> MemoryVersionRow:
    """The DTO of a row of ``versions``."""
    return made_of(MemoryVersionRow, row, change=MemoryChange)
