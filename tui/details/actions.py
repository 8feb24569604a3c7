"""What the keys of a recipient's details do in every tab: tabs, neighbours, tasks, tags, the number."""

from operator import methodcaller
from typing import TYPE_CHECKING

from core.values.i18n import N_, _
from tui.action import Scope
from tui.details import contact_actions
from tui.everywhere import offer_search
from tui.recipients import changes
from tui.recipients.reveal import reveal, why_not_reveal

if TYPE_CHECKING:
    from tui.details.details_view import DetailsView

DETAILS = Scope("details", N_("Recipient details"))


for _key, _tab, _label, _command, _also in (
    ("1", "calls", N_("Calls"), "call list", ""),
    ("2", "memory", N_("Memory details"), "memory list", ""),
    ("3", "followup", N_("Follow-up action"), "followup list", ""),
    ("4", "memo", N_("Memo"), "memo list", ""),
    ("5", "contacts", N_("Contacts"), "contact list", N_("guardian, family, phone")),
    ("6", "history", N_("History and trend"), "recipient history", N_("trend, chart, log")),
):
    DETAILS.declare(
        f"tab_{_tab}",
        _key,
        _label,
        do=methodcaller("open_tab", _tab),
        command=_command,
        also=_also,
    )


for _name, _key, _label, _footer, _by in (
    ("previous", "left_square_bracket", N_("Previous"), 30, -1),
    ("next", "right_square_bracket", N_("Next"), 31, 1),
):
    DETAILS.declare(
        _name,
        _key,
        _label,
        do=methodcaller("step", _by),
        footer=_footer,
        why_not=methodcaller("why_no_neighbour", _by),
        no_command="a command is told whom",
    )
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

    row = await view.ask(OwnForm(view.recipient))
    if row is not None:
        when = view.time(row.due_at)
        view.tell(_("The task was added; it is due {time}.").format(time=when), "success")


changes.offer(DETAILS, "tags")


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
        await contact_actions.reveal(view, contact)
