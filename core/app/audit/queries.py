"""Selects on audit records, limited to what the actor may see."""

from typing import Any

import sqlalchemy as sa

from core.app.actor import Actor
from core.app.audit.dto import AuditFilter, AuditRow
from core.db.models import AccessRecord, Admin, AuditRecord, Organization


def _row(model: Any) -> tuple[Any, ...]:
    return (
        model.id,
        model.at,
        sa.func.coalesce(Admin.login, "").label("admin"),
        model.account,
        model.client,
        model.action,
        sa.func.coalesce(Organization.name, "").label("organization"),
        model.subject,
        model.subject_id,
        model.details,
        sa.func.coalesce(model.hash, "").label("hash"),
    )


def page(
    actor: Actor, wanted: AuditFilter, before: int | None, limit: int | None
) -> sa.Select[Any]:
    """The records before this ID (None: the last ones), the newest first, so many at most (None: all).

    Where a recipient is wanted, it gives those that may be about it; ``is_about`` decides.
    """
    model: Any = AccessRecord if wanted.access else AuditRecord
    select = (
        sa.select(*_row(model))
        .select_from(model)
        .outerjoin(Admin, Admin.id == model.admin_id)
        .outerjoin(Organization, Organization.id == model.organization_id)
        .where(*_conditions(model, actor, wanted))
        .order_by(model.id.desc())
        .limit(limit)
    )
    return select if before is None else select.where(model.id < before)


def _conditions(model: Any, actor: Actor, wanted: AuditFilter) -> list[sa.ColumnElement[bool]]:
    conditions = seen_by(actor, model)
    if wanted.admin:
        conditions.append(Admin.login == wanted.admin)
    if wanted.action:
        below = model.action.startswith(f"{wanted.action}.", autoescape=True)
        conditions.append(sa.or_(model.action == wanted.action, below))
    if wanted.since is not None:
        conditions.append(model.at >= wanted.since)
    if wanted.until is not None:
        conditions.append(model.at < wanted.until)
    if wanted.recipient is not None:
        named = sa.cast(model.details, sa.Text).contains(str(wanted.recipient))
        itself = sa.and_(model.subject == "recipient", model.subject_id == wanted.recipient)
        among_many = sa.cast(model.details, sa.Text).contains('"ranges"')
        conditions.append(sa.or_(itself, named, among_many))
    return conditions


def seen_by(actor: Actor, model: Any) -> list[sa.ColumnElement[bool]]:
    """That a record is the actor's to see."""
    return [] if actor.sees_all else [model.organization_id == actor.organization_id]


def is_about(row: AuditRow, recipient_id: int | None) -> bool:
    """Whether the record is about this recipient (None: about whatever), alone or among others."""
    if recipient_id is None or row.details.get("recipient") == recipient_id:
        return True
    if row.subject != "recipient":
        return False
    if row.subject_id == recipient_id or recipient_id in row.details.get("ids", ()):
        return True
    return any(first <= recipient_id <= last for first, last in row.details.get("ranges", ()))
