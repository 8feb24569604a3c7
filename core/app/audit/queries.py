"""Selects on audit records, limited to what the actor may see."""

from typing import Any

import sqlalchemy as sa

from core.app.actor import Actor
from core.app.audit.dto import AuditFilter, AuditRow
from core.db.models import Admin, AuditRecord, Organization

_ROW: tuple[Any, ...] = (
    AuditRecord.id,
    AuditRecord.at,
    sa.func.coalesce(Admin.login, "").label("admin"),
    AuditRecord.account,
    AuditRecord.client,
    AuditRecord.action,
    sa.func.coalesce(Organization.name, "").label("organization"),
    AuditRecord.subject,
    AuditRecord.subject_id,
    AuditRecord.details,
    AuditRecord.hash,
)


def page(actor: Actor, wanted: AuditFilter, before: int | None, limit: int) -> sa.Select[Any]:
    """The records before this ID (None: the last ones), the newest first.

    Where a recipient is wanted, it gives those that may be about it; ``is_about`` decides.
    """
    select = (
        sa.select(*_ROW)
        .select_from(AuditRecord)
        .outerjoin(Admin, Admin.id == AuditRecord.admin_id)
        .outerjoin(Organization, Organization.id == AuditRecord.organization_id)
        .where(*_conditions(actor, wanted))
        .order_by(AuditRecord.id.desc())
        .limit(limit)
    )
    return select if before is None else select.where(AuditRecord.id < before)


def _conditions(actor: Actor, wanted: AuditFilter) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if not actor.sees_all:
        conditions.append(AuditRecord.organization_id == actor.organization_id)
    if wanted.admin:
        conditions.append(Admin.login == wanted.admin)
    if wanted.action:
        below = AuditRecord.action.startswith(f"{wanted.action}.", autoescape=True)
        conditions.append(sa.or_(AuditRecord.action == wanted.action, below))
    if wanted.since is not None:
        conditions.append(AuditRecord.at >= wanted.since)
    if wanted.until is not None:
        conditions.append(AuditRecord.at < wanted.until)
    if wanted.recipient is not None:
        named = sa.cast(AuditRecord.details, sa.Text).contains(str(wanted.recipient))
        itself = sa.and_(
            AuditRecord.subject == "recipient", AuditRecord.subject_id == wanted.recipient
        )
        among_many = sa.cast(AuditRecord.details, sa.Text).contains('"ranges"')
        conditions.append(sa.or_(itself, named, among_many))
    return conditions


def is_about(row: AuditRow, recipient_id: int | None) -> bool:
    """Whether the record is about this recipient (None: about whatever), alone or among others."""
    if recipient_id is None or row.details.get("recipient") == recipient_id:
        return True
    if row.subject != "recipient":
        return False
    if row.subject_id == recipient_id or recipient_id in row.details.get("ids", ()):
        return True
    return any(first <= recipient_id <= last for first, last in row.details.get("ranges", ()))
