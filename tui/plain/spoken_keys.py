"""Keys as they are typed in lines: a sign as it is, everything else by what it does."""

from core.values.i18n import _
from tui.action import Action
from tui.own_keys import OwnKeys

BACK = "."  # typed in the place of esc
_ESCAPE = "esc"


class SpokenKeys(OwnKeys):
    """What texts and questions name in the place of a key."""

    def first_shown(self, action: Action) -> str:
        """What is typed for it; a number is always a row."""
        key = super().first_shown(action)
        if key == _ESCAPE:
            return BACK
        return key if len(key) == 1 and not key.isdecimal() else _(action.label).casefold()
