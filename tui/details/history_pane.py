"""How the calls of a recipient change, and what happened, the newest first."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.widgets import Static

from core.app.actor import Actor
from core.history.dto import HistoryEntry, HistoryQuery
from core.history.rules import ENTRY_WORDS, EntryKind
from core.recipients.listing.pager import Pager, Windows
from core.trends.dto import Trend
from core.values.i18n import N_, _
from tui.details.columns import what, who
from tui.details.panes import TimedPane
from tui.format import CellFormat
from tui.forms.picker import Picker
from tui.text import shown
from tui.trends import tables
from tui.widgets.paged_table import Column, TableRow

ALL = "all"
_COLUMNS = (
    Column("when", N_("When"), 16),
    Column("kind", N_("Kind"), 17),
    Column("what", N_("What"), 30),
    Column("who", N_("By"), 12),
)


class HistoryPane(TimedPane):
    """Read page by page, once it is looked at."""

    def __init__(self, form: CellFormat) -> None:
        super().__init__("history", _COLUMNS, _("Nothing has happened yet."), form)
        self.kind: EntryKind | None = None
        self._pager: Pager[HistoryQuery, HistoryEntry] | None = None

    def compose(self) -> ComposeResult:
        """How the calls change, then what happened."""
        yield Static("", id="trend")
        yield from super().compose()

    def show_trend(self, trend: Trend) -> None:
        """Show how the calls change."""
        lines = (tables.headline(trend), *tables.summary(trend))
        self.query_one("#trend", Static).update(shown("\n".join(lines)))

    @property
    def recipient_id(self) -> int | None:
        """Whose history it is; None before it was looked at."""
        return self._pager.query.recipient_id if self._pager else None

    def show_of(
        self,
        windows: Windows[HistoryQuery, HistoryEntry],
        actor: Actor,
        query: HistoryQuery,
        count: int,
        timezone: str | None,
    ) -> None:
        """Show this history, of which so much is there; the cursor stays where it is the same as before."""
        keep = self._pager is not None and self._pager.query == query
        self.timezone = timezone
        self._pager = Pager(windows, actor, query)
        self._pager.total = self.table.total = count
        if keep:
            self.table.reload()
        else:
            self.table.reload(cursor=0)

    async def _fetch(self, start: int, stop: int) -> Sequence[TableRow]:
        if self._pager is None:
            return ()
        return [self._row(one) for one in await self._pager.rows(start, stop)]

    def _row(self, one: HistoryEntry) -> TableRow:
        cells = (self.time(one.at), _(ENTRY_WORDS[one.kind]), what(one), who(one))
        return TableRow(one.key, cells, (), one)

    def reading(self, data: HistoryEntry) -> list[tuple[str, str]]:
        """All of it, in lines."""
        first = f"{_(ENTRY_WORDS[data.kind])} · {self.time(data.at)} · {who(data)}"
        return [(first, "bold"), (what(data, whole=True), "")]


class KindPicker(Picker[str]):
    """Dismissed with the kind that is to be listed, or with ``ALL``."""

    title_words = N_("History: which kind")

    def options(self) -> list[tuple[str, str]]:
        """All, then each kind."""
        kinds = [(kind.value, _(ENTRY_WORDS[kind])) for kind in EntryKind]
        return [(ALL, _("All kinds")), *kinds]
