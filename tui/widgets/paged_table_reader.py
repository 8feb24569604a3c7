"""Reading the rows of a paged table: what is on the screen first, then what is near it.

Reads go one after the other, so that a held key never queues up reads for rows it has passed. Only
``reload`` overtakes a read that is under way, whose answer is then dropped.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Protocol

from tui.widgets.paged_table_pages import Fetch, Pages

Find = Callable[[], Awaitable[int | None]]
"""Finds the index to go to; None where there is none."""


class Reading(Protocol):
    """What the reader asks and tells the table."""

    def start(self, work: Callable[[], Awaitable[None]]) -> bool:
        """Run the work in place of that which runs; False while the table is not on a screen."""

    def in_view(self) -> tuple[int, int]:
        """The first row on the screen and how many have room."""

    def cursor_key(self) -> int | None:
        """The key of the row that the cursor is on."""

    def arrived(self) -> None:
        """More rows are there."""

    def renewed(self, cursor: int | None, goal: int | None) -> None:
        """The rows are new ones; the cursor follows its row to ``cursor``, or goes to ``goal``."""

    def failed(self, error: Exception) -> None:
        """Rows could not be read."""


class Reader:
    """The rows in memory, how many there are in all, and the reading that goes on."""

    def __init__(self, fetch: Fetch, page_size: int, table: Reading) -> None:
        self.pages = Pages(page_size)
        self.total: int | None = None
        self.stale = True
        self._fetch = fetch
        self._table = table
        # The count that belongs to the rows shown: a new one waits for the rows of a reload.
        self._total_shown: int | None = None
        self._keep_key = False
        self._goal: int | None = None
        self._find: Find | None = None
        self._generation = 0
        self._under_way: int | None = None
        # Where on the list reading failed: it is tried again elsewhere, or when asked to reload.
        self._failed_at: int | None = None

    @property
    def count(self) -> int:
        """How many rows there are, as far as it is known."""
        return self.pages.extent(self._total_shown)

    @property
    def busy(self) -> bool:
        """Whether rows are being read."""
        return self._under_way is not None

    @property
    def is_replacing(self) -> bool:
        """Whether the rows shown are those of an older question, until the new ones are read."""
        return self.stale and not self._keep_key

    def set_total(self, total: int | None) -> None:
        """The rows were counted, or their number is not known any more."""
        self.total = total
        if not self.stale:
            self._total_shown = total

    def take_out(self, is_gone: Callable[[int], bool]) -> bool:
        """Take rows out of those in memory; False where none of them is there."""
        taken = self.pages.take_out(is_gone)
        if self.total is not None:
            self.total -= taken
        if self._total_shown is not None:
            self._total_shown -= taken
        return bool(taken)

    def reload(self, *, keep_key: bool, goal: int | None, find: Find | None = None) -> None:
        """Read anew what is on the screen; until then the old rows stay.

        Where that is under way already with a goal of its own, which need not be repeated, the goal stays.
        """
        if not (keep_key and goal is None and find is None and self.is_replacing):
            self._keep_key = keep_key and goal is None and find is None
            self._goal, self._find = goal, find
        self.stale = True
        self._failed_at = None
        self._generation += 1
        self.read()

    def read(self) -> None:
        """Start reading, unless under way: then it finds by itself what is wanted now."""
        if self._under_way == self._generation or self._failed_at == self._table.in_view()[0]:
            return
        wanted = self.stale or self._missing() is not None
        if wanted and self._table.start(partial(self._read_on, self._generation)):
            self._under_way = self._generation

    def _pages_of(self, top: int, height: int) -> tuple[int, int]:
        return top // self.pages.size, max(top, top + height - 1) // self.pages.size

    def _missing(self) -> tuple[int, int] | None:
        """The next pages to read, from and to: those on the screen, then those around."""
        top, height = self._table.in_view()
        first, last = self._pages_of(top, min(height, self.count - top))
        self.pages.touch(first, last)
        missing = [page for page in range(first, last + 1) if not self.pages.has(page)]
        if missing:
            return missing[0], missing[-1]
        for page in (last + 1, first - 1) if self._failed_at is None else ():
            if self.pages.may_exist(page, self._total_shown) and not self.pages.has(page):
                return page, page
        return None

    async def _read_on(self, generation: int) -> None:
        try:
            if self.stale:
                await self._renew(generation)
            while generation == self._generation and (wanted := self._missing()):
                await self.pages.read(self._fetch, *wanted)
                if generation == self._generation:
                    self._failed_at = None
                    self._table.arrived()
        except Exception as error:  # noqa: BLE001 - any failure is told, whoever wrote ``fetch``
            if generation == self._generation:
                self._failed_at = self._table.in_view()[0]
                self._table.failed(error)
        finally:
            if self._under_way == generation:
                self._under_way = None

    async def _renew(self, generation: int) -> None:
        """Read what is on the screen into new pages, then show those in place of the old ones."""
        fresh = Pages(self.pages.size)
        goal, keep_key = self._goal, self._keep_key
        if self._find is not None:
            goal = await self._find()
            keep_key = goal is None
        top, height = self._table.in_view()
        if goal is not None and not top <= goal < top + height:
            top = max(0, goal - height // 2)
        first, last = self._pages_of(top, height)
        await fresh.read(self._fetch, first, last)
        if first and fresh.extent(None) <= first * fresh.size:
            await fresh.find_end(self._fetch, first)
        for page in (last + 1, first - 1):
            if keep_key and self._found(fresh) is None and fresh.may_exist(page, None):
                await fresh.read(self._fetch, page, page)
        if generation == self._generation:
            self._show(fresh, goal, keep_key=keep_key)

    def _found(self, fresh: Pages) -> int | None:
        key = self._table.cursor_key()
        return None if key is None else fresh.find(key)

    def _show(self, fresh: Pages, goal: int | None, *, keep_key: bool) -> None:
        cursor = self._found(fresh) if keep_key else None
        self._goal = self._find = None
        self.pages, self._total_shown = fresh, self.total
        self.stale, self._failed_at = False, None
        self._table.renewed(cursor, goal)
