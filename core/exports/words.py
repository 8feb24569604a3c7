"""The words of an export's page for what records name. Pure."""

from core.values.i18n import N_, _

_ABOUT = {
    "recipient": N_("Recipient information"),
    "participation": N_("Campaign"),
    "call": N_("Call"),
    "voice": N_("Voice file"),
    "feedback": N_("Feedback"),
    "memory": N_("Memory details"),
    "followup": N_("Follow-up action"),
    "memo": N_("Memo"),
    "contact": N_("Contact"),
    "task": N_("Task"),
    "look": N_("Seen"),
}
_DONE = {
    "add": N_("added"),
    "edit": N_("changed"),
    "delete": N_("deleted"),
    "undelete": N_("restored"),
    "download": N_("written into a file"),
    "export": N_("handed out as a whole"),
    "reveal": N_("number shown"),
    "copy": N_("copied"),
    "play": N_("played"),
    "pause": N_("paused"),
    "resume": N_("resumed"),
    "ingest": N_("delivered by the calling system"),
    "reset": N_("forgotten"),
    "details": N_("details"),
    "conversation": N_("conversation"),
    "list": N_("list"),
    "search": N_("search"),
    "trend": N_("trend"),
}


def of_record(action: str) -> str:
    """What was done, such as ``Memo: added``; what has no words here is told as records name it."""
    kind, _dot, verb = action.partition(".")
    if kind not in _ABOUT or verb not in _DONE:
        return action
    return f"{_(_ABOUT[kind])}: {_(_DONE[verb])}"
