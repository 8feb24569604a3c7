"""Pairs of recipients that may be one person, and why."""

from collections.abc import Sequence

from msgspec import Struct
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from core.duplicates.dto import Merged, Pair, Pairs
from core.values.i18n import N_, _, ngettext
from tui.duplicates import columns
from tui.list_screen import ListScreen
from tui.text import shown
from tui.widgets.paged_table import PagedTable, TableRow


class Step(Struct, frozen=True):
    """What was done last, and is taken back first: a merge by its delete, or (None) that a pair was told apart.

    ``out`` are the pairs that are none by it.
    """

    pair: Pair
    out: tuple[Pair, ...]
    deletion_id: int | None = None


class DuplicatesView(ListScreen[Pair, int]):
    """Those that were found when it was opened. Dismissed with whom another was merged into last."""

    no_row = N_("There is no pair under the cursor.")

    def __init__(self, found: Pairs) -> None:
        super().__init__()
        self._pairs: list[Pair] = list(found.pairs)
        self._is_whole = found.is_whole
        self._last: int | None = None
        self._done: list[Step] = []

    def content(self) -> ComposeResult:
        """Title and count, the rows."""
        with Horizontal(id="heading"):
            yield Static(shown(_("Duplicates")), id="title")
            yield Static("", id="count")
        empty = _("Nobody seems to be there twice.")
        table = PagedTable(self._fetch, selectable=False, id="duplicates", empty=empty)
        table.columns = columns.COLUMNS
        yield table

    def on_mount(self) -> None:
        """Show them."""
        self._show(0)

    async def _fetch(self, start: int, stop: int) -> Sequence[TableRow]:
        return [columns.table_row(pair, self.form) for pair in self._pairs[start:stop]]

    def _show(self, cursor: int) -> None:
        count = len(self._pairs)
        self.table.total = count
        self.table.reload(cursor=max(min(cursor, count - 1), 0))
        words = ngettext("{count} pair", "{count} pairs", count).format(count=f"{count:,}")
        if not self._is_whole:
            words = _("the first {pairs}").format(pairs=words)
        self.query_one("#count", Static).update(shown(words))

    @property
    def last_done(self) -> Step | None:
        """What was done here last and is not taken back."""
        return self._done[-1] if self._done else None

    def take_apart(self, pair: Pair) -> None:
        """The pair is none any more."""
        self._take_out(Step(pair, (pair,)))

    def take_merged(self, merged: Merged, pair: Pair) -> None:
        """The two are one now; pairs with the one who is gone are none either."""
        gone = ({pair.first.id, pair.second.id} - {merged.kept.id}).pop()
        out = [one for one in self._pairs if gone in (one.first.id, one.second.id)]
        self._last = merged.kept.id
        self._take_out(Step(pair, tuple(out), merged.deletion_id))

    def _take_out(self, step: Step) -> None:
        at = self._pairs.index(step.pair) if step.pair in self._pairs else 0
        self._pairs = [one for one in self._pairs if one not in step.out]
        self._done.append(step)
        self._show(at)

    def put_back(self, step: Step) -> None:
        """It was taken back: the pairs are there again, the cursor on the one that it was done with."""
        self._done.remove(step)
        self._pairs[:0] = step.out
        self._show(self._pairs.index(step.pair))

    def read_again(self) -> None:
        """Paint the screen anew: looking for all pairs again takes long, and is what the key in the list does."""
        self.console.repaint()

    def go_back(self) -> None:
        """Back to the list, at whom another was merged into last."""
        self.dismiss(self._last)
