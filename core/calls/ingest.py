"""Taking in what the calling system delivers, line by line, each call in a transaction of its own."""

import enum
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from core.admins.rules import SOURCE_MAXIMUM
from core.app.actor import Actor
from core.app.permissions import DELIVERERS, SYSTEM_ADMINS, Shows
from core.app.use_case import Service, Steps, use_case
from core.calls import held_deliveries, lines
from core.calls.held_dto import HeldRow, HeldSummary
from core.calls.refused import DeliveryRefused, Reason
from core.db.models import Admin
from core.values import text
from core.values.errors import (
    ActionBlocked,
    Conflict,
    CoreError,
    InvalidInput,
    NotFound,
    NotPermitted,
)
from core.values.i18n import _
from core.values.roles import Role

if TYPE_CHECKING:
    from core.calls.delivery import Delivery

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class LineOutcome(enum.StrEnum):
    """What became of a line."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    FAILED = "failed"


class LineResult(Struct, frozen=True):
    """A line, by its number from 1, and what became of it; ``reason`` only where it failed."""

    number: int
    outcome: LineOutcome
    reason: str = ""


class IngestSummary(Struct, frozen=True):
    """How many lines came to what; blank lines are not counted."""

    created: int
    updated: int
    unchanged: int
    failed: int

    @property
    def read(self) -> int:
        """How many lines there were."""
        return self.created + self.updated + self.unchanged + self.failed


class IngestService(Service, name="ingest"):
    """Calls of the calling system, delivered by the role ``ingest`` or a system admin.

    What cannot be stored is held; system admins see that, and take it in again or drop it.
    """

    @use_case(DELIVERERS, "steps", shows=Shows.RECORDED)
    async def deliver(
        self,
        steps: Steps,
        blocks: lines.Blocks,
        report: Callable[[LineResult], None] = lambda _result: None,
        source: str | None = None,
    ) -> IngestSummary:
        """Take in JSON Lines from blocks of bytes of any size, as they come from a file or pipe.

        ``report`` is told of each line as soon as it is saved or refused. ``source``: which calling system they
        come from, for system admins; an admin with the role ``ingest`` has its own. Raises NotPermitted for who
        delivers no calls, and StorageUnavailable; the lines reported until then are saved.
        """
        async with steps.reading() as (session, actor):
            source = await _source(session, actor, source)
        counts: Counter[LineOutcome] = Counter()
        async for line in lines.split(blocks):
            if not line.too_long and not line.data.strip():
                continue
            result = await self._line(steps, source, line)
            counts[result.outcome] += 1
            report(result)
        return IngestSummary(*(counts[outcome] for outcome in LineOutcome))

    @use_case(SYSTEM_ADMINS, "read")
    async def held(self, session: AsyncSession, actor: Actor) -> list[HeldRow]:
        """The deliveries that are held, the oldest first; for system admins."""
        return await held_deliveries.rows(session)

    @use_case(SYSTEM_ADMINS, "read", shows=Shows.NOBODY)
    async def held_summary(self, session: AsyncSession, actor: Actor) -> HeldSummary:
        """How many deliveries are held; for system admins."""
        return await held_deliveries.summary(session)

    @use_case(SYSTEM_ADMINS, "steps", shows=Shows.RECORDED)
    async def retry(
        self, steps: Steps, report: Callable[[LineResult], None] = lambda _result: None
    ) -> IngestSummary:
        """Take in what is held, as who delivered it may; what goes in is held no more.

        ``report`` is told of each, by its number in the list of what is held.
        """
        async with steps.reading() as (session, _actor):
            ids = await held_deliveries.ids(session)
        counts: Counter[LineOutcome] = Counter()
        for held_id in ids:
            result = await self._retried(steps, held_id)
            if result is not None:
                counts[result.outcome] += 1
                report(result)
        return IngestSummary(*(counts[outcome] for outcome in LineOutcome))

    @use_case(SYSTEM_ADMINS, "write")
    async def drop(self, session: AsyncSession, actor: Actor, held_id: int, reason: str) -> None:
        """Let a held delivery go for good; the reason is recorded. Raises NotFound."""
        await held_deliveries.drop(session, actor, held_id, reason)

    async def _line(self, steps: Steps, source: str, line: lines.Line) -> LineResult:
        first = line.number == 1
        data = line.data.removeprefix(_BYTE_ORDER_MARK) if first else line.data
        try:
            if line.too_long:
                raise DeliveryRefused(
                    Reason.TOO_LONG,
                    _("The line is longer than {limit} bytes, the most that is taken.").format(
                        limit=f"{lines.MAX_LINE_BYTES:,}"
                    ),
                )
            call = self._read(data)
            async with steps.writing() as (session, actor):
                outcome = await self._store(session, actor, actor, source, call)
                await held_deliveries.forget_same(session, actor.admin_id, source, data)
            return LineResult(line.number, outcome)
        except (InvalidInput, NotFound, ActionBlocked, Conflict) as error:
            told = str(error)
            if not await self._hold(steps, source, line, data, error):
                told += " " + _("It is not kept either: too many deliveries are held already.")
            return LineResult(line.number, LineOutcome.FAILED, told)

    async def _retried(self, steps: Steps, held_id: int) -> LineResult | None:
        async with steps.reading() as (session, _actor):
            held = await held_deliveries.get(session, held_id)
        if held is None:  # somebody else took it in
            return None
        try:
            if held.too_long:
                raise DeliveryRefused(
                    Reason.TOO_LONG, _("The line was too long and is not kept whole.")
                )
            call = self._read(held.content)
            async with steps.writing() as (session, actor):
                deliverer = await held_deliveries.deliverer(session, actor, held.admin_id)
                outcome = await self._store(session, actor, deliverer, held.source, call)
                await held_deliveries.forget(session, held_id)
            return LineResult(held_id, outcome)
        except (InvalidInput, NotFound, ActionBlocked, Conflict, NotPermitted) as error:
            return LineResult(held_id, LineOutcome.FAILED, str(error))

    def _read(self, data: bytes) -> "Delivery":
        # imported here, since the console, which takes nothing in, starts faster without it
        from core.calls import delivery

        return delivery.read(data, self._settings.region)

    async def _store(
        self,
        session: AsyncSession,
        actor: Actor,
        deliverer: Actor,
        source: str,
        call: "Delivery",
    ) -> LineOutcome:
        from core.calls import storing

        settings = self._settings
        return LineOutcome(await storing.store(session, actor, deliverer, source, call, settings))

    async def _hold(
        self, steps: Steps, source: str, line: lines.Line, data: bytes, error: CoreError
    ) -> bool:
        from core.calls import fragments

        seen = fragments.glance(data, self._settings.region, emergency=line.emergency)
        async with steps.writing() as (session, actor):
            return await held_deliveries.hold(
                session, actor, source, line.number, data, seen, error
            )


async def _source(session: AsyncSession, actor: Actor, given: str | None) -> str:
    """Which calling system it is that delivers."""
    if actor.role is not Role.INGEST:
        label = _("Source")
        return text.line(given or "", field="source", label=label, maximum=SOURCE_MAXIMUM)
    own = await session.scalar(sa.select(Admin.source).where(Admin.id == actor.admin_id)) or ""
    if given not in (None, own):
        raise InvalidInput(
            _("The source of this admin is another one."),
            _("Leave --source out."),
            field="source",
        )
    return own
