"""Whom an action was asked for, as it was when the key was pressed.

What is counted, read or confirmed afterwards takes time in which another console may move the cursor.
"""

from dataclasses import dataclass

from core.i18n import _, ngettext
from core.recipients.dto import Selection


@dataclass(frozen=True)
class AskedFor:
    """The recipients, and the name of the only one where nothing is selected."""

    selection: Selection
    name: str

    def whom(self, count: int) -> str:
        """The name, or how many."""
        return self.name or ngettext("{count} recipient", "{count} recipients", count).format(
            count=f"{count:,}"
        )

    def those(self, possible: int, total: int, others: str) -> str:
        """For whom it is possible, and what becomes of the others."""
        if possible == total:
            return self.whom(possible)
        return _("{possible} of {total} selected; {others}.").format(
            possible=f"{possible:,}", total=f"{total:,}", others=others
        )
