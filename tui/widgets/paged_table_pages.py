"""The part of a long list that is in memory: whole pages, least recently shown dropped first."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence

from tui.widgets.paged_table_cells import TableRow

Fetch = Callable[[int, int], Awaitable[Sequence[TableRow]]]
"""Gives the rows of the indexes from start to before stop, fewer where the list ends."""

PAGES_KEPT = 16


class Pages:
    """Rows by index, as far as they were read; knows what of the list's end was seen."""

    def __init__(self, size: int, keep: int = PAGES_KEPT) -> None:
        self.size = size
        self.end: int | None = None
        self._keep = keep
        self._seen = 0
        self._pages: OrderedDict[int, tuple[TableRow, ...]] = OrderedDict()

    def __len__(self) -> int:
        return sum(len(rows) for rows in self._pages.values())

    def extent(self, total: int | None) -> int:
        """How many rows there are: counted, or seen to end, or else known so far."""
        ends = [end for end in (self.end, total) if end is not None]
        return min(ends, default=self._seen)

    def may_exist(self, page: int, total: int | None) -> bool:
        """Whether a page can have rows: the one after all known ones can, until an end is known."""
        if page < 0:
            return False
        start = page * self.size
        if self.end is None and total is None:
            return start <= self._seen
        return start < self.extent(total)

    def has(self, page: int) -> bool:
        """Whether the page was read, and is kept."""
        return page in self._pages

    def row_at(self, index: int) -> TableRow | None:
        """The row, or None if it is not in memory."""
        page, offset = divmod(index, self.size)
        rows = self._pages.get(page, ())
        return rows[offset] if 0 <= offset < len(rows) else None

    def find(self, key: int) -> int | None:
        """The index of the row with this key, among those in memory."""
        for page, rows in self._pages.items():
            for offset, row in enumerate(rows):
                if row.key == key:
                    return page * self.size + offset
        return None

    def replace(self, row: TableRow) -> bool:
        """Put the row in the place of the one with its key; False if that is not in memory."""
        index = self.find(row.key)
        if index is None:
            return False
        page, offset = divmod(index, self.size)
        rows = self._pages[page]
        self._pages[page] = (*rows[:offset], row, *rows[offset + 1 :])
        return True

    def take_out(self, is_gone: Callable[[int], bool]) -> int:
        """Take out the rows whose keys are gone, those behind moving up; gives how many they were.

        Pages behind one that is not in memory are forgotten: what belongs on them is not known now.
        """
        pages = sorted(self._pages)
        first = next((p for p in pages if any(is_gone(row.key) for row in self._pages[p])), None)
        if first is None:
            return 0
        rows: list[TableRow] = []
        page = first
        while page in self._pages:
            rows += self._pages[page]
            page += 1
        left = [row for row in rows if not is_gone(row.key)]
        for page in pages[pages.index(first) :]:
            del self._pages[page]
        for start in range(0, len(left), self.size):
            self._pages[first + start // self.size] = tuple(left[start : start + self.size])
        taken = len(rows) - len(left)
        self._seen -= taken
        if self.end is not None:
            self.end -= taken
        return taken

    def touch(self, first: int, last: int) -> None:
        """These pages are on the screen: drop the others before them."""
        for page in range(first, last + 1):
            if page in self._pages:
                self._pages.move_to_end(page)

    async def read(self, fetch: Fetch, first: int, last: int) -> Sequence[TableRow]:
        """Read the pages from first to last with one call and keep them; gives what was fetched."""
        start, stop = first * self.size, (last + 1) * self.size
        rows = await fetch(start, stop)
        self.put(first, last, rows)
        return rows

    def put(self, first: int, last: int, rows: Sequence[TableRow]) -> None:
        """Keep what was fetched for the pages from first to last."""
        start, stop = first * self.size, (last + 1) * self.size
        for page in range(first, last + 1):
            offset = (page - first) * self.size
            self._pages[page] = tuple(rows[offset : offset + self.size])
            self._pages.move_to_end(page)
        while len(self._pages) > self._keep:
            self._pages.popitem(last=False)
        self._seen = max(self._seen, start + len(rows))
        if len(rows) < stop - start:
            self.end = start + len(rows)
        elif self.end is not None and self.end < stop:
            self.end = None

    async def find_end(self, fetch: Fetch, empty: int) -> None:
        """Find the list's end, the page ``empty`` being past it: often just before, else halve."""
        low, high, probe = 0, empty, empty - 1
        while low < high:
            rows = await self.read(fetch, probe, probe)
            if 0 < len(rows) < self.size:
                return
            low, high = (probe + 1, high) if rows else (low, probe)
            probe = (low + high) // 2
