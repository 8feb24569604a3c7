"""Checking the chain of audit records, one record after the other."""

from datetime import UTC
from typing import Any

import sqlalchemy as sa

from core.app.audit.dto import Verification
from core.app.audit.trail import GENESIS, chain_hash, hashed_fields
from core.db.models import AuditRecord

RECORD: tuple[Any, ...] = (
    AuditRecord.id,
    AuditRecord.at,
    AuditRecord.admin_id,
    AuditRecord.account,
    AuditRecord.client,
    AuditRecord.action,
    AuditRecord.organization_id,
    AuditRecord.subject,
    AuditRecord.subject_id,
    AuditRecord.details,
    AuditRecord.previous_hash,
    AuditRecord.hash,
)
PAGE = 1_000


def page_after(record_id: int) -> sa.Select[Any]:
    """The next records, the first one first."""
    return sa.select(*RECORD).where(AuditRecord.id > record_id).order_by(AuditRecord.id).limit(PAGE)


class ChainCheck:
    """Takes the records in order, up to the first that does not fit. ``head``: a hash that must be among them."""

    def __init__(self, head: str = "") -> None:
        self._wanted = head
        self._head_found = not head or head == GENESIS
        self._records = 0
        self._broken: int | None = None
        self.last = 0
        self._hash = GENESIS

    def take(self, row: Any) -> bool:
        """Take a row of ``RECORD``; gives whether it fits."""
        record_id, at, *others, previous, hashed = row
        expected = chain_hash(self._hash, hashed_fields(at.astimezone(UTC), *others))
        if previous != self._hash or hashed != expected:
            self._broken = record_id
            return False
        self._records += 1
        self.last, self._hash = record_id, hashed
        self._head_found = self._head_found or hashed == self._wanted
        return True

    def result(self) -> Verification:
        """What was found."""
        return Verification(self._records, self.last, self._hash, self._broken, self._head_found)
