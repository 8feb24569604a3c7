"""What became of each row of an upload, the failed ones first: what is shown of it."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input, Static

from core.uploads.dto import (
    ResultFilter,
    ResultRow,
    RowResult,
    UploadResult,
    UploadSummary,
)
from core.values.i18n import N_, _, ngettext
from core.values.text import search_key
from tui.action import named
from tui.list_screen import ListScreen
from tui.text import shown
from tui.uploads.asked import Step
from tui.uploads.columns import RESULTS, counts_text, result_row
from tui.widgets.line_input import LineInput
from tui.widgets.paged_table import PagedTable, TableRow

NOTES_SHOWN = 4


class ResultsView(ListScreen[ResultRow, Step]):
    """The results of an upload made (``UploadSummary``), or of a check that saved nothing (``UploadResult``)."""

    title_words: ClassVar[str] = N_("Upload results")
    no_row = N_("There is no row under the cursor.")

    def __init__(self, of: UploadResult | UploadSummary) -> None:
        super().__init__()
        self.upload = of
        self.upload_id = of.upload_id if isinstance(of, UploadResult) else of.id
        self._wanted = ResultFilter()

    def content(self) -> ComposeResult:
        """Title and counts, guesses, the search, the rows."""
        with Horizontal(id="heading"):
            yield Static(shown(_(self.title_words)), id="title")
            yield Static(shown(self.upload.file_name), id="count")
            yield Static("", id="narrowed")
        yield Static("", id="counts")
        yield Static(shown(self._first_notes()), id="notes")
        search = LineInput(id="search", placeholder=_("Search in the results"), compact=True)
        search.display = False
        yield search
        table = PagedTable(self._fetch, id="results", selectable=False, empty=_("No row matches."))
        table.columns = RESULTS
        yield table
        yield Static("", id="detail")

    def _first_notes(self) -> str:
        """What was guessed and passed over, as far as there is room."""
        notes = self.upload.notes
        if len(notes) <= NOTES_SHOWN:
            return "\n".join(notes)
        more = ngettext(
            "{count} more note; {key} shows all.",
            "{count} more notes; {key} shows all.",
            len(notes) - NOTES_SHOWN + 1,
        ).format(
            count=len(notes) - NOTES_SHOWN + 1,
            key=self.console.own_keys.first_shown(named("results.notes")),
        )
        return "\n".join((*notes[: NOTES_SHOWN - 1], more))

    def on_mount(self) -> None:
        """Show them."""
        self.query_one("#notes").display = bool(self.upload.notes)
        self._show()

    async def _fetch(self, start: int, stop: int) -> Sequence[TableRow]:
        if self.upload_id is None:
            rows: Sequence[ResultRow] = self._matching()[start:stop]
        else:
            rows = await self.services.uploads.results(
                self.actor, self.upload_id, self._wanted, start=start, limit=stop - start
            )
        return [result_row(row, self.form) for row in rows]

    def _matching(self) -> list[ResultRow]:
        wanted = search_key(self._wanted.search)
        rows = self.upload.rows if isinstance(self.upload, UploadResult) else ()
        return [
            row
            for row in rows
            if (row.result is RowResult.FAILED or not self._wanted.failed_only)
            and wanted in search_key(f"{row.name} {row.phone} {' '.join(row.reasons)}")
        ]

    async def _counted(self) -> tuple[int, UploadSummary | UploadResult]:
        if self.upload_id is None:
            return len(self._matching()), self.upload
        uploads = self.services.uploads
        count = await uploads.count_results(self.actor, self.upload_id, self._wanted)
        return count, await uploads.get(self.actor, self.upload_id)

    def _show(self, *, keep_key: bool = False) -> None:
        self.table.total = None
        self.table.reload(keep_key)
        self.read(self._counted, self._show_counts, group="count")

    def _show_counts(self, counted: tuple[int, UploadSummary | UploadResult]) -> None:
        count, self.upload = counted
        self.table.total = count
        words = counts_text(self.upload)
        if self.upload_id is None:
            key = self.console.own_keys.first_shown(named("preview.save"))
            words = _("Checked; {key} saves it.").format(key=key) + " " + words
        elif isinstance(self.upload, UploadSummary) and self.upload.undone_at:
            when = self.form.time(self.upload.undone_at, None)
            undone = _("Undone on {when} by {admin}.").format(
                when=when, admin=self.upload.undone_by
            )
            words = undone + "\n" + words
        self.query_one("#counts", Static).update(shown(words))
        narrowed = [_("failed only")] if self._wanted.failed_only else []
        narrowed += [f"/{self._wanted.search}"] if self._wanted.search else []
        self.query_one("#narrowed", Static).update(shown(" · ".join(narrowed)))

    def data_changed(self) -> None:
        """Somebody changed the data."""
        self._show(keep_key=True)

    def on_paged_table_cursor_moved(self) -> None:
        """Show the reasons in full; other actions may be possible on this row."""
        row = self.current
        words = [*row.reasons, *row.warnings] if row else []
        self.query_one("#detail", Static).update(shown("\n".join(words)))

    async def on_paged_table_row_opened(self) -> None:
        """Enter does what ``e`` does."""
        await self.act(named("results.edit"))

    # what its actions ask

    @property
    def is_failed_only(self) -> bool:
        """Whether only the failed rows are shown."""
        return self._wanted.failed_only

    def show_failed_only(self, failed_only: bool) -> None:
        """Show the failed rows only, or all."""
        self._wanted = ResultFilter(failed_only, self._wanted.search)
        self._show()

    def why_no_notes(self) -> str | None:
        """The reason why there are no notes, or None."""
        return None if self.upload.notes else _("Nothing was guessed or passed over.")

    def why_only_checked(self) -> str | None:
        """The reason why nothing can be done where nothing was saved, or None."""
        if self.upload_id is not None:
            return None
        return _("This is a check; nothing is saved yet.")

    def why_undone(self) -> str | None:
        """The reason why nothing can be done with an upload that was undone, or None."""
        undone = isinstance(self.upload, UploadSummary) and self.upload.undone_at
        return _("This upload was undone.") if undone else None

    # search

    def open_search(self) -> None:
        """Type to search."""
        search = self.query_one("#search", Input)
        search.display = True
        search.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """List what matches."""
        self._wanted = ResultFilter(self._wanted.failed_only, event.value)
        self._show()

    def on_input_submitted(self) -> None:
        """Keep the search, and go to the list."""
        self.table.focus()
        self.query_one("#search").display = False

    def go_back(self) -> None:
        """Clear the search; without one, close the results."""
        search = self.query_one("#search", Input)
        if not (search.display or self._wanted.search):
            self.dismiss(None)
            return
        self.table.focus()
        search.display = False
        search.value = ""
