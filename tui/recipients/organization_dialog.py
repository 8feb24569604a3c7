"""The search for an organization."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Union

from textual.widgets import Input

from core.values.i18n import _
from tui.widgets.pick_dialog import PickDialog

if TYPE_CHECKING:
    from core.organizations.dto import OrganizationRow

LIMIT = 100
ALL = "all"


class OrganizationDialog(PickDialog[Union["OrganizationRow", str]]):
    """Dismissed with an organization, or with ``ALL`` where that is offered and chosen."""

    def __init__(self, title: str, *, offer_all: bool = False) -> None:
        super().__init__()
        self._title = title
        self._offer_all = offer_all
        self._found: Sequence[OrganizationRow] = ()
        self._is_searching = False
        self._is_submitted = False

    def title_text(self) -> str:
        """The title."""
        return self._title

    def narrow(self, typed: str) -> None:
        """Search for the organizations that have this in their name."""
        self._is_searching, self._is_submitted = True, False
        self.read(
            self.services.organizations.list(self.actor, search=typed, limit=LIMIT), self._offer
        )

    def _offer(self, found: "Sequence[OrganizationRow]") -> None:
        self._found = found
        offered = [(ALL, _("All organizations"))] if self._offer_all else []
        offered += [(str(row.id), row.name) for row in found]
        is_named = bool(self._offer_all and found and self.query_one(Input).value)
        self.choices.offer(offered, at=1 if is_named else 0)
        if not found:
            typed = self.query_one(Input).value
            self.tell(
                _(
                    "No organization has this in its name. Add one with: carecall organization add NAME"
                )
                if typed
                else _("There is no organization yet."),
                "warning",
            )
        else:
            self.tell("")
        self._is_searching = False
        if self._is_submitted:
            self._take()

    def action_take(self) -> None:
        """Take the organization under the cursor; keys may be faster than the search, which is waited for."""
        if self._is_searching:
            self._is_submitted = True
        else:
            self._take()

    def _take(self) -> None:
        chosen = self.choices.chosen
        if chosen == ALL:
            self.dismiss(ALL)
        elif chosen is not None:
            self.dismiss(next(row for row in self._found if str(row.id) == chosen))
