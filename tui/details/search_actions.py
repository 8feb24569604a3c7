"""The keys while a conversation is searched."""

from typing import Protocol

from core.values.i18n import N_
from tui.action import Need, Scope, place


class Searched(Protocol):
    """What is searched."""

    def close_search(self) -> None:
        """Close the search."""

    def next_found(self, step: int) -> None:
        """Go to the next place, or the previous one."""


class Searching(Protocol):
    """The field that it is typed into."""

    @property
    def searched(self) -> Searched:
        """What is searched."""


SEARCHING = Scope(
    "search",
    N_("Search in the conversation"),
    types=True,
    no_command="searches within what is shown",
)


@SEARCHING.action("escape", N_("Close the search"), needs=Need.NOTHING)
def close(field: "Searching") -> None:
    """Close the search; the cursor stays where it was found."""
    field.searched.close_search()


@SEARCHING.action("down", N_("Next place"), name="next", looks=True)
def next_place(field: "Searching") -> None:
    """To the next place."""
    field.searched.next_found(1)


@SEARCHING.action("up", N_("Previous place"), looks=True)
def previous(field: "Searching") -> None:
    """To the previous place."""
    field.searched.next_found(-1)


place(SEARCHING)
