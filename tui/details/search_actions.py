"""The keys while a conversation is searched."""

from core.values.i18n import N_
from tui.action import Need, Scope, place

SEARCHING = Scope(
    "search",
    N_("Search in the conversation"),
    types=True,
    no_command="searches within what is shown",
)
SEARCHING.declare(
    "close",
    "escape",
    N_("Close the search"),
    lambda field: field.searched.close_search(),
    needs=Need.NOTHING,
)
SEARCHING.declare(
    "next", "down", N_("Next place"), lambda field: field.searched.next_found(1), looks=True
)
SEARCHING.declare(
    "previous", "up", N_("Previous place"), lambda field: field.searched.next_found(-1), looks=True
)
place(SEARCHING)
