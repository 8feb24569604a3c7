"""What stands above the list: by what it is narrowed; that is cut before the key is that takes it back."""

from collections.abc import Callable, Sequence

from msgspec.structs import replace
from rich.cells import cell_len, set_cell_size
from textual import events
from textual.widgets import Static

from core.values.i18n import _
from tui.own_keys import OwnKeys
from tui.recipients.filter_words import asked, order
from tui.recipients.list_state import ListState
from tui.text import ELLIPSIS, clean, shown

_LEAST = 6  # cells that stay of a name


def fitted(named: Callable[[str], str], name: str, rest: Sequence[str], width: int) -> str:
    """What is said with a name, then as much of the rest as there is room for: the name is cut before that is."""
    name = clean(name)
    room = max(width - cell_len(named("")), _LEAST)
    if cell_len(name) > room:
        name = set_cell_size(name, room - cell_len(ELLIPSIS)).rstrip() + ELLIPSIS
    told = named(name)
    for part in rest:
        longer = f"{told} · {part}"
        if cell_len(longer) > width:
            more = f"{told} {ELLIPSIS}"
            return more if cell_len(more) <= width else told
        told = longer
    return told


class Narrowed(Static):
    """By what the list is narrowed, and its order."""

    def __init__(self) -> None:
        super().__init__("", id="narrowed")
        self._told: Callable[[int], str] = lambda _width: ""

    def show(self, state: ListState, keys: OwnKeys, *, is_searching: bool) -> None:
        """Say it, with the key that takes back what comes first."""
        query, view = state.query, state.view
        rest = [state.organization_name] if state.organization_name else []
        rest.append(order(query))
        # what is being typed stands in its own line
        narrowed = asked(replace(query, search="") if is_searching else query)
        if view is not None:
            words = _("view* (changed): {name}") if state.is_changed else _("view: {name}")
            leaves = _("{what} ({keys[console.back]} leaves)")
            changed = narrowed if state.is_changed else []
            self._tell_named(
                lambda name: leaves.format(what=words.format(name=name), keys=keys),
                view.name,
                [*changed, *rest],
            )
        elif narrowed:
            # at the front: the order, which may be cut, stands in the header as well
            clears = _("{what} ({keys[console.back]} clears)")
            self._tell_named(
                lambda what: clears.format(what=what, keys=keys),
                narrowed[0],
                [*narrowed[1:], *rest],
            )
        else:
            self._tell(lambda _width: " · ".join(rest))

    def _tell_named(self, named: Callable[[str], str], name: str, rest: Sequence[str]) -> None:
        """What ``named`` makes of the name, as long as it may be."""
        self._tell(lambda width: fitted(named, name, rest, width))

    def _tell(self, told: Callable[[int], str]) -> None:
        self._told = told
        self.update(shown(told(self.size.width)))

    def on_resize(self, _event: events.Resize) -> None:
        """There is more room, or less, as when the number beside it changes."""
        self.update(shown(self._told(self.size.width)))
