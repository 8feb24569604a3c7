"""What the keys of the list of recipients do."""

from functools import partial
from operator import methodcaller
from typing import TYPE_CHECKING

from msgspec.structs import replace

from core.values.i18n import N_, _
from tui.action import Need, Scope, place
from tui.everywhere import EVERYWHERE, offer_search
from tui.forms.choosing import offer_organizations
from tui.recipients import changes, viewing
from tui.recipients.reveal import reveal, why_not_reveal
from tui.widgets.paged_table_actions import LIST, select, select_all

if TYPE_CHECKING:
    from tui.recipients.list_view import ListView

RECIPIENTS = Scope("recipients", N_("Recipients"))
RECIPIENTS_PLACE = place(RECIPIENTS, LIST, EVERYWHERE)


@RECIPIENTS.action(
    "a",
    N_("Add"),
    footer=1,
    use_case="recipients.add",
    command="recipient add",
    also=N_("new, create, register"),
)
async def add(view: "ListView") -> None:
    """Add a recipient."""
    from tui.recipients.form_screen import RecipientForm

    organization = None
    if view.lacks_organization:
        from tui.recipients.organization_form import OrganizationForm

        organization = await view.ask(OrganizationForm())
        if organization is None:
            return
        view.lacks_organization = False
    row = await view.ask(RecipientForm(organization=organization))
    if row is not None:
        changes.tell_added(view, row)


@RECIPIENTS.action(
    "e",
    N_("Edit"),
    footer=2,
    needs=Need.ROW,
    use_case="recipients.edit",
    command="recipient edit",
    also=N_("change, correct, modify"),
)
async def edit(view: "ListView") -> None:
    """Edit the recipient under the cursor, as it is now."""
    if view.current is not None:
        await changes.edit(view, view.current.id)


changes.offer(RECIPIENTS, "delete", footer=3, needs=Need.SELECTION)
changes.offer(RECIPIENTS, "pause", footer=4, needs=Need.SELECTION)
changes.offer(RECIPIENTS, "resume", footer=5, needs=Need.SELECTION)


def _why_not_upload(view: "ListView") -> str | None:
    if not view.lacks_organization:
        return None
    words = _("There is no organization yet. Press {keys[recipients.add]} to add one first.")
    return words.format(keys=view.console.own_keys)


@RECIPIENTS.action(
    "u",
    N_("Upload"),
    footer=7,
    use_case="uploads.upload",
    why_not=_why_not_upload,
    command="upload",
    also=N_("import, take in, Excel, CSV"),
)
async def upload(view: "ListView") -> None:
    """Take an Excel file in."""
    from tui.uploads import transfers

    await transfers.upload(view)


@RECIPIENTS.action(
    "U",
    N_("Uploads made so far"),
    use_case="uploads.uploads",
    command="uploads list",
    also=N_("imports, history"),
)
async def uploads(view: "ListView") -> None:
    """Show the uploads made so far."""
    from tui.uploads.uploads_screen import UploadsScreen

    await view.ask(UploadsScreen())
    view.data_changed()


@RECIPIENTS.action(
    "w",
    N_("Download"),
    use_case="downloads.write",
    command="download",
    also=N_("export, save as, Excel"),
)
async def download(view: "ListView") -> None:
    """Write the list to an Excel file."""
    from tui.uploads import transfers

    await transfers.download(view, view.state.query, view.table.total or 0)


@RECIPIENTS.action(
    "O",
    N_("Overview"),
    use_case="trends.of_organization",
    command="trend",
    also=N_("statistics, trend, chart, report"),
)
async def overview(view: "ListView") -> None:
    """Show the calls of each week, of the organization that is listed."""
    from tui.trends import tables
    from tui.trends.dialogs import WeeksDialog

    organization_id = view.state.query.organization_id
    reading = partial(view.services.trends.of_organization, view.actor, organization_id)
    await view.ask(WeeksDialog(_("Overview"), reading, tables.overview))


RECIPIENTS.declare(
    "search",
    "slash",
    N_("Search"),
    do=methodcaller("open_search"),
    footer=6,
    command="recipient list",
    also=N_("find, look for"),
)


@RECIPIENTS.action(
    "f",
    N_("Detailed search"),
    command="recipient list",
    also=N_("filter, criteria, advanced"),
)
async def detailed_search(view: "ListView") -> None:
    """Filter by each field."""
    from tui.recipients.filter_dialog import FilterDialog

    chosen = await view.ask(FilterDialog(view.state.query.filter))
    if chosen is not None:
        view.show_query(replace(view.state.query, filter=chosen))


offer_organizations(RECIPIENTS, "recipient list", also=N_("change organization, centre"))


@RECIPIENTS.action(
    "v",
    N_("View options"),
    no_command="how the list looks on this screen",
    also=N_("columns, layout, rows a page"),
)
async def view_options(view: "ListView") -> None:
    """Choose columns and rows a page."""
    from tui.recipients.view_dialog import ViewDialog

    chosen = await view.ask(ViewDialog(view.state))
    if chosen is not None:
        await view.show_state(chosen)


