"""The use cases of the audit records: list, verify that nothing was changed, review a month."""

from collections.abc import AsyncIterator

import sqlalchemy as sa
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.app.audit import queries, rules, trail
from core.app.audit.access import note_access
from core.app.audit.access_chain import chain_access
from core.app.audit.chain import ChainCheck, page_after
from core.app.audit.dto import AuditFilter, AuditRow, Review, Verification
from core.app.audit.reviewing import SIGNED, SUBJECT, Reviewing, hash_of
from core.app.permissions import AUDITORS, SYSTEM_ADMINS, About, Outcome, Shows
from core.app.use_case import Service, Steps, use_case
from core.db.models import AccessRecord, AuditRecord, Organization, Recipient
from core.recipients.reading import not_found
from core.values.errors import ActionBlocked
from core.values.i18n import _
from core.values.times import now, zone_of

_PAGE = 500


class AuditService(Service, name="audit"):
    """The audit records: all for system admins, those of their organization for its admins."""

    @use_case(AUDITORS, "steps", wanted=About.RECIPIENT)
    async def list(
        self, steps: Steps, wanted: AuditFilter | None = None, limit: int | None = None
    ) -> AsyncIterator[AuditRow]:
        """The records that match, the newest first; read page by page. Raises NotPermitted for viewers.

        Those of access (``wanted.access``) are taken in first. Raises NotFound for a recipient who is nobody, or
        nobody of the actor's.
        """
        wanted = wanted or AuditFilter()
        if wanted.access:
            await chain_access(self._database)
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
                break
            before = rows[-1].id
        if not given and wanted.recipient is not None:
            async with steps.reading() as (session, actor):
                if not await _is_known(session, actor, wanted.recipient):
                    raise not_found()

    @use_case(SYSTEM_ADMINS, "steps", shows=Shows.NOBODY)
    async def verify(self, steps: Steps, head: str = "", *, access: bool = False) -> Verification:
        """Check the whole chain, page by page, of changes or (``access``) of access.

        With the hash of a record noted before, a cut end is seen too.
        """
        if access:
            await chain_access(self._database)
        check, model = ChainCheck(head), AccessRecord if access else AuditRecord
        while True:
            async with steps.reading() as (session, _actor):
                rows = (await session.execute(page_after(model, check.place))).all()
            if not all(check.take(row) for row in rows) or not rows:
                return check.result()

    @use_case(AUDITORS, "steps", elsewhere=Outcome.DONE, shows=Shows.RECORDED)
    async def review(self, steps: Steps, month: str = "") -> Review:
        """What the records of a month (``2026-11``; "": the last whole one) come to; that is recorded.

        For system admins of all organizations, for others of their own. Raises InvalidInput.
        """
        reviewing = await self._reviewing(steps, month)
        async with steps.reading() as (session, actor):
            note_access(
                session, actor, "look.review", SUBJECT, reviewing.month.subject_id,
                organization_id=actor.organization_id,
            )  # fmt: skip
        return await _review(reviewing)

    @use_case(AUDITORS, "steps", elsewhere=Outcome.DONE, shows=Shows.RECORDED)
    async def sign_review(self, steps: Steps, month: str, text: str) -> Review:
        """Keep that the actor has checked the month, with the hash of its figures; gives both.

        A month may be signed again: by somebody else, or since its figures have changed. Each is kept. Raises
        InvalidInput, and ActionBlocked where the month is not over.
        """
        text = rules.clean_text(text)
        reviewing = await self._reviewing(steps, month)
        if reason := rules.why_not_sign(reviewing.month, now(), reviewing.zone):
            raise ActionBlocked(reason, _("Sign it when it is over."))
        found = await _review(reviewing)
        async with steps.writing() as (session, actor):
            await trail.record(
                session, actor, SIGNED, SUBJECT, reviewing.month.subject_id,
                organization_id=actor.organization_id,
                details={"month": found.figures.month, "text": text, "figures": found.hash},
            )  # fmt: skip
        return replace(found, signed=await reviewing.signed())

    async def _reviewing(self, steps: Steps, month: str) -> Reviewing:
        """The month that is asked for, with all records that are there."""
        await chain_access(self._database)
        async with steps.reading() as (session, actor):
            own = await session.get(Organization, actor.organization_id or 0)
            zone = zone_of(own.timezone if own else None, self._settings.zone)
        asked = rules.parse_month(month, now(), zone)
        return Reviewing(steps.reading, actor, asked, zone, self._settings.working_hours)


async def _is_known(session: AsyncSession, actor: Actor, recipient_id: int) -> bool:
    """Whether the recipient is or was the actor's, erased or not: it is there, or a record speaks of it."""
    own = sa.true() if actor.sees_all else Recipient.organization_id == actor.organization_id
    if await session.scalar(sa.select(Recipient.id).where(Recipient.id == recipient_id, own)):
        return True
    for access in (False, True):
        about = AuditFilter(recipient=recipient_id, access=access)
        rows = await session.stream(queries.page(actor, about, None, None))
        async for row in rows:
            if queries.is_about(AuditRow(*row), recipient_id):
                return True
    return False


async def _review(reviewing: Reviewing) -> Review:
    figures = await reviewing.figures()
    return Review(figures, hash_of(figures), await reviewing.signed())
