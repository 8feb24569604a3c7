"""What the keys of a recipient's details do in every tab: tabs, neighbours, tasks, tags, the number."""

from typing import TYPE_CHECKING

from core.values.i18n import N_, _
from tui.action import Scope
from tui.details import contacts
from tui.everywhere import offer_search
from tui.recipients import changes
from tui.recipients.reveal import reveal, why_not_reveal

if TYPE_CHECKING:
    from tui.details.details_view import DetailsView

DETAILS = Scope("details", N_("Recipient details"))


@DETAILS.action("1", N_("Calls"), command="call list")
def tab_calls(view: "DetailsView") -> None:
    """Show the calls."""
    view.open_tab("calls")


@DETAILS.action("2", N_("Memory details"), command="memory list")
def tab_memory(view: "DetailsView") -> None:
    """Show the memory details."""
    view.open_tab("memory")


@DETAILS.action("3", N_("Follow-up action"), command="followup list")
def tab_followup(view: "DetailsView") -> None:
    """Show the follow-up actions."""
    view.open_tab("followup")


@DETAILS.action("4", N_("Memo"), command="memo list")
def tab_memo(view: "DetailsView") -> None:
    """Show the memos."""
    view.open_tab("memo")


@DETAILS.action(
    "5",
    N_("Contacts"),
    command="contact list",
    also=N_("guardian, family, phone"),
)
def tab_contacts(view: "DetailsView") -> None:
    """Show the contacts."""
    view.open_tab("contacts")


@DETAILS.action(
    "6",
    N_("History and trend"),
    command="recipient history",
    also=N_("trend, chart, log"),
)
def tab_history(view: "DetailsView") -> None:
    """Show what happened so far, and how the calls change."""
    view.open_tab("history")


@DETAILS.action(
    "left_square_bracket",
    N_("Previous"),
    footer=30,
    why_not=lambda view: view.why_no_neighbour(-1),
    no_command="a command is told whom",
)
def previous(view: "DetailsView") -> None:
    """To the recipient before this one in the list."""
    view.step(-1)


@DETAILS.action(
    "right_square_bracket",
    N_("Next"),
    name="next",
    footer=31,
    why_not=lambda view: view.why_no_neighbour(1),
    no_command="a command is told whom",
)
def next_one(view: "DetailsView") -> None:
    """To the recipient after this one in the list."""
    view.step(1)


offer_search(DETAILS)


@DETAILS.action(
    "t",
    N_("Own task"),
    footer=32,
    use_case="tasks.add",
    command="task add",
    also=N_("remind, to do"),
)
async def own_task(view: "DetailsView") -> None:
    """Add a task of one's own on the recipient that is shown."""
    from tui.tasks.own_form import OwnForm

    row = await view.ask(OwnForm(view.recipient, view.form))
    if row is not None:
        when = view.time(row.due_at)
        view.tell(_("The task was added; it is due {time}.").format(time=when), "success")


@DETAILS.action(
    "T",
    N_("Tags"),
    use_case="tags.change",
    command="recipient tag",
    also=N_("label, group, category"),
)
async def tags(view: "DetailsView") -> None:
    """Give tags to the recipient that is shown, or take them."""
    await changes.tags(view)


@DETAILS.action(
    "n",
    N_("Show the number for 30 s"),
    name="reveal",
    use_case="recipients.reveal",
    why_not=why_not_reveal,
    command="recipient reveal, contact reveal",
)
async def reveal_number(view: "DetailsView") -> None:
    """Show the number of the contact under the cursor, else the recipient's."""
    contact = view.contacts.current if view.active == "contacts" else None
    if contact is None:
        await reveal(view)
    else:
        await contacts.reveal(view, contact)
