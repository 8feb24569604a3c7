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


@DUPLICATES.action(
    "m",
    N_("Merge"),
    footer=1,
    needs=Need.ROW,
    use_case="duplicates.merge",
    command="recipient merge",
    also=N_("combine, join, unite"),
)
async def merge(view: "DuplicatesView") -> None:
    """Compare the two under the cursor, and merge them."""
    from tui.duplicates.merge_dialog import MergeDialog

    pair = view.current
    if pair is None:
        return
    compare = view.services.duplicates.compare(view.actor, pair.first.id, pair.second.id)
    merged = await view.ask(MergeDialog(*await view.look(compare)))
    if merged is not None:
        view.take_merged(merged, pair)
        words = _("{name} is merged now; {keys[duplicates.undo]} makes two of them again.")
        view.tell(words.format(name=merged.kept.name, keys=view.console.own_keys), "success")


@DUPLICATES.action(
    "n",
    N_("Not the same"),
    footer=2,
    needs=Need.ROW,
    use_case="duplicates.tell_apart",
    command="recipient apart",
    also=N_("different, dismiss, ignore"),
)
async def tell_apart(view: "DuplicatesView") -> None:
    """Keep that the two under the cursor are two persons."""
    pair = view.current
    if pair is None:
        return
    await view.write(view.services.duplicates.tell_apart(view.actor, pair.first.id, pair.second.id))
    view.take_apart(pair)
    words = _("{first} and {second} are two; {keys[duplicates.undo]} takes that back.")
    view.tell(
        words.format(first=pair.first.name, second=pair.second.name, keys=view.console.own_keys),
        "success",
    )


def _why_not_undo(view: "DuplicatesView") -> str | None:
    return None if view.last_done else _("Nobody was merged or told apart here yet.")


@DUPLICATES.action(
    "z",
    N_("Undo"),
    footer=3,
    use_case="duplicates.tell_apart",
    why_not=_why_not_undo,
    command="recipient apart",
    also=N_("take back, revert"),
)
async def undo(view: "DuplicatesView") -> None:
    """Take back the last merge, or that two are two persons, whichever was done last here."""
    from tui.recipients.restoring import tell_restored

    step = view.last_done
    if step is None:
        return
    first, second, actor = step.pair.first, step.pair.second, view.actor
    if step.deletion_id is not None:
        restored = await view.write(view.services.deletions.undo(actor, step.deletion_id))
        if restored.count:
            view.put_back(step)
        tell_restored(view, restored, restored.parted[0].name if restored.parted else "")
        return
    apart = view.services.duplicates.tell_apart
    await view.write(apart(actor, first.id, second.id, apart=False))
    view.put_back(step)
    words = _("It is open again whether {first} and {second} are one person.")
    view.tell(words.format(first=first.name, second=second.name), "success")