@RECIPIENTS.action(
    "s",
    N_("Sort"),
    command="recipient list",
    also=N_("order, arrange"),
)
async def sort(view: "ListView") -> None:
    """Choose the column to sort by."""
    from tui.recipients.sort_dialog import SortDialog

    query = view.state.query
    chosen = await view.ask(SortDialog(query.sort, descending=query.descending))
    if chosen is not None:
        query = replace(view.state.query, sort=chosen[0], descending=chosen[1])
        await view.show_state(replace(view.state, query=query))


RECIPIENTS.declare(
    "toggle_select",
    "space",
    N_("Select"),
    do=select,
    needs=Need.ROW,
    no_command="a command is told whom",
    also=N_("mark, tick, check"),
)


RECIPIENTS.declare(
    "select_all",
    "A",
    N_("Select all matching"),
    do=select_all,
    no_command="a command is told whom",
    also=N_("mark all, everybody"),
)


def _why_not_undo(view: "ListView") -> str | None:
    nothing = view.undo_known and view.undoable is None
    return _("There is no delete to undo.") if nothing else None


@RECIPIENTS.action(
    "z",
    N_("Undo the last delete"),
    use_case="deletions.undo",
    why_not=_why_not_undo,
    command="recipient restore",
    also=N_("take back, revert, bring back"),
)
async def undo(view: "ListView") -> None:
    """Undo the admin's last delete that is not undone, in whichever session it was."""
    from tui.recipients.restoring import undo_last

    await undo_last(view)


@RECIPIENTS.action(
    "Z",
    N_("Deleted recipients"),
    use_case="deletions.window",
    command="recipient deleted",
    also=N_("trash, bin, restore, undelete"),
)
async def deleted(view: "ListView") -> None:
    """Show what was deleted and can be restored."""
    from tui.recipients.deleted_screen import DeletedScreen

    last_back = await view.ask(DeletedScreen())
    view.show_restored(last_back)


@RECIPIENTS.action(
    "D",
    N_("Duplicates"),
    use_case="duplicates.find",
    command="recipient duplicates",
    also=N_("merge, same person, double"),
)
async def duplicates(view: "ListView") -> None:
    """Look for recipients that may be one person."""
    from tui.duplicates.duplicates_screen import DuplicatesScreen
    from tui.forms.work import look_long

    organization_id = view.state.query.organization_id
    found = await look_long(
        view,
        _("Looking for duplicates"),
        view.table.total or 0,
        lambda job: view.services.duplicates.find(view.actor, organization_id, job),
    )
    if found is not None:
        last = await view.ask(DuplicatesScreen(found))
        view.show_restored(last)


@RECIPIENTS.action(
    "t",
    N_("To do"),
    footer=8,
    use_case="tasks.window",
    command="task list",
    also=N_("tasks, work"),
)
async def todo(view: "ListView") -> None:
    """Show what there is to do."""
    from tui.tasks.todo_screen import TodoScreen

    await view.ask(TodoScreen())


offer_search(RECIPIENTS)


@RECIPIENTS.action(
    "H",
    N_("Hand-over"),
    use_case="handovers.unsigned",
    command="handover",
    also=N_("shift, report"),
)
async def handover(view: "ListView") -> None:
    """Show what the shift leaves, or what the one before has left."""
    from tui.handovers.opening import open_handover

    await open_handover(view, view.state.query.organization_id)
    view.look_for_handovers()


changes.offer(RECIPIENTS, "tags", needs=Need.SELECTION)
RECIPIENTS.declare(
    "edit_many",
    "E",
    N_("Edit a field of the selected"),
    do=changes.edit_many,
    needs=Need.SELECTION,
    use_case="recipients.edit_many",
    command="recipient edit",
)
RECIPIENTS.declare(
    "reveal",
    "n",
    N_("Show the number for 30 s"),
    do=reveal,
    needs=Need.ROW,
    use_case="recipients.reveal",
    why_not=why_not_reveal,
    command="recipient reveal",
    also=N_("unmask, whole number"),
)


RECIPIENTS.declare(
    "views",
    "b",
    N_("Views"),
    do=viewing.choose,
    use_case="views.list",
    command="view list",
    also=N_("saved searches, favourites"),
)
RECIPIENTS.declare(
    "save_view",
    "B",
    N_("Save as a view"),
    do=viewing.save,
    use_case="views.save",
    command="view save",
    also=N_("keep this search, bookmark"),
)
_NUMBERED = (
    N_("View 1"), N_("View 2"), N_("View 3"), N_("View 4"), N_("View 5"), N_("View 6"), N_("View 7"), N_("View 8"),
    N_("View 9"),
)  # fmt: skip


for _number, _label in enumerate(_NUMBERED, 1):
    RECIPIENTS.declare(
        f"view_{_number}",
        str(_number),
        _label,
        do=partial(viewing.show_number, _number),
        use_case="views.open",
        command="view run",
    )
