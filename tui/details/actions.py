"""What the keys of a recipient's details do: neighbours and tabs, calls, memory, follow-up actions, memos and
contacts.
"""

from functools import partial
from typing import TYPE_CHECKING, Any

from core.calls.rules import Verdict
from core.contacts.rules import why_not_add as why_no_contact
from core.contacts.rules import why_not_move
from core.followups.rules import why_not_add as why_no_followup
from core.memory.rules import why_not_edit, why_not_reset
from core.memos.rules import why_not_change
from core.recipients.rules import why_not_pause, why_not_resume
from core.values.i18n import N_, _
from tui.action import Action, Need, Scope, place
from tui.details import contacts, notes
from tui.everywhere import EVERYWHERE, offer_search
from tui.recipients import changes
from tui.recipients.reveal import reveal, why_not_reveal
from tui.widgets.paged_table_actions import LIST

if TYPE_CHECKING:
    from tui.details.details_view import DetailsView

# the whole recipient: tabs, neighbours

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


# the calls

CALLS = Scope("calls", N_("Recipient details, calls"))


def _voice(name: str, keys: str, label: str, **more: Any) -> Action:
    return CALLS.declare(
        name,
        keys,
        label,
        do=lambda view: view.calls.voice.do(name),
        needs=Need.ROW,
        why_not=lambda view: view.calls.voice.why_not(name),
        **more,
    )


PLAY = _voice(
    "play", "space", N_("Play"), footer=10, use_case="voice.open_voice", command="voice",
    also=N_("listen, hear, sound"),
)  # fmt: skip
_DESK = "the player at the desk does it"
_voice("stop", "x", N_("Stop"), no_command=_DESK)
_voice("seek_back", "comma", N_("5 s back"), no_command=_DESK)
_voice("seek_forward", "full_stop", N_("5 s forward"), no_command=_DESK)
_voice("slower", "less_than_sign", N_("Slower"), no_command=_DESK)
_voice("faster", "greater_than_sign", N_("Faster"), no_command=_DESK)


@CALLS.action(
    "e",
    N_("Edit"),
    footer=12,
    use_case="recipients.edit",
    command="recipient edit",
    also=N_("change, correct, modify"),
)
async def edit_recipient(view: "DetailsView") -> None:
    """Edit the recipient that is shown."""
    await changes.edit(view, view.recipient.id)


@CALLS.action(
    "p",
    N_("Pause"),
    footer=13,
    use_case="participations.pause",
    why_not=lambda view: why_not_pause(view.recipient.status),
    command="recipient pause",
    also=N_("stop, suspend, hold"),
)
async def pause(view: "DetailsView") -> None:
    """Pause the participation of the recipient that is shown."""
    await changes.pause(view)


@CALLS.action(
    "d",
    N_("Delete"),
    footer=14,
    use_case="recipients.delete",
    command="recipient delete",
    also=N_("remove, erase"),
)
async def delete_recipient(view: "DetailsView") -> None:
    """Delete the recipient that is shown."""
    await changes.delete(view)


@CALLS.action(
    "r",
    N_("Resume"),
    footer=15,
    use_case="participations.resume",
    why_not=lambda view: why_not_resume(view.recipient.status),
    command="recipient resume",
    also=N_("restart, continue, unpause"),
)
async def resume(view: "DetailsView") -> None:
    """Resume the participation of the recipient that is shown."""
    await changes.resume(view)


@CALLS.action(
    "plus",
    N_("Positive"),
    footer=16,
    needs=Need.ROW,
    use_case="feedback.give",
    command="feedback",
    also=N_("good, thumbs up"),
)
async def positive(view: "DetailsView") -> None:
    """Positive feedback; the same again withdraws it."""
    await _give(view, Verdict.POSITIVE)


@CALLS.action(
    "minus",
    N_("Negative"),
    footer=17,
    needs=Need.ROW,
    use_case="feedback.give",
    command="feedback",
    also=N_("bad, thumbs down"),
)
async def negative(view: "DetailsView") -> None:
    """Negative feedback; the same again withdraws it."""
    await _give(view, Verdict.NEGATIVE)


async def _give(view: "DetailsView", verdict: Verdict) -> None:
    call = view.calls.current
    if call is None:
        return
    now = await view.write(view.services.feedback.give(view.actor, call.id, verdict))
    view.reload()
    if now is None:
        view.tell(_("Your feedback was withdrawn."), "success")
    elif now is Verdict.POSITIVE:
        view.tell(_("Your feedback: positive. The same key withdraws it."), "success")
    else:
        view.tell(_("Your feedback: negative. The same key withdraws it."), "success")


_voice(
    "copy_listen", "y", N_("Copy the listen command"), command="voice",
    also=N_("ssh, at the desk, voice file"),
)  # fmt: skip


def _why_not_followup(view: "DetailsView") -> str | None:
    call = view.calls.current
    reason = why_no_followup(has_followup=call is not None and call.followup_id is not None)
    if reason is None:
        return None
    hint = _("Press {keys[details.tab_followup]} to see it.").format(keys=view.console.own_keys)
    return f"{reason} {hint}"


@CALLS.action(
    "f",
    N_("Follow up"),
    footer=11,
    needs=Need.ROW,
    use_case="followups.add",
    why_not=_why_not_followup,
    command="followup add",
    also=N_("measure, what was done"),
)
async def followup(view: "DetailsView") -> None:
    """Add a follow-up action to the call under the cursor."""
    if view.calls.current is not None:
        await notes.add_followup_to(view, view.calls.current)


@CALLS.action("slash", N_("Search"), footer=18, needs=Need.ROW, command="call show")
def search(view: "DetailsView") -> None:
    """Search in the conversation."""
    view.calls.conversation.search()


# memory details

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


# contacts

CONTACTS = Scope("contacts", N_("Recipient details, contacts"))


@CONTACTS.action(
    "a",
    N_("Add"),
    name="add",
    footer=10,
    use_case="contacts.add",
    why_not=lambda view: why_no_contact(len(view.loaded.contacts)) if view.loaded else None,
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


# the history

HISTORY = Scope("history", N_("Recipient details, history"))


@HISTORY.action("f", N_("Filter"), footer=10, command="recipient history")
async def filter_history(view: "DetailsView") -> None:
    """List one kind of entries only, or all."""
    from core.history.rules import EntryKind
    from tui.details.history_pane import ALL, KindPicker

    chosen = await view.ask(KindPicker())
    if chosen is not None:
        view.read_history(None if chosen == ALL else EntryKind(chosen), changed=True)


@HISTORY.action(
    "w",
    N_("Weeks"),
    footer=11,
    use_case="trends.of_recipient",
    command="trend",
    also=N_("trend, chart, statistics"),
)
async def weeks(view: "DetailsView") -> None:
    """Show the calls of each week."""
    from tui.trends import tables
    from tui.trends.dialogs import WeeksDialog

    reading = partial(view.services.trends.of_recipient, view.actor, view.recipient.id)
    title = _("Trend of {name}").format(name=view.recipient.name)
    await view.ask(WeeksDialog(title, reading, tables.by_week))


TABS = {
    "calls": place(CALLS, DETAILS, LIST, EVERYWHERE),
    "memory": place(MEMORY, DETAILS, LIST, EVERYWHERE),
    "followup": place(NOTES, DETAILS, LIST, EVERYWHERE),
    "contacts": place(CONTACTS, DETAILS, LIST, EVERYWHERE),
    "history": place(HISTORY, DETAILS, LIST, EVERYWHERE),
}
TABS["memo"] = TABS["followup"]
