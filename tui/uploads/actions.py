"""What the keys of the uploads and of their results do."""

from operator import methodcaller
from typing import TYPE_CHECKING

from msgspec.structs import replace

from core.uploads.dto import RowResult
from core.uploads.endings import without_ending
from core.values.i18n import N_, _, ngettext
from tui.action import Need, Scope, place
from tui.everywhere import EVERYWHERE
from tui.forms import actions as forms
from tui.recipients.targets import first_ones
from tui.widgets.paged_table_actions import LIST

if TYPE_CHECKING:
    from tui.uploads.preview_view import PreviewView
    from tui.uploads.results_view import ResultsView

RESULTS = Scope("results", N_("Upload results"))
RESULTS_PLACE = place(RESULTS, LIST, EVERYWHERE)
UPLOADS_PLACE = place(LIST, EVERYWHERE)


PREVIEW = Scope("preview", N_("Check of an upload"))


@PREVIEW.action(
    "ctrl+s",
    N_("Save"),
    name="save",
    footer=1,
    use_case="uploads.upload",
    why_not=lambda view: view.why_not_save(),
    command="upload",
    priority=True,
    also=N_("take in, import"),
)
def save(view: "PreviewView") -> None:
    """Save exactly what was checked."""
    view.save_it()


@PREVIEW.action(
    "c", N_("Columns"), footer=2, why_not=lambda view: view.why_no_columns(), command="upload"
)
async def columns(view: "PreviewView") -> None:
    """Say which column is which."""
    from tui.uploads.columns_dialog import ColumnsDialog

    how = await view.ask(ColumnsDialog(view.checked.layout, view.how))
    if how is not None:
        view.dismiss(how)


@PREVIEW.action(
    "s", N_("Sheet"), footer=3, why_not=lambda view: view.why_no_sheets(), command="upload"
)
async def sheet(view: "PreviewView") -> None:
    """Read another sheet."""
    from tui.uploads.sheet_picker import SheetPicker

    name = await view.ask(SheetPicker(view.checked.layout.sheets))
    if name is not None:
        view.dismiss(replace(view.how, sheet=name, mapping={}))


PREVIEW_PLACE = place(PREVIEW, RESULTS, LIST, EVERYWHERE)


def _why_not_change(view: "ResultsView") -> str | None:
    return view.why_only_checked() or view.why_undone()


@RESULTS.action(
    "f",
    N_("Failed only"),
    footer=1,
    command="uploads show",
    also=N_("errors, filter"),
)
def failed_only(view: "ResultsView") -> None:
    """Show the failed rows only, or all again."""
    view.show_failed_only(not view.is_failed_only)


@RESULTS.action(
    "e",
    N_("Edit"),
    footer=2,
    needs=Need.ROW,
    use_case="uploads.correct_row",
    why_not=_why_not_change,
    command="uploads correct, recipient edit",
)
async def edit(view: "ResultsView") -> None:
    """Edit the recipient of a row, or correct a failed row."""
    row, upload_id = view.current, view.upload_id
    if row is None or upload_id is None:
        return
    if row.result is RowResult.FAILED:
        from tui.uploads.correction_form import CorrectionForm

        corrected = await view.ask(CorrectionForm(upload_id, row))
        if corrected is not None:
            view.data_changed()
            words = _("Row {row} was saved: {name}.")
            view.tell(words.format(row=corrected.row, name=corrected.name), "success")
    elif row.recipient_id is not None:
        from tui.recipients.form_screen import RecipientForm

        recipient = await view.look(view.services.recipients.get(view.actor, row.recipient_id))
        saved = await view.ask(RecipientForm(recipient))
        if saved is not None:
            view.data_changed()
            view.tell(_("{name} was saved.").format(name=saved.name), "success")


def _why_not_write_failed(view: "ResultsView") -> str | None:
    return view.why_only_checked() or (None if view.upload.failed else _("No row failed."))


@RESULTS.action(
    "w",
    N_("Write failed"),
    footer=3,
    use_case="uploads.write_results",
    why_not=_why_not_write_failed,
    command="uploads failed",
    also=N_("export, download, errors"),
)
async def write_failed(view: "ResultsView") -> None:
    """Write the failed rows to a new file, to be corrected there and uploaded as it is."""
    from tui.uploads.download_dialog import WriteDialog
    from tui.uploads.files import files_of

    upload_id = view.upload_id
    stem = without_ending(view.upload.file_name) or "upload"
    path = await view.ask(WriteDialog(_("Write failed rows"), f"{stem}-failed"))
    if path is None or upload_id is None:
        return

    async def write() -> int:
        with files_of(view).create(path) as file:
            return await view.services.uploads.write_results(
                view.actor, upload_id, file, failed_only=True
            )

    count = await view.write(write())
    words = ngettext(
        "{count} row was written to {file}.", "{count} rows were written to {file}.", count
    )
    view.tell(words.format(count=f"{count:,}", file=path), "success")


def _why_not_undo(view: "ResultsView") -> str | None:
    if reason := _why_not_change(view):
        return reason
    return None if view.upload.created else _("This upload created no recipient.")


@RESULTS.action(
    "z",
    N_("Undo"),
    footer=4,
    use_case="uploads.undo",
    why_not=_why_not_undo,
    command="uploads undo",
    also=N_("take back, revert"),
)
async def undo(view: "ResultsView") -> None:
    """Undo the upload: what it created leaves, except what somebody has changed since."""
    from tui.forms.confirm_dialog import ConfirmDialog
    from tui.forms.work import tell_done, work

    upload_id, created = view.upload_id, view.upload.created
    if upload_id is None:
        return
    question = ngettext(
        "{count} recipient that this upload created will be deleted.",
        "{count} recipients that this upload created will be deleted.",
        created,
    ).format(count=f"{created:,}")
    question += "\n\n" + _("Whoever was changed since stays, and is named.")
    if not await view.ask(ConfirmDialog(_("Undo the upload"), question, forms.UNDO)):
        return
    result = await work(
        view,
        _("Undo the upload"),
        created,
        lambda job: view.services.uploads.undo(view.actor, upload_id, job),
    )
    if result is None:
        return
    view.data_changed()
    words = ngettext(
        "The upload was undone: {count} recipient was deleted.",
        "The upload was undone: {count} recipients were deleted.",
        result.left,
    )
    if result.kept:
        kept = first_ones(result.kept, result.kept_count)
        words += " " + _("Changed since, so they stay: {names}.").format(
            names=kept.replace("{", "{{").replace("}", "}}")
        )
    part = _("{done} of {total} were deleted; {keys[results.undo]} goes on with the others.")
    tell_done(view, result.done, words, part)


RESULTS.declare(
    "search", "slash", N_("Search"), methodcaller("open_search"), footer=5, command="uploads show"
)


@RESULTS.action(
    "n", N_("Notes"), footer=6, why_not=lambda view: view.why_no_notes(), command="uploads show"
)
async def notes(view: "ResultsView") -> None:
    """Show all that was guessed or passed over."""
    from tui.forms.confirm_dialog import QuestionDialog

    words = "\n".join(f"- {note}" for note in view.upload.notes)
    close = (forms.back(N_("Close")), None)
    await view.ask(QuestionDialog[None](_("Notes"), words, close))
