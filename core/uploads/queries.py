"""Selects on uploads and their rows. Each is limited to what the actor may see."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from core.actor import Actor
from core.errors import NotFound
from core.i18n import _
from core.models import (
    Admin,
    Call,
    FollowupAction,
    Memo,
    Organization,
    Participation,
    Recipient,
    Upload,
    UploadRow,
)
from core.phone import show
from core.recipients.rules import search_terms
from core.uploads.dto import ResultFilter, ResultRow, RowResult, UploadSummary, failed_row

_undoer = aliased(Admin)

_SUMMARY: tuple[Any, ...] = (
    Upload.id,
    Upload.file_name,
    Upload.created_at,
    sa.func.coalesce(sa.func.nullif(Admin.name, ""), Admin.login),
    sa.func.coalesce(Organization.name, ""),
    Upload.read,
    Upload.created,
    Upload.unchanged,
    Upload.failed,
    Upload.warnings,
    Upload.notes,
    Upload.undone_at,
    sa.func.coalesce(_undoer.login, ""),
)


def visible(actor: Actor) -> sa.ColumnElement[bool]:
    """The uploads that exist for the actor."""
    return sa.true() if actor.sees_all else Upload.organization_id == actor.organization_id


def summaries(actor: Actor) -> sa.Select[Any]:
    """The uploads, the newest first."""
    return (
        sa.select(*_SUMMARY)
        .join(Admin, Admin.id == Upload.admin_id)
        .outerjoin(Organization, Organization.id == Upload.organization_id)
        .outerjoin(_undoer, _undoer.id == Upload.undone_by)
        .where(visible(actor))
        .order_by(Upload.id.desc())
    )


def to_summary(row: Sequence[Any]) -> UploadSummary:
    """The DTO of a row of ``summaries``."""
    values = list(row)
    values[10] = tuple(values[10])
    return UploadSummary(*values)


async def summary(session: AsyncSession, actor: Actor, upload_id: int) -> UploadSummary:
    """One upload. Raises NotFound."""
    row = (await session.execute(summaries(actor).where(Upload.id == upload_id))).one_or_none()
    if row is None:
        raise NotFound(_("This upload does not exist (any more)."))
    return to_summary(row)


def _matching(upload_id: int, wanted: ResultFilter, region: str) -> list[sa.ColumnElement[bool]]:
    conditions = [UploadRow.upload_id == upload_id]
    if wanted.failed_only:
        conditions.append(UploadRow.result == RowResult.FAILED.value)
    return conditions + [_contains(term) for term in search_terms(wanted.search, region)]


def _contains(term: str) -> sa.ColumnElement[bool]:
    given = UploadRow.given
    phone = given["phone"].as_string()
    for separator in "-. ":
        phone = sa.func.replace(phone, separator, "")
    texts = [given["name"].as_string(), given["other_information"].as_string()]
    return sa.or_(
        Recipient.search_text.contains(term, autoescape=True),
        phone.contains(term, autoescape=True),
        *(sa.func.lower(text).contains(term, autoescape=True) for text in texts),
    )


def _joined(actor: Actor, *columns: Any) -> sa.Select[Any]:
    # a recipient that has gone to another organization since is not shown to this one
    theirs = Recipient.id == UploadRow.recipient_id
    if not actor.sees_all:
        theirs = sa.and_(theirs, Recipient.organization_id == actor.organization_id)
    return (
        sa.select(*columns)
        .select_from(UploadRow)
        .outerjoin(Recipient, theirs)
        .outerjoin(Organization, Organization.id == Recipient.organization_id)
    )


def count_rows(actor: Actor, upload_id: int, wanted: ResultFilter, region: str) -> sa.Select[Any]:
    """How many rows of the upload match."""
    return _joined(actor, sa.func.count()).where(*_matching(upload_id, wanted, region))


def rows(actor: Actor, upload_id: int, wanted: ResultFilter, region: str) -> sa.Select[Any]:
    """The rows of the upload that match, the failed ones first."""
    failed_last = sa.case((UploadRow.result == RowResult.FAILED.value, 0), else_=1)
    return (
        _joined(
            actor,
            UploadRow,
            Recipient.name,
            Recipient.phone,
            Recipient.other_information,
            Organization.name,
        )
        .where(*_matching(upload_id, wanted, region))
        .order_by(failed_last, UploadRow.row)
    )


def to_result(found: Sequence[Any], region: str) -> ResultRow:
    """The DTO of a row of ``rows``."""
    row, name, phone, other, organization = found
    if row.result == RowResult.FAILED:
        return failed_row(row.row, row.given, row.reasons, row.warnings)
    return ResultRow(
        row=row.row,
        result=RowResult(row.result),
        recipient_id=row.recipient_id,
        name=name or "",
        phone=show(phone, region) if phone else "",
        other_information=other or "",
        organization=organization or "",
        warnings=tuple(row.warnings),
    )


def _exists(model: Any) -> sa.ColumnElement[bool]:
    return sa.exists().where(model.recipient_id == Recipient.id).correlate(Recipient)


def changed_since() -> sa.ColumnElement[bool]:
    """Whether anybody has done anything with a recipient since its upload created it."""
    return sa.or_(
        Recipient.version != 1, *map(_exists, (Participation, Call, Memo, FollowupAction))
    )


def created_by(upload_id: int) -> list[sa.ColumnElement[bool]]:
    """The recipients that the upload created and nobody has deleted."""
    return [Recipient.upload_id == upload_id, Recipient.deleted_at.is_(None)]
