"""Rows by their index, without counting them off: the nearest known row leads to the wanted ones."""

from collections import OrderedDict
from collections.abc import Awaitable, Sequence
from typing import Generic, Protocol, TypeVar

from core.app.actor import Actor
from core.recipients.dto import Anchor, Page

Query = TypeVar("Query")
Query_contra = TypeVar("Query_contra", contravariant=True)
Row = TypeVar("Row")
Row_co = TypeVar("Row_co", covariant=True)

_KNOWN = 256  # places kept; 64 rows apart they cover 16,000 rows around the cursor


class Windows(Protocol[Query_contra, Row_co]):
    """Gives a page of rows; the ``window`` of a service does."""

    def __call__(
        self, actor: Actor, query: Query_contra, page: Page, /
    ) -> Awaitable[Sequence[tuple[Row_co, Anchor]]]:
        """See ``RecipientService.window``."""


class Pager(Generic[Query, Row]):
    """The rows of one query by index. ``total``, once known, lets it come from the end."""

    def __init__(self, windows: Windows[Query, Row], actor: Actor, query: Query) -> None:
        self._windows = windows
        self._actor = actor
        self.query = query
        self.total: int | None = None
        self._places: OrderedDict[int, Anchor] = OrderedDict()

    def forget(self) -> None:
        """Forget the known places, since the data has changed."""
        self._places.clear()

    async def rows(self, start: int, stop: int) -> list[Row]:
        """The rows from ``start`` up to before ``stop``; fewer at the end."""
        if self.total is not None:
            stop = min(stop, self.total)
        if stop <= start:
            return []
        found = await self._load(start, stop)
        for offset in (0, len(found) - 1):
            if found:
                self._remember(start + offset, found[offset][1])
        return [row for row, _ in found]

    async def _load(self, start: int, stop: int) -> Sequence[tuple[Row, Anchor]]:
        limit = stop - start
        before = max((at for at in self._places if at < start), default=-1)
        after = min((at for at in self._places if at >= stop), default=self.total)
        if after is not None and after - stop < start - before - 1:
            from_end = Page(self._places.get(after), backward=True, skip=after - stop, limit=limit)
            return (await self._windows(self._actor, self.query, from_end))[::-1]
        page = Page(self._places.get(before), skip=start - before - 1, limit=limit)
        return await self._windows(self._actor, self.query, page)

    def _remember(self, index: int, anchor: Anchor) -> None:
        self._places[index] = anchor
        self._places.move_to_end(index)
        if len(self._places) > _KNOWN:
            self._places.popitem(last=False)
