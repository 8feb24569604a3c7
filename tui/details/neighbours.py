"""Who is before and after somebody in the list that the details were opened from, read ahead."""

import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from msgspec import Struct, field

from core.recipients.deletion_dto import Deletion
from core.recipients.dto import RecipientRow, Selection
from core.values.errors import NotFound
from tui.details.loaded import Loaded

if TYPE_CHECKING:
    from core.app.audit.access_log import Ahead

_NEAR = 64  # rows to both sides in which a recipient is looked for that is not where it was


class Stop(Struct, frozen=True):
    """A row of the list by its key: whose it is, and where the details open: at which call (None: the newest), at
    which utterance of it (None: the first), or at which memory detail.
    """

    key: int
    recipient_id: int
    call_id: int | None = None
    position: int | None = None
    memory_id: int | None = None


class Left(Struct, frozen=True):
    """Where in the list the recipient was that was seen last, and its delete, if it was deleted.

    ``key`` is that of its row there, ``next_key`` that of the row after it.
    """

    index: int
    key: int
    next_key: int | None = None
    deletion: Deletion | None = None
    deleted: Selection = field(default_factory=Selection)
    name: str = ""


class ListPager(Protocol):
    """The rows of the list by their index."""

    @property
    def total(self) -> int | None:
        """How many there are, where that is known."""

    async def rows(self, start: int, stop: int, /) -> Sequence[Any]:
        """The rows from ``start`` up to before ``stop``; fewer at the end."""


def of_recipient(row: RecipientRow) -> Stop:
    """A row of the list of recipients."""
    return Stop(row.id, row.id)


class Neighbours:
    """Where a recipient is in its list, and who is next to it.

    A row that moves in the list is followed, or (not ``follows``) it is as if it were gone from where it was.
    """

    def __init__(
        self,
        pager: ListPager | None,
        index: int,
        stop: Stop,
        load: Callable[[Stop], Awaitable[Loaded]],
        load_ahead: "Callable[[Stop], Awaitable[Ahead[Loaded]]]",
        stop_of: Callable[[Any], Stop] = of_recipient,
        *,
        follows: bool = True,
    ) -> None:
        self.index = index
        self.stop = stop
        self._pager = pager
        self._load = load
        self._load_ahead = load_ahead
        self._stop_of = stop_of
        self._follows = follows
        self._beside: dict[int, tuple[int, Stop]] = {}  # step: index, who
        self._ahead: dict[int, Ahead[Loaded]] = {}
        self.known = pager is None

    @property
    def total(self) -> int | None:
        """How many rows the list has, where that is known."""
        return self._pager.total if self._pager else None

    @property
    def next(self) -> Stop | None:
        """Who comes after this one, as far as is known."""
        return self._beside[1][1] if 1 in self._beside else None

    def has(self, step: int) -> bool:
        """Whether there is somebody at this step (-1, 1), as far as is known."""
        return not self.known or step in self._beside

    async def look(self) -> None:
        """Find who is beside, and read them ahead; what was read before is forgotten."""
        self._ahead.clear()
        await self._find()
        for _index, stop in list(self._beside.values()):
            with contextlib.suppress(NotFound):
                self._ahead[stop.key] = await self._load_ahead(stop)

    async def step(self, by: int) -> Loaded | None:
        """Go to the next neighbour that still exists; None where there is none."""
        here = self.index, self.stop
        while True:
            if not self.known:
                await self._find()
            if by not in self._beside:
                if (self.index, self.stop) != here:  # all in this direction are gone
                    self.index, self.stop = here
                    await self._find()
                    self._beside.pop(by, None)
                return None
            self.index, self.stop = self._beside[by]
            self._beside, self.known = {}, self._pager is None
            with contextlib.suppress(NotFound):
                ahead = self._ahead.get(self.stop.key)
                return await (ahead.shown() if ahead else self._load(self.stop))

    async def go(self, stop: Stop) -> Loaded:
        """Go to somebody wherever; those beside are still the ones of the list. Raises NotFound."""
        loaded = await self._load(stop)
        self.stop, self._beside, self.known = stop, {}, self._pager is None
        return loaded

    async def _find(self) -> None:
        if self._pager is None:
            return
        start = max(0, self.index - 1)
        stops = await self._stops(start, self.index + 2)
        if self._place_in(stops, self.stop) is None:
            start = max(0, self.index - _NEAR)
            stops = await self._stops(start, self.index + _NEAR)
        at = self._place_in(stops, self.stop)
        was_next = self._place_in(stops, self.next)
        if not self._follows and at is not None and was_next not in (None, at + 1):
            at, self.index = None, start + (was_next or 0)
        if at is None:  # gone from the list: who took its place is the next one
            at, after = self.index - start, self.index - start
        else:
            self.index, after = start + at, at + 1
        self._beside = {
            step: (start + place, stops[place])
            for step, place in ((-1, at - 1), (1, after))
            if 0 <= place < len(stops)
        }
        self.known = True

    async def _stops(self, start: int, stop: int) -> list[Stop]:
        rows = await self._pager.rows(start, stop) if self._pager is not None else []
        return [self._stop_of(row) for row in rows]

    @staticmethod
    def _place_in(stops: list[Stop], wanted: Stop | None) -> int | None:
        keys = [one.key for one in stops]
        return keys.index(wanted.key) if wanted is not None and wanted.key in keys else None
