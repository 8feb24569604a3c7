"""What the keys of the tabs with memory details, follow-up actions and memos do."""

from typing import TYPE_CHECKING

from core.memory.rules import why_not_edit, why_not_reset
from core.memos.rules import why_not_change
from core.values.i18n import N_
from tui.action import Need, Scope
from tui.details import notes

if TYPE_CHECKING:
    from tui.details.details_view import DetailsView

MEMORY = Scope("memory", N_("Recipient details, memory"))


@MEMORY.action(
    "e",
    N_("Edit"),
    name="edit",
    footer=10,
    needs=Need.ROW,
    use_case="memory.edit",
    why_not=lambda view: why_not_edit(is_reset=view.memory.current.is_reset),
    command="memory edit",
    also=N_("change, correct, modify"),
)
async def edit_memory(view: "DetailsView") -> None:
    """Edit the memory under the cursor."""
    await notes.edit_memory(view, view.memory.current)


@MEMORY.action(
    "r",
    N_("Reset"),
    footer=11,
    needs=Need.ROW,
    use_case="memory.reset",
    why_not=lambda view: why_not_reset(is_reset=view.memory.current.is_reset),
    command="memory reset",
    also=N_("forget, delete, clear"),
)
async def reset(view: "DetailsView") -> None:
    """Have the machine forget the memory under the cursor."""
    await notes.reset(view, view.memory.current)


# follow-up actions and memos

NOTES = Scope("notes", N_("Recipient details, follow-up and memo"))


@NOTES.action(
    "a",
    N_("Add"),
    footer=10,
    use_case="memos.add",
    command="followup add, memo add",
    also=N_("new, create, write"),
)
async def add(view: "DetailsView") -> None:
    """Add a follow-up action or a memo."""
    if view.active == "followup":
        await notes.add_followup(view)
    else:
        await notes.add_memo(view)


def _why_not_change(view: "DetailsView") -> str | None:
    if view.active == "followup":
        return None
    return why_not_change(view.memos.current.author_id, view.actor.admin_id)


@NOTES.action(
    "e",
    N_("Edit"),
    footer=11,
    needs=Need.ROW,
    use_case="memos.edit",
    why_not=_why_not_change,
    command="followup edit, memo edit",
    also=N_("change, correct, modify"),
)
async def edit(view: "DetailsView") -> None:
    """Edit what is under the cursor, as it is now."""
    if view.active == "followup":
        await notes.edit_followup(view, view.followups.current.id)
    else:
        await notes.edit_memo(view, view.memos.current.id)


@NOTES.action(
    "d",
    N_("Delete"),
    footer=12,
    needs=Need.ROW,
    use_case="memos.delete",
    why_not=_why_not_change,
    command="followup delete, memo delete",
    also=N_("remove, erase"),
)
async def delete(view: "DetailsView") -> None:
    """Delete what is under the cursor."""
    if view.active == "followup":
        await notes.delete_followup(view, view.followups.current)
    else:
        await notes.delete_memo(view, view.memos.current)
