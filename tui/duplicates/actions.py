"""What the keys of the duplicates do."""

from typing import TYPE_CHECKING

from core.values.i18n import N_, _
from tui.action import Need, Scope, place
from tui.everywhere import EVERYWHERE
from tui.widgets.paged_table_actions import LIST

if TYPE_CHECKING:
    from tui.duplicates.duplicates_view import DuplicatesView

DUPLICATES = Scope("duplicates", N_("Duplicates"))
DUPLICATES_PLACE = place(DUPLICATES, LIST, EVERYWHERE)


@DUPLICATES.action("m", N_("Merge"), footer=1, needs=Need.ROW, use_case="duplicates.merge")
async def merge(view: "DuplicatesView") -> None:
    """Compare the two under the cursor, and merge them."""
    from tui.duplicates.merge_dialog import MergeDialog

    pair = view.current
    if pair is None:
        return
    compare = view.services.duplicates.compare(view.actor, pair.first.id, pair.second.id)
    merged = await view.ask(MergeDialog(*await view.look(compare), view.form))
    if merged is not None:
        view.take_out(merged.kept.id, pair)
        words = _(
            "{name} is merged now; {keys[recipients.undo]} in the list makes two of them again."
        )
        view.tell(words.format(name=merged.kept.name, keys=view.console.own_keys), "success")


@DUPLICATES.action(
    "n", N_("Not the same"), footer=2, needs=Need.ROW, use_case="duplicates.tell_apart"
)
async def tell_apart(view: "DuplicatesView") -> None:
    """Keep that the two under the cursor are two persons."""
    pair = view.current
    if pair is None:
        return
    await view.write(view.services.duplicates.tell_apart(view.actor, pair.first.id, pair.second.id))
    view.take_out(0, pair)
    words = _("{first} and {second} are two; {keys[duplicates.undo]} takes that back.")
    view.tell(
        words.format(first=pair.first.name, second=pair.second.name, keys=view.console.own_keys),
        "success",
    )


def _why_not_undo(view: "DuplicatesView") -> str | None:
    return None if view.told_apart else _("Nobody was told apart just now.")


@DUPLICATES.action(
    "z", N_("Undo"), footer=3, use_case="duplicates.tell_apart", why_not=_why_not_undo
)
async def undo(view: "DuplicatesView") -> None:
    """Take back that the last two are two persons."""
    pair = view.told_apart[-1]
    await view.write(
        view.services.duplicates.tell_apart(view.actor, pair.first.id, pair.second.id, apart=False)
    )
    view.put_back(pair)
