"""The organization that something belongs to: a field, and the search for one."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Union, cast

from textual.message import Message
from textual.widgets import Input

from core.values.i18n import _
from tui.forms.choice_field import ChoiceField
from tui.forms.picker import Picker
from tui.shell import View

if TYPE_CHECKING:
    from core.organizations.dto import OrganizationRow

LIMIT = 100
ALL = "all"


class OrganizationField(ChoiceField):
    """Holds the ID and the name of the organization that was chosen.

    ``clears``: none can be chosen as well, which is shown as ``none``.
    """

    class Changed(Message):
        """Another one was chosen."""

    def __init__(
        self,
        chosen: int | None = None,
        value: str = "",
        *,
        hint: str = "",
        required: bool = True,
        clears: bool = False,
        none: str = "",
    ) -> None:
        label = _("Responsible organization")
        super().__init__("organization_id", label, value or none, hint or _("Enter to choose"))
        self.chosen = chosen
        self._required = required
        self._clears = clears
        self._none = none

    def choose(self, organization_id: int | None, name: str) -> None:
        """Choose the one with this ID and name, or none."""
        self.chosen = organization_id
        self.show(name or self._none)

    def check(self) -> bool:
        """Whether one is chosen, where there has to be one."""
        if self._required and self.chosen is None:
            self.show_reason(_("Responsible organization is missing."))
            return False
        return True

    async def on_choice_field_asked(self) -> None:
        """Choose it in its search."""
        await cast("View", self.screen).start(self._ask())

    async def _ask(self) -> None:
        dialog = OrganizationDialog(_("Responsible organization"), offer_all=self._clears)
        chosen = await cast("View", self.screen).ask(dialog)
        if chosen is None:
            return
        if isinstance(chosen, str):
            self.choose(None, "")
        else:
            self.choose(chosen.id, chosen.name)
        self.post_message(self.Changed())


class OrganizationDialog(Picker[Union["OrganizationRow", str]]):
    """Dismissed with an organization, or with ``ALL`` where that is offered and chosen."""

    def __init__(self, title: str, *, offer_all: bool = False) -> None:
        super().__init__(title)
        self._offer_all = offer_all
        self._found: Sequence[OrganizationRow] = ()
        self._is_searching = False
        self._is_submitted = False

    @property
    def is_looking(self) -> bool:
        """Whether the search is waited for; the next key is for what the dialog was opened from."""
        return (self._is_searching and self._is_submitted) or super().is_looking

    def narrow(self, typed: str) -> None:
        """Search for the organizations that have this in their name."""
        self._is_searching, self._is_submitted = True, False
        organizations = self.services.organizations
        found = partial(organizations.list, self.actor, search=typed, limit=LIMIT)
        self.read(found, self._offer)

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

    async def take(self) -> None:
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
