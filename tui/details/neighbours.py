"""The recipients before and after one, in the order and filter of the list it was opened from, read ahead."""

from collections.abc import Awaitable, Callable

from core.recipients.dto import RecipientQuery, RecipientRow
from core.recipients.listing.pager import Pager
from tui.details.loaded import Loaded

ListPager = Pager[RecipientQuery, RecipientRow]
_NEAR = 64  # rows to both sides in which a recipient is looked for that is not where it was


class Neighbours:
    """Where a recipient is in its list, and who is next to it."""

    def __init__(
        self,
        pager: ListPager | None,
        index: int,
        recipient_id: int,
        load: Callable[[int], Awaitable[Loaded]],
    ) -> None:
        self.index = index
        self._recipient_id = recipient_id
        self._pager = pager
        self._load = load
        self._beside: dict[int, tuple[int, int]] = {}  # step: index, recipient
        self._ahead: dict[int, Loaded] = {}
        self.known = pager is None

    @property
    def total(self) -> int | None:
        """How many recipients the list has, where that is known."""
        return self._pager.total if self._pager else None

    def has(self, step: int) -> bool:
        """Whether there is somebody at this step (-1, 1), as far as is known."""
        return not self.known or step in self._beside

    async def look(self) -> None:
        """Find who is beside, and read them ahead; what was read before is forgotten."""
        self._ahead.clear()
        await self._find()
        for _index, recipient_id in list(self._beside.values()):
            self._ahead[recipient_id] = await self._load(recipient_id)

    async def step(self, by: int) -> Loaded | None:
        """Go to a neighbour; None where there is none."""
        if not self.known:
            await self._find()
        if by not in self._beside:
            return None
        self.index, self._recipient_id = self._beside[by]
        self._beside, self.known = {}, self._pager is None
        return self._ahead.get(self._recipient_id) or await self._load(self._recipient_id)

    async def _find(self) -> None:
        if self._pager is None:
            return
        start = max(0, self.index - 1)
        rows = await self._pager.rows(start, self.index + 2)
        if self._place_in(rows) is None:
            start = max(0, self.index - _NEAR)
            rows = await self._pager.rows(start, self.index + _NEAR)
        at = self._place_in(rows)
        if at is None:  # gone from the list: who took its place is the next one
            at, after = self.index - start, self.index - start
        else:
            self.index, after = start + at, at + 1
        self._beside = {
            step: (start + place, rows[place].id)
            for step, place in ((-1, at - 1), (1, after))
            if 0 <= place < len(rows)
        }
        self.known = True

    def _place_in(self, rows: list[RecipientRow]) -> int | None:
        return next((at for at, row in enumerate(rows) if row.id == self._recipient_id), None)
