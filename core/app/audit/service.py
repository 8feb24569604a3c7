"""The use cases of the audit records: list, and verify that nothing was changed."""

from collections.abc import AsyncIterator

from core.app.audit import queries
from core.app.audit.chain import ChainCheck, page_after
from core.app.audit.dto import AuditFilter, AuditRow, Verification
from core.app.audit.looks import take_in
from core.app.permissions import AUDITORS, SYSTEM_ADMINS, Shows
from core.app.use_case import Service, Steps, use_case
from core.db.models import AccessRecord, AuditRecord

_PAGE = 500


class AuditService(Service, name="audit"):
    """The audit records: all for system admins, those of their organization for its admins."""

    @use_case(AUDITORS, "steps")
    async def list(
        self, steps: Steps, wanted: AuditFilter | None = None, limit: int | None = None
    ) -> AsyncIterator[AuditRow]:
        """The records that match, the newest first; read page by page. Raises NotPermitted for viewers.

        Those of looking (``wanted.looks``) are taken in first.
        """
        wanted = wanted or AuditFilter()
        if wanted.looks:
            await take_in(self._database)
        before: int | None = None
        given = 0
        while limit is None or given < limit:
            async with steps.reading() as (session, actor):
                select = queries.page(actor, wanted, before, _PAGE)
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

    @use_case(SYSTEM_ADMINS, "steps", shows=Shows.NOBODY)
    async def verify(self, steps: Steps, head: str = "", *, looks: bool = False) -> Verification:
        """Check the whole chain, page by page, of changes or (``looks``) of looking.

        With the hash of a record noted before, a cut end is seen too.
        """
        if looks:
            await take_in(self._database)
        check, model = ChainCheck(head), AccessRecord if looks else AuditRecord
        while True:
            async with steps.reading() as (session, _actor):
                rows = (await session.execute(page_after(model, check.place))).all()
            if not all(check.take(row) for row in rows) or not rows:
                return check.result()
