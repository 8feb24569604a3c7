"""Searching in conversations and memory details."""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import Actor
from core.app.audit.access import note_access
from core.app.permissions import READERS, Shows
from core.app.use_case import Service, use_case
from core.calls.rules import Analysis
from core.conversations import index, queries
from core.conversations.dto import ConversationQuery, Hit, HitPage, SearchAnchor
from core.conversations.index import remembered
from core.conversations.rules import SaidBy
from core.conversations.words import composed, places, words
from core.db.bulk import pieces
from core.db.models import Call, ConversationFill
from core.db.rows import is_sqlite
from core.recipients.masking import is_masked, without_numbers
from core.values.stored import stored, stored_number
from core.values.times import EARLIEST, LATEST, midnight

PAGE = 64
_FEW, _MANY = 64, 512  # documents asked of the index at once: first, and later
_AT_ONCE = 64  # calls whose lines are read at once
_NEAR = 5_000  # of the newest on PostgreSQL, which are looked at before its index is asked: common words are there
_MOST = 2_000  # documents that are looked through for one part
_SUMMARY = -1  # the position of a summary, before all that was said
_BEFORE_ALL = _SUMMARY - 1


class _Place(Struct, frozen=True):
    """A document that exists for the actor, in the exact order of time."""

    at: datetime
    number: int
    row: Any

    @property
    def order(self) -> tuple[datetime, int]:
        return self.at, self.number


class ConversationService(Service, name="conversations"):
    """Search in what was said, as far as the actor may see the recipients."""

    _searches = itertools.count(1)

    @use_case(READERS, "read", shows=Shows.RECORDED)
    async def search(
        self,
        session: AsyncSession,
        actor: Actor,
        query: ConversationQuery,
        after: SearchAnchor | None = None,
        limit: int = PAGE,
    ) -> HitPage:
        """The lines with all the words, the newest first, from the anchor on; a search is recorded by its fields.

        Raises InvalidInput where no word is searched for.
        """
        search = _Search(session, actor, query, is_masked(actor, self._settings))
        first, last, zone = query.first, query.last, self._settings.zone
        search.between(
            midnight(first, zone) if first else None,
            midnight(last + timedelta(days=1), zone) if last else None,
        )
        found = await search.run(after, limit)
        asked = query.organization_id if actor.sees_all else actor.organization_id
        details = {"search": next(self._searches), "fields": query.fields, "found": len(found.hits)}
        note_access(
            session, actor, "look.search", "conversations", organization_id=asked, details=details
        )
        return found


