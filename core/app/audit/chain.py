"""Checking the chain of audit records, one record after the other."""

from datetime import UTC
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.audit.dto import Verification
from core.app.audit.trail import GENESIS, chain_hash, hashed_fields
from core.db.models import AccessRecord, AuditRecord

PAGE = 1_000
Model = type[AuditRecord] | type[AccessRecord]


def page_after(model: Model, place: int) -> sa.Select[Any]:
    """The next records of the chain after this place."""
    return chain_of(model).where(place_of(model) > place).limit(PAGE)


def place_of(model: Model) -> Any:
    """The column that says where in its chain a record stands; None where it is not chained yet."""
    return AuditRecord.id if model is AuditRecord else AccessRecord.place


def chain_of(model: Model) -> sa.Select[Any]:
    """The records that are chained, the first one first: place, ID and what is hashed."""
    order = place_of(model)
    columns: tuple[Any, ...] = (
        order.label("place"), model.id, model.at, model.admin_id, model.account, model.client, model.action,
        model.organization_id, model.subject, model.subject_id, model.details, model.previous_hash, model.hash,
    )  # fmt: skip
    return sa.select(*columns).where(order.is_not(None)).order_by(order)


class ChainCheck:
    """Takes the records in order, up to the first that does not fit. ``head``: a hash that must be among them."""

    def __init__(self, head: str = "") -> None:
        self._wanted = head
        self._head_found = not head or head == GENESIS
        self._records = 0
        self._broken: int | None = None
        self.place = self.last = 0
        self._hash = GENESIS

    def take(self, row: Any) -> bool:
        """Take a row of ``page_after``; gives whether it fits."""
        place, record_id, at, *others, previous, hashed = row
        expected = chain_hash(self._hash, hashed_fields(at.astimezone(UTC), *others))
        if previous != self._hash or hashed != expected:
            self._broken = record_id
            return False
        self._records += 1
        self.place, self.last, self._hash = place, record_id, hashed
        self._head_found = self._head_found or hashed == self._wanted
        return True

    def result(self) -> Verification:
        """What was found."""
        return Verification(self._records, self.last, self._hash, self._broken, self._head_found)


async def verified(session: AsyncSession, model: Model) -> Verification:
    """The check of a whole chain."""
    check = ChainCheck()
    while rows := (await session.execute(page_after(model, check.place))).all():
        if not all(check.take(row) for row in rows):
            break
    return check.result()
