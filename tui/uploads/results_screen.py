"""What became of each row of an upload, the failed ones first."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input, Static

from core.app.actor import why_not_write
from core.files import file_access
from core.recipients.dto import RecipientRow
from core.uploads.dto import (
    ResultFilter,
    ResultRow,
    RowResult,
    UndoResult,
    UploadResult,
    UploadSummary,
)
from core.values.errors import NotFound
from core.values.i18n import _, ngettext
from core.values.text import search_key
from tui.base import ConsoleScreen
from tui.forms.actions import UNDO
from tui.recipients.columns import CellFormat
from tui.text import shown
from tui.uploads.actions import RESULTS, RESULTS_PLACE
from tui.uploads.columns import counts_text, result_columns, result_row
from tui.widgets.confirm_dialog import ConfirmDialog
from tui.widgets.line_input import LineInput
from tui.widgets.paged_table import PagedTable, TableRow
from tui.work import WorkActions

_OF_UPLOAD = {"edit", "write_failed", "undo"}


class ResultsScreen(WorkActions, ConsoleScreen[None]):
    """The results of an upload made (``UploadSummary``), or of a check that saved nothing (``UploadResult``)."""

    binds = (RESULTS,)
    scopes = RESULTS_PLACE

    def __init__(self, of: UploadResult | UploadSummary) -> None:
        super().__init__()
        self._of = of
        self._upload_id = of.upload_id if isinstance(of, UploadResult) else of.id
        self._wanted = ResultFilter()

    def content(self) -> ComposeResult:
        """Title and counts, guesses, the search, the rows."""
        with Horizontal(id="heading"):
            yield Static(shown(_("Upload results")), id="title")
            yield Static(shown(self._of.file_name), id="count")
            yield Static("", id="narrowed")
        yield Static("", id="counts")
        yield Static(shown("\n".join(self._of.notes)), id="notes")
        search = LineInput(id="search", placeholder=_("Search in the results"), compact=True)
        search.display = False
        yield search
        table = PagedTable(self._fetch, id="results", selectable=False, empty=_("No row matches."))
        table.columns = result_columns()
        yield table
        yield Static("", id="detail")

    def on_mount(self) -> None:
        """Show them."""
        self.query_one("#notes").display = bool(self._of.notes)
        self._show()

    @property
    def table(self) -> PagedTable:
        """The rows."""
        return self.query_one("#results", PagedTable)

    @property
    def current(self) -> ResultRow | None:
        """The row under the cursor."""
        row = self.table.cursor_row
        return row.data if row is not None and isinstance(row.data, ResultRow) else None

    async def _fetch(self, start: int, stop: int) -> Sequence[TableRow]:
        form = CellFormat.of(self.console.settings)
        if self._upload_id is None:
            rows: Sequence[ResultRow] = self._matching()[start:stop]
        else:
            rows = await self.services.uploads.results(
                self.actor, self._upload_id, self._wanted, start=start, limit=stop - start
            )
        return [result_row(row, form) for row in rows]

    def _matching(self) -> list[ResultRow]:
        wanted = search_key(self._wanted.search)
        rows = self._of.rows if isinstance(self._of, UploadResult) else ()
        return [
            row
            for row in rows
            if (row.result is RowResult.FAILED or not self._wanted.failed_only)
            and wanted in search_key(f"{row.name} {row.phone} {' '.join(row.reasons)}")
        ]

    async def _counted(self) -> tuple[int, UploadSummary | UploadResult]:
        if self._upload_id is None:
            return len(self._matching()), self._of
        uploads = self.services.uploads
        count = await uploads.count_results(self.actor, self._upload_id, self._wanted)
        return count, await uploads.get(self.actor, self._upload_id)

    def _show(self, *, keep_key: bool = False) -> None:
        self.table.total = None
        self.table.reload(keep_key)
        self.read(self._counted(), self._show_counts, group="count")

    def _show_counts(self, counted: tuple[int, UploadSummary | UploadResult]) -> None:
        count, self._of = counted
        self.table.total = count
        words = counts_text(self._of)
        if self._upload_id is None:
            words = _("Check only, nothing was saved.") + " " + words
        elif isinstance(self._of, UploadSummary) and self._of.undone_at:
            when = CellFormat.of(self.console.settings).time(self._of.undone_at, None)
            undone = _("Undone on {when} by {admin}.").format(when=when, admin=self._of.undone_by)
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

    def on_paged_table_fetch_failed(self, event: PagedTable.FetchFailed) -> None:
        """Rows could not be read."""
        self.tell_error(event.error)

    def on_paged_table_row_opened(self) -> None:
        """Enter does what ``e`` does."""
        self.action_edit()

    def why_not_named(self, action: str) -> str | None:
        """The reason why an action is not possible."""
        if action in _OF_UPLOAD and self._upload_id is None:
            return _("This was a check; nothing was saved. Upload the file to go on.")
        if action in {"edit", "undo"} and (reason := why_not_write(self.actor)):
            return reason
        if (
            action in {"edit", "undo"}
            and isinstance(self._of, UploadSummary)
            and self._of.undone_at
        ):
            return _("This upload was undone.")
        if action == "undo" and not self._of.created:
            return _("This upload created no recipient.")
        if action == "write_failed" and not self._of.failed:
            return _("No row failed.")
        if action == "edit" and self.current is None:
            return _("There is no row under the cursor.")
        return None

    def action_failed_only(self) -> None:
        """Show the failed rows only, or all again."""
        self._wanted = ResultFilter(not self._wanted.failed_only, self._wanted.search)
        self._show()

    def action_search(self) -> None:
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

    def action_back(self) -> None:
        """Clear the search; without one, close the results."""
        search = self.query_one("#search", Input)
        if not (search.display or self._wanted.search):
            self.dismiss(None)
            return
        self.table.focus()
        search.display = False
        search.value = ""

    def action_edit(self) -> None:
        """Edit the recipient of a row, or correct a failed row."""
        if self.blocked("edit") or self.current is None or self._upload_id is None:
            return
        row = self.current
        if row.result is RowResult.FAILED:
            from tui.uploads.correction_form import CorrectionForm

            self.ask(CorrectionForm(self._upload_id, row), self._corrected)
        elif row.recipient_id is not None:
            self.read(
                self.services.recipients.get(self.actor, row.recipient_id), self._edit, group="open"
            )

    def _corrected(self, row: ResultRow) -> None:
        self._show(keep_key=True)
        self.tell(_("Row {row} was saved: {name}.").format(row=row.row, name=row.name), "success")

    def _edit(self, recipient: RecipientRow) -> None:
        from tui.recipients.form_screen import RecipientForm

        def edited(saved: RecipientRow) -> None:
            self._show(keep_key=True)
            self.tell(_("{name} was saved.").format(name=saved.name), "success")

        self.ask(RecipientForm(recipient), edited)

    def action_write_failed(self) -> None:
        """Write the failed rows to a new file, to be corrected there and uploaded as it is."""
        if self.blocked("write_failed"):
            return
        from tui.uploads.download_dialog import WriteDialog

        stem = self._of.file_name.removesuffix(".xlsx") or "upload"
        self.ask(WriteDialog(_("Write failed rows"), f"{stem}-failed"), self._write_to)

    def _write_to(self, path: str) -> None:
        access = file_access(self.console.settings, self.console.identity, self.actor.login)

        async def write() -> int:
            if self._upload_id is None:
                raise NotFound(_("This was a check; nothing was saved."))
            with access.create(path) as file:
                return await self.services.uploads.write_results(
                    self.actor, self._upload_id, file, failed_only=True
                )

        def written(count: int) -> None:
            words = ngettext(
                "{count} row was written to {file}.", "{count} rows were written to {file}.", count
            )
            self.tell(words.format(count=f"{count:,}", file=path), "success")

        self.write(write(), written)

    def action_undo(self) -> None:
        """Undo the upload: what it created leaves, except what somebody has changed since."""
        if self.blocked("undo") or self._upload_id is None:
            return
        upload_id = self._upload_id
        question = ngettext(
            "{count} recipient that this upload created is deleted.",
            "{count} recipients that this upload created are deleted.",
            self._of.created,
        ).format(count=f"{self._of.created:,}")
        question += "\n\n" + _("Whoever was changed since stays, and is named.")

        def undo(_yes: bool) -> None:
            self.work(
                _("Undo the upload"),
                self._of.created,
                lambda job: self.services.uploads.undo(self.actor, upload_id, job),
                self._undone,
            )

        self.ask(ConfirmDialog(_("Undo the upload"), question, UNDO), undo)

    def _undone(self, result: UndoResult) -> None:
        self._show(keep_key=True)
        words = ngettext(
            "The upload was undone: {count} recipient was deleted.",
            "The upload was undone: {count} recipients were deleted.",
            result.left,
        )
        if result.kept:
            words += " " + _("Changed since, so they stay: {names}.").format(
                names=self._kept(result).replace("{", "{{").replace("}", "}}")
            )
        part = _("{done} of {total} were deleted; {keys[results.undo]} goes on with the others.")
        self.tell_done(result.done, words, part)

    @staticmethod
    def _kept(result: UndoResult) -> str:
        names = ", ".join(result.kept)
        if (more := result.kept_count - len(result.kept)) > 0:
            return _("{names} and {more} more").format(names=names, more=f"{more:,}")
        return names
