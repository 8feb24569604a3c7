"""The uploads made so far, the newest first."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from core.uploads.dto import UploadSummary
from core.values.i18n import _, ngettext
from tui.list_screen import ListScreen
from tui.text import shown
from tui.uploads.actions import UPLOADS_PLACE
from tui.uploads.columns import UPLOADS, upload_row
from tui.widgets.paged_table import PagedTable, TableRow


class UploadsScreen(ListScreen[UploadSummary, None]):
    """Who took in which file, when, and what came of it; enter opens the results."""

    scopes = UPLOADS_PLACE

    def content(self) -> ComposeResult:
        """The title, and a row for each."""
        with Horizontal(id="heading"):
            yield Static(shown(_("Uploads")), id="title")
            yield Static("", id="count")
        empty = _(
            "Nothing was uploaded yet. {keys[console.back]} goes back; {keys[recipients.upload]} there"
            " takes a file in."
        ).format(keys=self.console.own_keys)
        table = PagedTable(self._fetch, selectable=False, empty=empty)
        table.columns = UPLOADS
        yield table

    def on_mount(self) -> None:
        """Show them."""
        self.data_changed()

    async def _fetch(self, start: int, stop: int) -> Sequence[TableRow]:
        found = await self.services.uploads.uploads(self.actor, start=start, limit=stop - start)
        return [upload_row(upload, self.form) for upload in found]

    def data_changed(self) -> None:
        """Read them again."""
        self.table.reload()
        self.read(self._count, self._counted, group="count")

    async def _count(self) -> int:
        return await self.services.uploads.count(self.actor)

    def _counted(self, count: int) -> None:
        self.table.total = count
        words = ngettext("{count} upload", "{count} uploads", count).format(count=f"{count:,}")
        self.query_one("#count", Static).update(shown(words))

    def on_paged_table_row_opened(self, event: PagedTable.RowOpened) -> None:
        """Open the results."""
        from tui.uploads.results_screen import ResultsScreen

        if isinstance(event.row.data, UploadSummary):
            self.app.push_screen(ResultsScreen(event.row.data))
