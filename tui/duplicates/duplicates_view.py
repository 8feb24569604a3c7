"""Pairs of recipients that may be one person, and why."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from core.duplicates.dto import Pair, Pairs
from core.values.i18n import _, ngettext
from tui.action import Need
from tui.base import ConsoleScreen
from tui.duplicates import columns
from tui.format import CellFormat
from tui.text import shown
from tui.widgets.key_bar import KeyBar
from tui.widgets.paged_table import PagedTable, TableRow


class DuplicatesView(ConsoleScreen[int]):
    """Those that were found when it was opened. Dismissed with whom another was merged into last."""

    def __init__(self, found: Pairs) -> None:
        super().__init__()
        self._pairs: list[Pair] = list(found.pairs)
        self._is_whole = found.is_whole
        self._last: int | None = None
        self.told_apart: list[Pair] = []

    def content(self) -> ComposeResult:
        """Title and count, the rows."""
        with Horizontal(id="heading"):
            yield Static(shown(_("Duplicates")), id="title")
            yield Static("", id="count")
        empty = _("Nobody seems to be there twice.")
        table = PagedTable(self._fetch, selectable=False, id="duplicates", empty=empty)
        table.columns = columns.table_columns()
        yield table

    def on_mount(self) -> None:
        """Show them."""
        self._show(0)

    @property
    def table(self) -> PagedTable:
        """The rows."""
        return self.query_one("#duplicates", PagedTable)

    @property
    def current(self) -> Pair | None:
        """The pair under the cursor."""
        row = self.table.cursor_row
        return row.data if row is not None and isinstance(row.data, Pair) else None

    @property
    def form(self) -> CellFormat:
        """How cells are formatted for this admin."""
        return CellFormat.of(self.console.settings)

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
        self.query_one(KeyBar).refresh_keys()

    def take_out(self, kept_id: int, pair: Pair) -> None:
        """The pair is none any more; where two were merged, others with the one who is gone are none either."""
        at = self._pairs.index(pair) if pair in self._pairs else 0
        gone = {pair.first.id, pair.second.id} - {kept_id} if kept_id else set()
        self._pairs = [
            one for one in self._pairs if one != pair and not gone & {one.first.id, one.second.id}
        ]
        if kept_id:
            self._last = kept_id
        else:
            self.told_apart.append(pair)
        self._show(at)

    def put_back(self, pair: Pair) -> None:
        """The pair is one again."""
        self.told_apart.remove(pair)
        self._pairs.insert(0, pair)
        self._show(0)

    def on_paged_table_cursor_moved(self) -> None:
        """Other actions may be possible on this row."""
        self.query_one(KeyBar).refresh_keys()

    def why_no_row(self, need: Need) -> str | None:
        """The reason why there is no row under the cursor, or None."""
        return None if self.current is not None else _("There is no pair under the cursor.")

    def go_back(self) -> None:
        """Back to the list, at whom another was merged into last."""
        self.dismiss(self._last)
