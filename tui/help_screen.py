"""The help: what can be done here first, then every key of the screen below; typing searches all of them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, cast

from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, Static

from core.values.i18n import N_, _
from tui.action import Acting, Action, Doing, Need, Scope, scopes, scopes_around
from tui.base import ConsoleActions, ConsoleDialog
from tui.everywhere import EVERYWHERE
from tui.finding import find
from tui.help_actions import HELP_TEXT
from tui.shell import View
from tui.text import fit, shown
from tui.widgets.line_input import LineInput
from tui.wrapping import wrapped

_KEYS = 12  # cells
_WIDTH = 70
_OF_A_ROW = (Need.ROW, Need.SELECTION)
_LAST = 99


class Part(NamedTuple):
    """Some of the keys; ``is_here``: of the screen below, so that it can be told why one is not possible.

    ``also``: by which other words they were found.
    """

    title: str
    actions: list[Action]
    is_here: bool = True
    also: Mapping[str, str] = {}


class HelpScreen(ConsoleDialog[None]):
    """Keys by place: those for the row under the cursor, those of the screen, those that work everywhere."""

    title_words = N_("Help")
    binds = (HELP_TEXT,)
    scopes = (HELP_TEXT,)
    AUTO_FOCUS = "Input"

    def __init__(self, below: View) -> None:
        super().__init__()
        self._below = below
        self._was_open = below.console.is_ready
        self._parts = _parts(below)

    def content(self) -> ComposeResult:
        """What is typed, and a line for each key."""
        yield LineInput(placeholder=_("Type what you want to do, or a key"))
        with VerticalScroll(classes="help-text", can_focus=False):
            yield Static(self._lines(""))

    @property
    def text(self) -> VerticalScroll:
        """What scrolls."""
        return self.query_one(VerticalScroll)

    @property
    def page(self) -> int:
        """How many lines are seen at once."""
        return self.text.scrollable_content_region.height

    def scroll_by(self, lines: int) -> None:
        """So many lines down, at once: the next key counts from there."""
        self.text.scroll_to(y=self.text.scroll_y + lines, animate=False, immediate=True)
        self.console.point_at(self.text)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell only what was typed of."""
        self._tell(event.value)
        self.text.scroll_home(animate=False, immediate=True)  # later, it would undo the next key

    def on_idle(self) -> None:
        """What is possible is known once the core is open."""
        super().on_idle()
        if self.console.is_ready and not self._was_open and self.still_stands:
            self._was_open = True
            self._parts = _parts(self._below)
            self._tell(self.query_one(Input).value)

    def _tell(self, typed: str) -> None:
        self.text.query_one(Static).update(self._lines(typed))

    def answers_before_core(self, key: str) -> bool:
        """Nothing here needs the core."""
        return True

    def show_help(self) -> Doing:
        """Help on help is the help."""
        return None

    def _lines(self, typed: str) -> Content:
        parts = self._narrowed(typed) if typed.strip() else self._parts
        lines = [line for part in parts for line in self._part(part)]
        if not parts:
            lines = [shown(_("No key does this. Try another word."))]
        elif not typed.strip():
            lines.append(shown(_("A letter key works in Hangul mode too: a = ㅁ, j = ㅓ.")))
        return Content("\n").join(lines)

    def _narrowed(self, typed: str) -> list[Part]:
        """What was typed of: here, and then on other screens."""
        here = {action.full_name for part in self._parts for action in part.actions}
        elsewhere = [
            Part(
                _("On another screen: {place}").format(place=_(scope.title)), others, is_here=False
            )
            for scope in scopes()
            if (
                others := [
                    one
                    for one in scope.actions
                    if (one.use_case or one.command) and one.full_name not in here
                ]
            )
        ]
        own = self.console.own_keys
        narrowed = []
        for part in (*self._parts, *elsewhere):
            hits = [
                (hit, at) for at, one in enumerate(part.actions) if (hit := find(one, typed, own))
            ]
            if hits:
                actions = [
                    part.actions[at] for _hit, at in sorted(hits, key=lambda one: one[0].rank)
                ]
                also = {part.actions[at].full_name: hit.also for hit, at in hits if hit.also}
                narrowed.append(Part(part.title, actions, part.is_here, also))
        return narrowed

    def _part(self, part: Part) -> Iterator[Content]:
        yield shown(part.title).stylize("bold")
        for action in part.actions:
            reason = self._below.why_not(action) if part.is_here else None
            yield from self._line(action, reason, part.also.get(action.full_name, ""))
        yield Content("")

    def _line(self, action: Action, reason: str | None, also: str) -> Iterator[Content]:
        """Key and name; of what is not possible now in parentheses, with the reason."""
        keys = fit(self.console.own_keys.shown(action), _KEYS)
        if reason is None:
            yield shown(f"  {keys}{_(action.label)}" + (f"  ({also})" if also else ""))
            return
        front = f"  {keys}({_(action.label)})  "
        first, *more = wrapped(reason, _WIDTH - cell_len(front))
        yield shown(front + first).stylize("dim")
        for line in more:
            yield shown(" " * cell_len(front) + line).stylize("dim")


def _parts(below: View) -> list[Part]:
    """First what a row or the footer offers here, and what is not possible of that; then the rest by its place."""
    around = scopes_on(below)
    here = sorted(
        _nearest(
            one
            for scope in around
            for one in scope.actions
            if scope.name != EVERYWHERE.name and (one.footer or one.needs in _OF_A_ROW)
        ),
        key=lambda one: one.footer or _LAST,
    )
    possible = [one for one in here if below.why_not(one) is None]
    parts = (
        Part(_("What can be done here"), possible),
        Part(_("Not possible now"), [one for one in here if one not in possible]),
        *(
            Part(_(scope.title), [one for one in scope.actions if one not in here])
            for scope in around
        ),
    )
    return [part for part in parts if part.actions]


def _nearest(actions: Iterable[Action]) -> Iterable[Action]:
    """Of those of one name the first."""
    named: dict[str, Action] = {}
    for one in actions:
        named.setdefault(one.name, one)
    return named.values()


def scopes_on(below: View) -> list[Scope]:
    """Those of the screen and of what can have the focus on it; last what works everywhere."""
    found = {scope.name: scope for scope in scopes_around(below.scopes, EVERYWHERE)}
    everywhere = found.pop(EVERYWHERE.name)
    for widget in cast("Screen[None]", below).focus_chain:
        for node in widget.ancestors_with_self:
            if isinstance(node, Acting) and not isinstance(node, ConsoleActions | App):
                found |= {scope.name: scope for scope in node.bound() if scope.name not in found}
    return [*found.values(), everywhere]
