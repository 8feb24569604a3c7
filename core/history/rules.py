"""What the history of a recipient is made of. Pure."""

import enum

from core.values.i18n import N_
from core.values.stored import Words


class EntryKind(enum.StrEnum):
    """What an entry is about."""

    TASK = "task"
    FOLLOWUP = "followup"
    MEMO = "memo"
    PAUSE = "pause"
    CHANGE = "change"


ENTRY_WORDS = Words(
    {
        EntryKind.TASK: N_("Task"),
        EntryKind.FOLLOWUP: N_("Follow-up action"),
        EntryKind.MEMO: N_("Memo"),
        EntryKind.PAUSE: N_("Pause"),
        EntryKind.CHANGE: N_("Changes"),
    }
)
CHANGES = {
    "recipient.add": N_("added"),
    "recipient.edit": N_("changed"),
    "recipient.tag": N_("changed"),
    "recipient.delete": N_("deleted"),
    "recipient.undelete": N_("restored"),
    "recipient.restore": N_("restored"),
}
PAUSES = {"participation.pause": N_("paused"), "participation.resume": N_("resumed")}
