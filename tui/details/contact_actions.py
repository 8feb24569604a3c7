"""What the keys of the tab with the contacts do."""

from typing import TYPE_CHECKING

from core.contacts.rules import why_not_add, why_not_move
from core.values.i18n import N_
from tui.action import Need, Scope
from tui.details import contacts

if TYPE_CHECKING:
    from tui.details.details_view import DetailsView

CONTACTS = Scope("contacts", N_("Recipient details, contacts"))


@CONTACTS.action(
    "a",
    N_("Add"),
    name="add",
    footer=10,
    use_case="contacts.add",
    why_not=lambda view: why_not_add(len(view.loaded.contacts)) if view.loaded else None,
    command="contact add",
    also=N_("new, guardian, family, neighbour"),
)
async def add_contact(view: "DetailsView") -> None:
    """Add a contact."""
    await contacts.add(view)


@CONTACTS.action(
    "e",
    N_("Edit"),
    name="edit",
    footer=11,
    needs=Need.ROW,
    use_case="contacts.edit",
    command="contact edit",
    also=N_("change, correct, modify"),
)
async def edit_contact(view: "DetailsView") -> None:
    """Edit the contact under the cursor, as it is now."""
    await contacts.edit(view, view.contacts.current.id)


@CONTACTS.action(
    "d",
    N_("Delete"),
    name="delete",
    footer=12,
    needs=Need.ROW,
    use_case="contacts.delete",
    command="contact delete",
    also=N_("remove, erase"),
)
async def delete_contact(view: "DetailsView") -> None:
    """Delete the contact under the cursor."""
    await contacts.delete(view, view.contacts.current)


@CONTACTS.action(
    "y",
    N_("Copy number"),
    name="copy",
    footer=13,
    needs=Need.ROW,
    use_case="contacts.copied",
    command="contact reveal",
)
async def copy_number(view: "DetailsView") -> None:
    """Copy the number of the contact under the cursor."""
    await contacts.copy(view, view.contacts.current)


def _why_not_move(view: "DetailsView", by: int) -> str | None:
    one, count = view.contacts.current, view.contacts.table.total or 0
    return why_not_move(one.place, one.place + by, count)


@CONTACTS.action(
    "less_than_sign",
    N_("Move up"),
    footer=14,
    needs=Need.ROW,
    use_case="contacts.move",
    why_not=lambda view: _why_not_move(view, -1),
    command="contact move",
)
async def earlier(view: "DetailsView") -> None:
    """Have the contact under the cursor phoned earlier."""
    await contacts.move(view, view.contacts.current, -1)


@CONTACTS.action(
    "greater_than_sign",
    N_("Move down"),
    footer=15,
    needs=Need.ROW,
    use_case="contacts.move",
    why_not=lambda view: _why_not_move(view, 1),
    command="contact move",
)
async def later(view: "DetailsView") -> None:
    """Have the contact under the cursor phoned later."""
    await contacts.move(view, view.contacts.current, 1)
