"""What stands in the tabs beside the calls, and its keys: add, edit, delete, reset."""

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from core.followups.rules import ACTION_WORDS
from core.memory.rules import why_not_edit, why_not_reset
from core.memos.rules import why_not_change
from core.values.errors import Conflict, NotFound
from core.values.i18n import N_, _
from tui.action import Need, Scope
from tui.forms.actions import DELETE, RESET

if TYPE_CHECKING:
    from core.calls.dto import CallRow
    from core.memory.dto import MemoryRow
    from tui.action import Action
    from tui.details.details_view import DetailsView
    from tui.forms.edit_form import EditForm

MEMORY = Scope("memory", N_("Recipient details, memory"))
NOTES = Scope("notes", N_("Recipient details, follow-up and memo"))

_EXCERPT = 60


async def ask(view: "DetailsView", form: "EditForm[Any]", told: str) -> None:
    """Open the form, show what was saved with the cursor on it, and tell it."""
    row = await view.ask(form)
    if row is not None:
        view.show_note(row)
        form.tell_saved(view, told)


async def confirm(
    view: "DetailsView",
    title: str,
    question: str,
    yes: "Action",
    change: Callable[[], Coroutine[Any, Any, Any]],
    told: str,
) -> None:
    """Ask, change, show what there is now, and tell it."""
    from tui.forms.confirm_dialog import ConfirmDialog

    if not await view.ask(ConfirmDialog(title, question, yes)):
        return
    try:
        row = await view.write(change())
    except (Conflict, NotFound):
        view.reload()
        raise
    view.show_note(row)
    view.tell(told, "success")


# follow-up actions


async def _add_followup(view: "DetailsView") -> None:
    """Add one to the call under the cursor where that was chosen, else to the latest that has none."""
    chosen = view.calls.current
    if view.calls.table.cursor_index and chosen is not None and chosen.followup_id is None:
        await add_followup_to(view, chosen)
        return
    calls = view.services.calls
    call = await view.look(calls.latest_without_followup(view.actor, view.recipient.id))
    if call is None:
        view.tell(_("Every connected call has a follow-up action already."), "warning")
    else:
        await add_followup_to(view, call)


async def add_followup_to(view: "DetailsView", call: "CallRow") -> None:
    """Add one to this call."""
    from tui.details.columns import analysis
    from tui.details.forms import FollowupForm

    about = _("Call of {time}: {analysis}").format(
        time=view.time(call.started_at), analysis=analysis(call)
    )
    form = FollowupForm(call.recipient_id, call.id, about)
    await ask(view, form, _("The follow-up action was added."))


async def _edit_followup(view: "DetailsView") -> None:
    """Edit the one under the cursor, as it is now."""
    from tui.details.forms import FollowupForm

    one = await view.look(view.services.followups.get(view.actor, view.followups.current.id))
    about = _("Call of {time}").format(time=view.time(one.call_at))
    form = FollowupForm(one.recipient_id, one.call_id, about, one)
    await ask(view, form, _("The follow-up action was saved."))


async def _delete_followup(view: "DetailsView") -> None:
    """Ask, and delete the one under the cursor."""
    one = view.followups.current
    about = f"{_(ACTION_WORDS[one.action_type])} · {view.time(one.call_at)}"
    question = _("It cannot be brought back. The call can then get another follow-up action.")
    await confirm(
        view,
        _("Delete follow-up action"),
        f"{about}\n\n{question}",
        DELETE,
        lambda: view.services.followups.delete(view.actor, one.id, one.version),
        _("The follow-up action was deleted."),
    )


# memos


async def _add_memo(view: "DetailsView") -> None:
    """Add one."""
    from tui.details.forms import MemoForm

    recipient = view.recipient
    await ask(view, MemoForm(recipient.id, recipient.name), _("The memo was added."))


async def _edit_memo(view: "DetailsView") -> None:
    """Edit the one under the cursor, as it is now."""
    from tui.details.forms import MemoForm

    one = await view.look(view.services.memos.get(view.actor, view.memos.current.id))
    form = MemoForm(one.recipient_id, view.recipient.name, one)
    await ask(view, form, _("The memo was saved."))


async def _delete_memo(view: "DetailsView") -> None:
    """Ask, and delete the one under the cursor."""
    one = view.memos.current
    question = _("It cannot be brought back.")
    await confirm(
        view,
        _("Delete memo"),
        f"{_excerpt(one.text)}\n\n{question}",
        DELETE,
        lambda: view.services.memos.delete(view.actor, one.id, one.version),
        _("The memo was deleted."),
    )


# the keys of both


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
        await _add_followup(view)
    else:
        await _add_memo(view)


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
        await _edit_followup(view)
    else:
        await _edit_memo(view)


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
        await _delete_followup(view)
    else:
        await _delete_memo(view)


# memory details


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
    """Edit the content of the one under the cursor; what a later call brought up stands above it."""
    one = view.memory.current
    from tui.details.forms import MemoryForm

    about = _("Topic: {topic}").format(topic=one.topic)
    if one.newer_content is not None:
        about += "\n" + _("! Newer, from the call of {time}:").format(
            time=view.time(one.newer_call_at)
        )
        about += "\n" + one.newer_content
    await ask(view, MemoryForm(one, about), _("The memory was saved."))


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
    """Ask, and have the machine forget the one under the cursor."""
    one = view.memory.current
    question = _(
        "The machine forgets it. Its history stays visible to admins, and a later call may bring it up anew."
    )
    await confirm(
        view,
        _("Reset memory"),
        f"{one.topic}: {_excerpt(one.content)}\n\n{question}",
        RESET,
        lambda: view.services.memory.reset(view.actor, one.id, one.version),
        _("The memory was reset."),
    )


async def show_history(view: "DetailsView", memory: "MemoryRow") -> None:
    """Show the history of a memory; from there it can go to the call of a version."""
    from tui.details.history_dialog import HistoryDialog

    versions = await view.look(view.services.memory.history(view.actor, memory.id))
    dialog = HistoryDialog(memory, versions, view.recipient.timezone)
    call_id = await view.ask(dialog)
    if call_id is not None:
        await view.go_to_call(call_id)


def _excerpt(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _EXCERPT else line[: _EXCERPT - 1] + "…"
