"""The ways of playing by name, and the words for a player process that is gone."""

from core.values.errors import ActionBlocked, InvalidInput
from core.values.i18n import _
from core.values.settings import Settings
from core.voice.child import ChildGone, Message

BACKENDS = ("simpleaudio", "miniaudio", "command")


def wanted_backends(settings: Settings) -> list[str]:
    """The names of the ways that the settings allow, in the order in which they are tried."""
    if settings.player == "off":
        return []
    return list(BACKENDS) if settings.player == "auto" else [settings.player]


def checked(answer: Message) -> Message:
    """The answer, or the error that the process tells in its place."""
    if "refused" in answer:
        kind = ActionBlocked if answer["refused"] == "ActionBlocked" else InvalidInput
        raise kind(answer["what"], answer["way_out"])
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
    way_out = _("Play again to start another.")
    return f"{what} {way_out}"


def way_lost(gone: ChildGone) -> str:
    """Why a way does not work that ends the process or makes it hang."""
    return _("It does not answer.") if gone.hangs else _("It ends the player process.")
