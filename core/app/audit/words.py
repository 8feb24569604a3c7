"""Records in words: what was done, what was tried, when somebody is expected to work. Pure.

Commands that give whole records, such as ``audit list``, have the names that records have.
"""

import re

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
    "call_list": N_("Call list"),
    "upload": N_("Upload"),
    "file": N_("File"),
    "backup": N_("Backup"),
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
    "read": N_("given"),
    "make": N_("made"),
}
# services and what is asked of them, as refused tries name them
_SERVICES = {
    "organizations": N_("Organization"),
    "admins": N_("Admin"),
    "participations": N_("Campaign"),
    "audit": N_("Audit records"),
    "calls": N_("Call"),
    "feedback": N_("Feedback"),
    "ingest": N_("Deliveries"),
    "campaigns": N_("Campaign"),
    "contacts": N_("Contact"),
    "conversations": N_("Conversation"),
    "recipients": N_("Recipient information"),
    "duplicates": N_("Duplicates"),
    "exports": N_("Recipient information"),
    "followups": N_("Follow-up action"),
    "handovers": N_("Hand-over"),
    "history": N_("History"),
    "memory": N_("Memory details"),
    "memos": N_("Memo"),
    "deletions": N_("Deleted recipients"),
    "retention": N_("Recipient information"),
    "backup": N_("Backup"),
    "tags": N_("Tags"),
    "tasks": N_("Task"),
    "trends": N_("Trend"),
    "downloads": N_("Recipient information"),
    "uploads": N_("Upload"),
    "views": N_("Views"),
    "voice": N_("Voice file"),
    "written": N_("File"),
}
_LOOK = N_("looked at")
_ASKED = {
    **_DONE,
    "list": _LOOK,
    "make": N_("made"),
    "sign_in": N_("signed in"),
    "rename": N_("changed"),
    "disable": N_("disabled"),
    "enable": N_("enabled"),
    "prefer": N_("changed"),  # as version 0.1 called it
    "set_preferences": N_("changed"),
    "sign_review": N_("signed"),
    "give": N_("given"),
    "drop": N_("dropped"),
    "retry": N_("taken in"),
    "take_in": N_("taken in"),  # the same
    "upload": N_("taken in"),
    "deliver": N_("taken in"),
    "call_list": N_("call list"),
    "start": N_("begun"),
    "end": N_("ended"),
    "enroll": N_("enrolled"),
    "withdraw": N_("withdrawn"),
    "copied": N_("copied"),
    "move": N_("moved"),
    "merge": N_("merged"),
    "tell_apart": N_("told apart"),
    "write": N_("written into a file"),
    "write_results": N_("written into a file"),
    "confirm": N_("confirmed"),
    "sign": N_("signed"),
    "restore": N_("restored"),
    "restore_with": N_("restored"),
    "undo": N_("undone"),
    "erase": N_("erased"),
    "erase_expired": N_("erased"),
    "change": N_("changed"),
    "acknowledge": N_("acknowledged"),
    "done": N_("done"),
    "later": N_("put off"),
    "take": N_("taken"),
    "tick": N_("brought up to date"),
    "correct_row": N_("corrected"),
    "arrange": N_("moved"),
    "replace": N_("changed"),
    "save": N_("saved"),
    "share": N_("shared"),
    "open_voice": N_("played"),
    "open_by_external_id": N_("copied"),
}
_DAYS = {
    "mon": N_("mon"),
    "tue": N_("tue"),
    "wed": N_("wed"),
    "thu": N_("thu"),
    "fri": N_("fri"),
    "sat": N_("sat"),
    "sun": N_("sun"),
}


def of_record(action: str) -> str:
    """What was done, such as ``Memo: added``; what has no words here is told as records name it."""
    kind, _dot, verb = action.partition(".")
    if kind not in _ABOUT or verb not in _DONE:
        return action
    return f"{_(_ABOUT[kind])}: {_(_DONE[verb])}"


def of_try(use_case: str) -> str:
    """What somebody tried, such as ``Admin: added``; all that changes nothing is a look."""
    service, _dot, what = use_case.partition(".")
    if service not in _SERVICES:
        return use_case
    return f"{_(_SERVICES[service])}: {_(_ASKED.get(what, _LOOK))}"


def of_hours(written: str) -> str:
    """Working hours with the days in words."""
    return re.sub(r"[a-z]+", lambda day: _(_DAYS.get(day[0], day[0])), written.lower())
