"""What is told of a key that another tab of the details answers."""

from core.values.i18n import _
from tui.own_keys import OwnKeys


def why_not(action: str, active: str, keys: OwnKeys) -> str:
    """Why the action of this name does nothing in the tab that is active, and which one it is for."""
    if action == "reset":
        words = _("Only memory details can be reset; press {keys[details.tab_memory]} for them.")
    elif active == "memory" and action in ("add", "delete", "delete_recipient"):
        words = _(
            "Memory details come from calls; they can be edited ({keys[memory.edit]}) and reset"
            " ({keys[memory.reset]})."
        )
    elif active == "calls":
        words = _(
            "Press {keys[details.tab_memory]} for memory details, {keys[details.tab_followup]} for"
            " follow-up actions, {keys[details.tab_memo]} for memos, {keys[details.tab_contacts]} for"
            " contacts."
        )
    else:
        words = _("Press {keys[details.tab_calls]} for the calls first.")
    return words.format(keys=keys)