class _Search:
    """One search, part by part."""

    def __init__(
        self, session: AsyncSession, actor: Actor, query: ConversationQuery, masked: bool
    ) -> None:
        self._session = session
        self._actor = actor
        self._query = query
        self._masked = masked
        self._words = words(query.words)
        elsewhere = not actor.sees_all and query.organization_id not in (
            None,
            actor.organization_id,
        )
        self._speakers = [] if elsewhere else queries.speakers(query)
        self._first, self._before = EARLIEST, LATEST

    def between(self, first: datetime | None, before: datetime | None) -> None:
        """Only what was said from the one moment to before the other."""
        self._first, self._before = first or EARLIEST, before or LATEST

    async def run(self, after: SearchAnchor | None, limit: int) -> HitPage:
        """So many hits after the anchor, or as many as are found in a moment."""
        hits: list[Hit] = []
        oldest = index.first_of(self._first)
        newest = index.last_with(index.first_of(self._before))
        if after is not None:
            newest = min(newest, index.last_with(after.document))
        looked, wanted = 0, _FEW
        while self._speakers and newest >= oldest:
            numbers = await self._documents(newest, oldest, wanted)
            if not numbers:
                break
            for part in pieces(await self._places(numbers, after), _AT_ONCE):
                for place, lines in await self._lines(part):
                    past = (
                        after.position if after and after.document == place.number else _BEFORE_ALL
                    )
                    for hit in lines:
                        if hit.position > past:
                            hits.append(hit)
                            rest = SearchAnchor(place.at, place.number, hit.position)
                            if len(hits) == limit:
                                return await self._found(hits, rest)
            looked += len(numbers)
            newest = index.first_with(numbers[-1]) - 1
            if looked >= _MOST:
                return await self._found(hits, SearchAnchor(LATEST, newest, _BEFORE_ALL))
            wanted = _MANY
        return await self._found(hits, None)

    async def _found(self, hits: list[Hit], rest: SearchAnchor | None) -> HitPage:
        up_to = await self._session.scalar(sa.select(ConversationFill.call_id)) or 0
        filled_from = None
        if up_to:
            latest = sa.select(Call.started_at).where(Call.id <= up_to).order_by(Call.id.desc())
            filled_from = await self._session.scalar(latest.limit(1))
        return HitPage(tuple(hits), rest, filled_from)

    async def _documents(self, newest: int, oldest: int, limit: int) -> list[int]:
        """The newest documents in which the words may be, with all of the hour of the last one."""
        sqlite = is_sqlite(self._session)

        async def read(newest: int, oldest: int, limit: int | None, near: int = 0) -> list[int]:
            select = queries.documents(
                self._actor, self._query, self._words, newest, oldest, sqlite=sqlite, near=near
            )
            return list(await self._session.scalars(select.limit(limit)))

        found = [] if sqlite else await read(newest, oldest, limit, _NEAR)
        if len(found) < limit:
            found = await read(newest, oldest, limit)
        if len(found) == limit:
            found += await read(found[-1] - 1, max(oldest, index.first_with(found[-1])), None)
        return found

    async def _places(self, numbers: Sequence[int], after: SearchAnchor | None) -> list[_Place]:
        """Those of the documents that exist for the actor and are after the anchor, the newest first."""
        subjects = {number: index.subject_of(number) for number in numbers}
        rows: dict[index.Subject, Any] = {}
        for is_memory, select in ((False, queries.calls), (True, queries.memories)):
            ids = [one.id for one in subjects.values() if one.is_memory is is_memory]
            for part in pieces(ids, _MANY):
                for row in await self._session.execute(select(self._actor, part)):
                    rows[index.Subject(row.id, is_memory)] = row
        found = [
            _Place(rows[subject].at, number, rows[subject])
            for number, subject in subjects.items()
            if subject in rows and self._first <= rows[subject].at < self._before
        ]
        found.sort(key=lambda one: one.order, reverse=True)
        if after is None:
            return found
        return [one for one in found if one.order <= (after.at, after.document)]

    async def _lines(self, found: Sequence[_Place]) -> list[tuple[_Place, list[Hit]]]:
        """The lines of these documents in which all the words are, in their order."""
        calls = [one.row.id for one in found if not index.subject_of(one.number).is_memory]
        said: dict[int, list[Any]] = defaultdict(list)
        if calls:
            for row in await self._session.execute(queries.utterances(calls, self._speakers)):
                said[row.call_id].append(row)
        return [
            (
                place,
                self._remembered(place)
                if index.subject_of(place.number).is_memory
                else self._said(place, said[place.row.id]),
            )
            for place in found
        ]

    def _said(self, place: _Place, rows: Iterable[Any]) -> list[Hit]:
        row, hits = place.row, []
        lines = [(one.speaker, one.position, stored_number(one.at_ms), one.text) for one in rows]
        if row.summary and SaidBy.SUMMARY in self._speakers:
            lines.insert(0, (SaidBy.SUMMARY, _SUMMARY, 0, row.summary))
        for speaker, position, at_ms, line in lines:
            text = self._shown(line)
            if (at := places(text, self._words)) is not None:
                hits.append(
                    Hit(
                        row.recipient_id, row.recipient, row.organization, row.timezone,
                        row.id, row.external_id, None, row.at, stored(SaidBy, speaker),
                        stored(Analysis, row.analysis) if row.analysis else None,
                        position, at_ms, text, at,
                    )
                )  # fmt: skip
        return hits

    def _remembered(self, place: _Place) -> list[Hit]:
        row = place.row
        text = self._shown(remembered(row.topic, row.content, row.newer_content))
        if (at := places(text, self._words)) is None:
            return []
        return [
            Hit(
                row.recipient_id, row.recipient, row.organization, row.timezone,
                row.call_id, "", row.id, row.at, SaidBy.MEMORY, None, 0, 0, text, at,
            )
        ]  # fmt: skip

    def _shown(self, text: str) -> str:
        """The line as the actor may read it: whoever does not see numbers finds nothing by them either."""
        text = composed(text)
        return without_numbers(text) if self._masked else text
