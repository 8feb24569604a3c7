"""What the keys of the tab with the calls do: the recipient, and the call under the cursor."""

from typing import TYPE_CHECKING, Any

from core.calls.rules import Verdict
from core.followups.rules import why_not_add as why_no_followup
from core.values.i18n import N_, _
from tui.action import Action, Need, Scope
from tui.details.note_actions import add_followup_to
from tui.recipients import changes

if TYPE_CHECKING:
    from tui.details.details_view import DetailsView

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


_voice(
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


changes.offer(CALLS, "pause", footer=13)
changes.offer(CALLS, "delete", name="delete_recipient", footer=14)
changes.offer(CALLS, "resume", footer=15)


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
        await add_followup_to(view, view.calls.current)


CALLS.declare(
    "search",
    "slash",
    N_("Search"),
    lambda view: view.calls.conversation.search(),
    footer=18,
    needs=Need.ROW,
    command="call show",
)
