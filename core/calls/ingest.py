"""Taking in what the calling system delivers, line by line, each call in a transaction of its own."""

import enum
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from core.actor import Actor, require_deliver, reread
from core.calls import lines
from core.db import Database
from core.errors import ActionBlocked, Conflict, InvalidInput, NotFound
from core.i18n import _
from core.settings import Settings

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
    """Calls of the calling system, delivered by the role ``ingest`` or a system admin."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings

    async def take_in(
        self,
        actor: Actor,
        blocks: lines.Blocks,
        report: Callable[[LineResult], None] = lambda _result: None,
    ) -> IngestSummary:
        """Take in JSON Lines from blocks of bytes of any size, as they come from a file or pipe.

        ``report`` is told of each line as soon as it is saved or refused. Raises NotPermitted for who delivers
        no calls, and StorageUnavailable; the lines reported until then are saved.
        """
        async with self._database.reading() as session:
            require_deliver(await reread(session, actor, for_calling_system=True))
        counts: Counter[Outcome] = Counter()
        async for line in lines.split(blocks):
            if line.data is not None and not line.data.strip():
                continue
            result = await self._line(actor, line)
            counts[result.outcome] += 1
            report(result)
        return IngestSummary(*(counts[outcome] for outcome in Outcome))

    async def _line(self, actor: Actor, line: lines.Line) -> LineResult:
        try:
            return LineResult(line.number, await self._take_in_one(actor, line))
        except (InvalidInput, NotFound, ActionBlocked, Conflict) as error:
            return LineResult(line.number, Outcome.FAILED, str(error))

    async def _take_in_one(self, actor: Actor, line: lines.Line) -> Outcome:
        if line.data is None:
            raise InvalidInput(
                _("The line is longer than {limit} bytes, the most that is taken.").format(
                    limit=f"{lines.MAX_LINE_BYTES:,}"
                )
            )
        # imported here, since the console, which takes nothing in, starts faster without them
        from core.calls import delivery, storing

        data = line.data.removeprefix(_BYTE_ORDER_MARK) if line.number == 1 else line.data
        call = delivery.read(data, self._settings.region)
        async with self._database.transaction() as session:
            current = await reread(session, actor, for_calling_system=True)
            require_deliver(current)
            return Outcome(await storing.store(session, current, call, self._settings.region))
