"""The search for an organization."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Union

from textual.app import ComposeResult
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from core.i18n import _
from tui.base import ConsoleDialog
from tui.text import shown
from tui.widgets.line_input import LineInput

if TYPE_CHECKING:
    from core.organizations.dto import OrganizationRow

LIMIT = 100
ALL = "all"


class OrganizationDialog(ConsoleDialog[Union["OrganizationRow", str]]):
    """Dismissed with an organization, or with ``ALL`` where that is offered and chosen."""

    BINDINGS = [("escape", "back"), ("down", "list(1)"), ("up", "list(-1)")]
    AUTO_FOCUS = "Input"

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

    def content(self) -> ComposeResult:
        """What is typed, and the organizations that have it in their name."""
        field = LineInput(placeholder=_("Type a part of the name"))
        field.cursor_blink = False
        yield field
        options = OptionList()
        options.can_focus = False
        yield options

    def on_mount(self) -> None:
        """Begin with the first of them."""
        self._search("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow what is offered."""
        self._search(event.value)

    def _search(self, typed: str) -> None:
        self._is_searching, self._is_submitted = True, False
        self.read(
            self.services.organizations.list(self.actor, search=typed, limit=LIMIT), self._offer
        )

    def _offer(self, found: "Sequence[OrganizationRow]") -> None:
        self._found = found
        options = self.query_one(OptionList)
        options.clear_options()
        if self._offer_all:
            options.add_option(Option(shown(_("All organizations")), id=ALL))
        options.add_options(Option(shown(row.name), id=str(row.id)) for row in found)
        options.highlighted = 0 if options.option_count else None
        if self._offer_all and found and self.query_one(Input).value:
            options.highlighted = 1
        if not found:
            self.tell(
                _(
                    "No organization has this in its name. Add one with: carecall organization add NAME"
                ),
                "warning",
            )
        else:
            self.tell("")
        self._is_searching = False
        if self._is_submitted:
            self._take()

    def action_list(self, step: int) -> None:
        """Move in the list while the focus stays with what is typed."""
        options = self.query_one(OptionList)
        if options.highlighted is not None:
            options.highlighted = (options.highlighted + step) % options.option_count

    def on_input_submitted(self) -> None:
        """Take the organization under the cursor; keys may be faster than the search, which is waited for."""
        if self._is_searching:
            self._is_submitted = True
        else:
            self._take()

    def _take(self) -> None:
        options = self.query_one(OptionList)
        if options.highlighted is None:
            return
        chosen = options.get_option_at_index(options.highlighted).id
        if chosen == ALL:
            self.dismiss(ALL)
        else:
            self.dismiss(next(row for row in self._found if str(row.id) == chosen))
