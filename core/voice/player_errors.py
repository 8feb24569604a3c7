"""What a player process refuses, and what is said of one that is gone."""

from core.values.errors import ActionBlocked, InvalidInput
from core.values.i18n import _
from core.voice.child import ChildGone, Message


def checked(answer: Message) -> Message:
    """The answer, or the error that the process tells in its place."""
    if "refused" in answer:
        kind = ActionBlocked if answer["refused"] == "ActionBlocked" else InvalidInput
        raise kind(answer["what"], answer["hint"])
    return answer


def unreadable(gone: ChildGone) -> ActionBlocked:
    """Why a file cannot be opened that ends the process or makes it hang."""
    what = (
        _("The player hangs on this voice file.")
        if gone.hangs
        else _("The player ends on this voice file.")
    )
    return ActionBlocked(what, _("It is probably damaged."))


def lost(gone: ChildGone) -> str:
    """That the process is gone, and what to do."""
    what = (
        _("The player process does not answer.")
        if gone.hangs
        else _("The player process has ended.")
    )
    hint = _("Play again to start another.")
    return f"{what} {hint}"


def backend_lost(gone: ChildGone) -> str:
    """Why a way does not work that ends the process or makes it hang."""
    return _("It does not answer.") if gone.hangs else _("It ends the player process.")
