"""What the keys of the deleted recipients do."""

from collections.abc import Sequence
from functools import partial
from operator import methodcaller
from typing import TYPE_CHECKING

from core.recipients.deletion_dto import DeletedQuery, DeletedSelection
from core.recipients.dto import Page
from core.recipients.fields import SORTED
from core.recipients.texts import text_of
from core.values.i18n import N_, _
from tui.action import Need, Scope, place
from tui.everywhere import EVERYWHERE
from tui.forms.actions import RESTORE
from tui.recipients.targets import people
from tui.widgets.paged_table_actions import LIST, select, select_all

if TYPE_CHECKING:
    from core.recipients.deletion_dto import DeletedRow
    from tui.recipients.deleted_view import DeletedView

NAMED = 3

DELETED = Scope("deleted", N_("Deleted recipients"))
DELETED_PLACE = place(DELETED, LIST, EVERYWHERE)


@DELETED.action(
    "r",
    N_("Restore"),
    footer=1,
    needs=Need.SELECTION,
    use_case="deletions.restore",
    command="recipient restore",
    also=N_("undelete, bring back, undo"),
)
async def restore(view: "DeletedView") -> None:
    """Restore the recipient under the cursor, or the selection."""
    if view.table.has_selection:
        selection, count = view.selection, view.table.selected_count
        names = await view.look(_names(view, selection))
        whom = people(names, count)
        await _ask_and_restore(view, whom, selection, count, names)
    else:
        row = view.current
        await _restore(view, view.selection, 1, [row.name] if row else [], row)


@DELETED.action(
    "R",
    N_("Restore together"),
    footer=2,
    needs=Need.ROW,
    use_case="deletions.restore",
    command="recipient restore",
    also=N_("undo the whole delete"),
)
async def restore_delete(view: "DeletedView") -> None:
    """Restore all that was deleted together with the recipient under the cursor."""
    row = view.current
    if row is None:
        return
    query = DeletedQuery(deletion_id=row.deletion_id)

    async def look() -> tuple[int, list[str]]:
        deletions = view.services.deletions
        first = await deletions.window(view.actor, query, Page(limit=NAMED))
        return await deletions.count(view.actor, query), [one.name for one, _at in first]

    count, names = await view.look(look())
    words = _("The delete of {when} by {who}.").format(
        when=view.form.time(row.deleted_at, row.timezone), who=row.deleted_by or "-"
    )
    whom = f"{words}\n{people(names, count)}"
    await _ask_and_restore(view, whom, DeletedSelection(query=query), count, names)


async def _names(view: "DeletedView", selection: DeletedSelection) -> list[str]:
    """Those of the first ones that are selected."""
    window = partial(view.services.deletions.window, view.actor)
    if selection.query is not None:
        found = await window(selection.query, Page(limit=NAMED + len(selection.excluded)))
    else:
        of_each = [DeletedQuery(recipient_id=one) for one in sorted(selection.ids)[:NAMED]]
        found = [row for query in of_each for row in await window(query, Page(limit=1))]
    return [one.name for one, _at in found if one.id not in selection.excluded][:NAMED]


async def show_one(view: "DeletedView", row: "DeletedRow") -> None:
    """Show what it was; from there it can be restored."""
    from tui.forms.confirm_dialog import ConfirmDialog

    form = view.form
    told = (
        *(
            (field.label, text_of(field, row, form.region, form.zone) or "-")
            for field in SORTED
            if field.typed
        ),
        (_("Registered at"), form.time(row.registered_at, row.timezone)),
        (_("Deleted at"), form.time(row.deleted_at, row.timezone)),
        (_("Deleted by"), row.deleted_by or "-"),
        (_("Gone for good at"), form.time(row.expires_at, row.timezone) or "-"),
    )
    text = "\n".join(f"{label}: {value}" for label, value in told)
    if await view.ask(ConfirmDialog(_("Deleted recipient"), text, RESTORE, N_("Close"))):
        selection = DeletedSelection(ids=frozenset({row.id}))
        await _restore(view, selection, 1, [row.name], row)


async def _ask_and_restore(
    view: "DeletedView",
    whom: str,
    selection: DeletedSelection,
    count: int,
    names: Sequence[str],
) -> None:
    from tui.forms.confirm_dialog import ConfirmDialog

    question = whom + "\n\n" + _("They are back in the list as they were, in their campaigns too.")
    if await view.ask(ConfirmDialog(_("Restore recipients"), question, RESTORE)):
        await _restore(view, selection, count, names)


async def _restore(
    view: "DeletedView",
    selection: DeletedSelection,
    count: int,
    names: Sequence[str],
    row: "DeletedRow | None" = None,
) -> None:
    """``names``: those of the first ones, or of all."""
    from tui.forms.work import work
    from tui.recipients.restoring import AnotherNumberDialog, tell_restored

    restored = await work(
        view,
        _("Restore recipients"),
        count,
        lambda job: view.services.deletions.restore(view.actor, selection, job),
    )
    if restored is None:
        return
    view.show_restored(row.id if row is not None and restored.count else None)
    stay = {one.name for one in restored.kept}
    are_back = [name for name in names if name not in stay] if count == len(names) else []
    tell_restored(view, restored, are_back[0] if len(are_back) == 1 else "")
    if restored.done.total == 1 and restored.kept:
        back = await view.ask(AnotherNumberDialog(restored.kept[0]))
        if back is not None:
            view.show_restored(back.id)
            words = _("{name} is back, with another number.")
            view.tell(words.format(name=back.name), "success")


DELETED.declare(
    "toggle_select",
    "space",
    N_("Select"),
    do=select,
    footer=3,
    needs=Need.ROW,
    no_command="a command is told whom",
)


def _why_not_select_all(view: "DeletedView") -> str | None:
    return None if view.table.row_count else view.table.empty or None


DELETED.declare(
    "select_all",
    "A",
    N_("Select all"),
    do=select_all,
    footer=4,
    why_not=_why_not_select_all,
    no_command="a command is told whom",
)


DELETED.declare(
    "search",
    "slash",
    N_("Search"),
    methodcaller("open_search"),
    footer=5,
    command="recipient deleted",
)
