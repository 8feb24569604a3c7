"""What a key does: each ``Action`` is declared once, beside its code.

Bindings, Hangul twins, footer, help, palette, the keys that a user has chosen instead (``tui.own_keys``) and
``docs/keys.md`` are made from the declarations. A declaring module imports no widget, so that all of them can be
read without a screen.
"""

import importlib
from collections.abc import Awaitable, Callable, Iterator, Sequence
from enum import Enum
from typing import Any, ClassVar, TypedDict, TypeVar, Unpack

from msgspec import Struct
from textual.actions import parse
from textual.binding import Binding, BindingType

from tui.key_names import with_twins

Function = TypeVar("Function", bound=Callable[..., Any])
Doing = Awaitable[Any] | None

# every module that declares actions, in the order of docs/keys.md; a test finds those that are missing
DECLARING = (
    "tui.everywhere",
    "tui.help_actions",
    "tui.widgets.paged_table_actions",
    "tui.recipients.actions",
    "tui.recipients.view_actions",
    "tui.recipients.deleted_actions",
    "tui.duplicates.actions",
    "tui.tasks.actions",
    "tui.handovers.actions",
    "tui.conversations.actions",
    "tui.uploads.actions",
    "tui.uploads.column_actions",
    "tui.details.actions",
    "tui.details.call_actions",
    "tui.details.note_actions",
    "tui.details.contact_actions",
    "tui.details.history_actions",
    "tui.details.search_actions",
    "tui.forms.actions",
)


class Need(Enum):
    """What there must be before an action can begin."""

    NOTHING = 0
    ROWS = 1  # of a list; the first ones are there before the core
    CORE = 2
    ROW = 3  # the core, and a row under the cursor
    SELECTION = 4  # the core, and selected rows or one under the cursor


class Action(Struct, frozen=True, eq=False):  # each is declared once
    """One thing that keys do.

    ``do`` gets the screen or widget that has the key. ``footer``: its place there, from 1; 0 leaves
    it to the help. ``looks``: it only shows another part of what is there, so that what was told
    before stays. ``use_case`` is the core's, by its name in ``core.app.use_case``. ``command`` does the same
    without a screen (one, or several with commas between); where there is none, ``no_command`` says why.
    ``also``: other words for it, with commas between, by which help and palette find it.
    """

    scope: str
    name: str
    keys: str
    label: str
    do: Callable[[Any], Doing]
    footer: int = 0
    needs: Need = Need.CORE
    use_case: str = ""
    why_not: Callable[[Any], str | None] | None = None
    command: str = ""
    no_command: str = ""
    also: str = ""
    looks: bool = False
    priority: bool = False

    @property
    def full_name(self) -> str:
        """The name by which users remap its keys."""
        return f"{self.scope}.{self.name}"

    @property
    def commands(self) -> list[str]:
        """The commands that do the same, by their words."""
        return self.command.split(", ") if self.command else []

    @property
    def binding(self) -> Binding:
        """Its keys as Textual knows them."""
        return Binding(
            with_twins(self.keys),
            f"act('{self.full_name}')",
            self.label,
            show=False,
            priority=self.priority,
            id=self.full_name,
        )


class _Declared(TypedDict, total=False):
    footer: int
    needs: Need
    use_case: str
    why_not: Callable[[Any], str | None]
    command: str
    no_command: str
    also: str
    looks: bool
    priority: bool


_ACTIONS: dict[str, Action] = {}


class Scope:
    """The actions of one place of the console. ``types``: letters are typed there, none of them can be a key.

    ``no_command``: why those of its actions have no command that name none and say nothing of their own.
    """

    def __init__(
        self,
        name: str,
        title: str,
        *actions: Action,
        types: bool = False,
        listed: bool = True,
        no_command: str = "",
    ) -> None:
        self.name = name
        self.title = title
        self.types = types
        self.actions = list(actions)
        self.is_listed = listed
        self.no_command = no_command

    def declare(
        self,
        name: str,
        keys: str,
        label: str,
        do: Callable[[Any], Doing],
        **more: Unpack[_Declared],
    ) -> Action:
        """Declare what the keys do."""
        if not more.get("command"):
            more.setdefault("no_command", self.no_command)
        action = Action(self.name, name, keys, label, do, **more)
        self.actions.append(action)
        _ACTIONS.setdefault(action.full_name, action)
        return action

    def action(
        self, keys: str, label: str, *, name: str = "", **more: Unpack[_Declared]
    ) -> Callable[[Function], Function]:
        """Declare the function below as what the keys do; it is named after the function."""

        def declare(do: Function) -> Function:
            self.declare(name or do.__name__, keys, label, do, **more)
            return do

        return declare

    def of(self, *actions: Action) -> "Scope":
        """The same place with these of its actions only, which may be called something else there."""
        return Scope(self.name, self.title, *actions, types=self.types, listed=False)


PLACES: list[tuple[Scope, ...]] = []
"""Which scopes work at the same time."""


def place(*scopes: Scope) -> tuple[Scope, ...]:
    """These work at the same time, the nearest first."""
    PLACES.append(scopes)
    return scopes


def scopes() -> list[Scope]:
    """Every scope, in the order of ``DECLARING``; their modules are imported."""
    found: dict[str, Scope] = {}
    for module in DECLARING:
        for value in vars(importlib.import_module(module)).values():
            if isinstance(value, Scope) and value.is_listed:
                found.setdefault(value.name, value)
    return list(found.values())


def every() -> Iterator[Action]:
    """Every action."""
    for scope in scopes():
        yield from scope.actions


def named(full_name: str) -> Action:
    """The action of this name."""
    if full_name not in _ACTIONS:
        scopes()
    return _ACTIONS[full_name]


def asked_for(call: str | tuple[str, str, tuple[object, ...]]) -> Action | None:
    """The declared action that Textual's action string or its parts mean, or None."""
    _namespace, method, given = parse(call) if isinstance(call, str) else call
    return _ACTIONS.get(str(given[0])) if method == "act" and given else None


class Acting:
    """A screen or widget with keys. ``binds`` are the scopes whose keys it answers itself."""

    binds: ClassVar[tuple[Scope, ...]] = ()
    BINDINGS: ClassVar[list[BindingType]]

    def __init_subclass__(cls, **more: Any) -> None:
        if "binds" in cls.__dict__:
            cls.BINDINGS = [one.binding for scope in cls.binds for one in scope.actions]
        super().__init_subclass__(**more)

    @classmethod
    def bound(cls) -> list[Scope]:
        """The scopes whose keys it answers, those of its base classes too."""
        return [scope for kind in cls.__mro__ for scope in kind.__dict__.get("binds", ())]

    def answers(self, action: Action) -> bool:
        """Whether it has the keys of this action."""
        names = {one.full_name for scope in self.bound() for one in scope.actions}
        return action.full_name in names

    async def action_act(self, full_name: str) -> None:
        """Do what was declared."""
        await self.act(named(full_name))

    async def act(self, action: Action) -> None:
        """Do it here."""
        doing = self.doing(action)
        if isinstance(doing, Awaitable):
            await doing

    def doing(self, action: Action) -> Doing:
        """Begin it; gives what is left to be awaited."""
        return action.do(self)


def scopes_around(scopes: Sequence[Scope], everywhere: Scope) -> list[Scope]:
    """These and what works everywhere, which dialogs say themselves."""
    is_said = any(scope.name == everywhere.name for scope in scopes)
    return [*scopes] if is_said else [*scopes, everywhere]
