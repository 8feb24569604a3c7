"""Taking in what the calling system delivers, line by line, each call in a transaction of its own."""

import enum
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.admins.rules import SOURCE_MAXIMUM
from core.app.actor import Actor, require_deliver, require_system, reread
from core.calls import holding, lines
from core.calls.dto import HeldRow, HeldSummary
from core.calls.refused import Reason, Refused
from core.db.engine import Database
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
from core.values.settings import Settings

if TYPE_CHECKING:
    from core.calls.delivery import Delivery

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Outcome(enum.StrEnum):
    """What became of a line."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class LineResult:
    """A line, by its number from 1, and what became of it; ``reason`` only where it failed."""

    number: int
    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class IngestSummary:
    """How many lines came to what; blank lines are not counted."""

    created: int
    updated: int
    unchanged: int
    failed: int

    @property
    def read(self) -> int:
        """How many lines there were."""
        return self.created + self.updated + self.unchanged + self.failed


class IngestService:
    """Calls of the calling system, delivered by the role ``ingest`` or a system admin.

    What cannot be stored is held; system admins see that, and take it in again or drop it.
    """

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings

    async def take_in(
        self,
        actor: Actor,
        blocks: lines.Blocks,
        report: Callable[[LineResult], None] = lambda _result: None,
        source: str | None = None,
    ) -> IngestSummary:
        """Take in JSON Lines from blocks of bytes of any size, as they come from a file or pipe.

        ``report`` is told of each line as soon as it is saved or refused. ``source``: which calling system they
        come from, for system admins; an admin with the role ``ingest`` has its own. Raises NotPermitted for who
        delivers no calls, and StorageUnavailable; the lines reported until then are saved.
        """
        async with self._database.reading() as session:
            current = await reread(session, actor, for_calling_system=True)
            require_deliver(current)
            source = await _source(session, current, source)
        counts: Counter[Outcome] = Counter()
        async for line in lines.split(blocks):
            if not line.too_long and not line.data.strip():
                continue
            result = await self._line(actor, source, line)
            counts[result.outcome] += 1
            report(result)
        return IngestSummary(*(counts[outcome] for outcome in Outcome))

    async def held(self, actor: Actor) -> list[HeldRow]:
        """The deliveries that are held, the oldest first; for system admins."""
        async with self._database.reading() as session:
            require_system(await reread(session, actor))
            return await holding.rows(session)

    async def held_summary(self, actor: Actor) -> HeldSummary:
        """How many deliveries are held; for system admins."""
        async with self._database.reading() as session:
            require_system(await reread(session, actor))
            return await holding.summary(session)

    async def retry(
        self, actor: Actor, report: Callable[[LineResult], None] = lambda _result: None
    ) -> IngestSummary:
        """Take in what is held, as who delivered it may; what goes in is held no more.

        ``report`` is told of each, by its number in the list of what is held.
        """
        async with self._database.reading() as session:
            require_system(await reread(session, actor))
            ids = await holding.ids(session)
        counts: Counter[Outcome] = Counter()
        for held_id in ids:
            result = await self._retried(actor, held_id)
            if result is not None:
                counts[result.outcome] += 1
                report(result)
        return IngestSummary(*(counts[outcome] for outcome in Outcome))

    async def drop(self, actor: Actor, held_id: int, reason: str) -> None:
        """Let a held delivery go for good; the reason is recorded. Raises NotFound."""
        async with self._database.transaction() as session:
            actor = await reread(session, actor, write=True)
            require_system(actor)
            await holding.drop(session, actor, held_id, reason)

    async def _line(self, actor: Actor, source: str, line: lines.Line) -> LineResult:
        first = line.number == 1
        data = line.data.removeprefix(_BYTE_ORDER_MARK) if first else line.data
        try:
            if line.too_long:
                raise Refused(
                    Reason.TOO_LONG,
                    _("The line is longer than {limit} bytes, the most that is taken.").format(
                        limit=f"{lines.MAX_LINE_BYTES:,}"
                    ),
                )
            call = self._read(data)
            async with self._database.transaction() as session:
                current = await reread(session, actor, for_calling_system=True)
                require_deliver(current)
                outcome = await self._store(session, current, current, source, call)
                await holding.forget_same(session, current.admin_id, source, data)
            return LineResult(line.number, outcome)
        except (InvalidInput, NotFound, ActionBlocked, Conflict) as error:
            told = str(error)
            if not await self._hold(actor, source, line.number, data, error):
                told += " " + _("It is not kept either: too many deliveries are held already.")
            return LineResult(line.number, Outcome.FAILED, told)

    async def _retried(self, actor: Actor, held_id: int) -> LineResult | None:
        async with self._database.reading() as session:
            held = await holding.get(session, held_id)
        if held is None:  # somebody else took it in
            return None
        try:
            if held.too_long:
                raise Refused(Reason.TOO_LONG, _("The line was too long and is not kept whole."))
            call = self._read(held.content)
            async with self._database.transaction() as session:
                current = await reread(session, actor)
                require_system(current)
                deliverer = await holding.deliverer(session, current, held.admin_id)
                outcome = await self._store(session, current, deliverer, held.source, call)
                await holding.forget(session, held_id)
            return LineResult(held_id, outcome)
        except (InvalidInput, NotFound, ActionBlocked, Conflict, NotPermitted) as error:
            return LineResult(held_id, Outcome.FAILED, str(error))

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
    ) -> Outcome:
        from core.calls import storing

        region = self._settings.region
        return Outcome(await storing.store(session, actor, deliverer, source, call, region))

    async def _hold(
        self, actor: Actor, source: str, number: int, data: bytes, error: CoreError
    ) -> bool:
        from core.calls import glancing

        seen = glancing.glance(data, self._settings.region)
        async with self._database.transaction() as session:
            current = await reread(session, actor, for_calling_system=True)
            require_deliver(current)
            return await holding.hold(session, current, source, number, data, seen, error)


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
