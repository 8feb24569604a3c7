"""The use cases of the audit records: list, and verify that nothing was changed."""

from collections.abc import AsyncIterator

from core.app.actor import Actor, require_system, reread
from core.app.audit import queries
from core.app.audit.chain import ChainCheck, page_after
from core.app.audit.dto import AuditFilter, AuditRow, Verification
from core.db.engine import Database
from core.values.errors import NotPermitted
from core.values.i18n import _

_PAGE = 500


class AuditService:
    """The audit records: all for system admins, those of their organization for its admins."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list(
        self, actor: Actor, wanted: AuditFilter | None = None, limit: int | None = None
    ) -> AsyncIterator[AuditRow]:
        """The records that match, the newest first; read page by page. Raises NotPermitted for viewers."""
        wanted = wanted or AuditFilter()
        before: int | None = None
        given = 0
        while limit is None or given < limit:
            async with self._database.reading() as session:
                reader = await reread(session, actor)
                _require_not_viewer(reader)
                select = queries.page(reader, wanted, before, _PAGE)
                rows = [AuditRow(*row) for row in (await session.execute(select)).all()]
            for row in rows:
                if queries.is_about(row, wanted.recipient):
                    yield row
                    given += 1
                    if given == limit:
                        return
            if len(rows) < _PAGE:
                return
            before = rows[-1].id

    async def verify(self, actor: Actor, head: str = "") -> Verification:
        """Check the whole chain, page by page. With the hash of a record noted before, a cut end is seen too."""
        check = ChainCheck(head)
        while True:
            async with self._database.reading() as session:
                require_system(await reread(session, actor))
                rows = (await session.execute(page_after(check.last))).all()
            if not all(check.take(row) for row in rows) or not rows:
                return check.result()


def _require_not_viewer(actor: Actor) -> None:
    if not actor.may_write:
        raise NotPermitted(
            _("The role viewer does not see the audit records."),
            _("Ask an admin of the organization."),
        )
