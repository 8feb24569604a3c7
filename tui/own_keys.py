"""The keys as they are for one user: those that are declared, and the user's own (``[keys]`` in config.toml)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from core.values.errors import InvalidInput
from core.values.i18n import _
from core.values.setting import nearest
from tui.action import PLACES, Action, Scope, every, named
from tui.everywhere import ALWAYS
from tui.key_names import SHOWN, show, with_twins

# A terminal sends the same for these as for backspace, tab, enter …, or keeps them for tmux and for ending.
_NOT_PASSED_ON = frozenset(f"ctrl+{letter}" for letter in "abchijmz")
_NAMED = frozenset(
    (
        "up", "down", "left", "right", "home", "end", "pageup", "pagedown", "insert", "delete",
        "enter", "tab", "shift+tab", "space", "escape", "backspace",
    )
)  # fmt: skip
_FUNCTION_KEYS = frozenset(f"f{number}" for number in range(1, 13))
_CONTROL = frozenset(f"ctrl+{chr(code)}" for code in range(ord("a"), ord("z") + 1))
_NAMES = {words: name for name, words in SHOWN.items()}


class OwnKeys:
    """Which keys every action has. Names are those of ``[keys]``: ``recipients.add``."""

    def __init__(self, remapped: Mapping[str, str]) -> None:
        self._own = {name: _normal(keys) for name, keys in remapped.items()}

    def __getitem__(self, name: str) -> str:
        """The main key of the action of this name as a person reads it: ``{keys[recipients.undo]}`` in a text."""
        return self.first_shown(named(name))

    def of(self, action: Action) -> str:
        """The keys of an action, separated by commas; Hangul twins left out."""
        return self._own.get(action.full_name, action.keys)

    def shown(self, action: Action) -> str:
        """The keys as a person reads them."""
        return " ".join(show(one) for one in self.of(action).split(","))

    def first_shown(self, action: Action) -> str:
        """The main key as a person reads it."""
        return show(self.of(action).split(",")[0])

    def pressed(self, action: Action) -> frozenset[str]:
        """Every key that does it, Hangul twins too."""
        return _pressed(self.of(action))

    def keymap(self) -> dict[str, str]:
        """The user's own keys as Textual's keymap.

        Textual takes every binding from a key that it changes; those that share one are named as well,
        so that they stay.
        """
        if not self._own:
            return {}
        known = _by_name()
        wanted, touched = (
            set(self._own),
            {one for keys in self._own.values() for one in _pressed(keys)},
        )
        count = 0
        while len(touched) > count:
            count = len(touched)
            wanted |= {name for name, one in known.items() if _pressed(one.keys) & touched}
            touched |= {one for name in wanted for one in _pressed(known[name].keys)}
        return {name: with_twins(self._own.get(name, known[name].keys)) for name in wanted}


class WrongKey(NamedTuple):
    """An own key that cannot be: the action's name, why, and the way out."""

    name: str
    what: str
    hint: str = ""

    def error(self, source: str) -> InvalidInput:
        """As it is told where it was given."""
        words = _("[keys] in {source}: {what}").format(source=source, what=self.what)
        return InvalidInput(words, self.hint or _("docs/keys.md lists the actions and their keys."))


def check(remapped: Mapping[str, str], source: Callable[[str], str]) -> None:
    """Raises InvalidInput, which says where it was given, for the first that cannot be."""
    for one in wrong(remapped):
        raise one.error(source(one.name))


def wrong(remapped: Mapping[str, str]) -> list[WrongKey]:
    """All own keys that cannot be, each for one reason."""
    known = _by_name()
    found = []
    for name, keys in remapped.items():
        if name not in known:
            words = _("there is no action {name}.").format(name=name)
            found.append(WrongKey(name, words, _near(name, known)))
        elif reason := _why_not(keys):
            found.append(WrongKey(name, f"{name}: {reason}"))
    bad = {one.name for one in found}
    good = {name: keys for name, keys in remapped.items() if name not in bad}
    for place in PLACES:
        found += _wrong_in((*place, ALWAYS), OwnKeys(good), set(good))
    return list({one.name: one for one in reversed(found)}.values())[::-1]


def _wrong_in(place: Iterable[Scope], own: OwnKeys, remapped: set[str]) -> Iterator[WrongKey]:
    """Two actions that work at the same time have different keys, and none a letter where letters are typed."""
    seen: dict[str, tuple[str, str]] = {}
    for scope in place:
        for declared in scope.actions:
            name = declared.full_name
            for one in with_twins(own.of(declared)).split(","):
                if scope.types and name in remapped and _is_typed(one):
                    words = _("letters are typed there, so that {key} cannot be {name}.")
                    yield WrongKey(name, words.format(key=show(one), name=name))
                other, action = seen.setdefault(one, (name, declared.name))
                if action != declared.name and remapped & {name, other}:
                    words = _("{key} would be both {name} and {other}.")
                    yield WrongKey(
                        name if name in remapped else other,
                        words.format(key=show(one), name=name, other=other),
                    )


def _why_not(keys: str) -> str:
    """Why these cannot be keys, or nothing."""
    names = [_name(one) for one in keys.split(",")]
    for name in names:
        if name in _NOT_PASSED_ON:
            return _("terminals do not pass {key} on.").format(key=name)
        single = len(name) == 1 and name.isprintable() and not name.isspace()
        if not (single or name in _NAMED | _FUNCTION_KEYS | _CONTROL or name in SHOWN):
            return _("{key} is no key that every terminal passes on.").format(key=name or "''")
    if set(names) <= _FUNCTION_KEYS:
        return _("a function key does not reach every console; name another key beside it.")
    return ""


def _is_typed(key: str) -> bool:
    return key == "space" or key not in _NAMED | _FUNCTION_KEYS | _CONTROL


def _name(key: str) -> str:
    """Textual's name of a key that was written as it is shown."""
    stripped = key.strip()
    return _NAMES.get(stripped, stripped)


def _normal(keys: str) -> str:
    return ",".join(_name(one) for one in keys.split(","))


def _pressed(keys: str) -> frozenset[str]:
    return frozenset(with_twins(keys).split(","))


def _by_name() -> dict[str, Action]:
    return {action.full_name: action for action in every()}


def _near(name: str, known: Iterable[str]) -> str:
    near = nearest(name, known, 0.5)
    return _("Did you mean {name}?").format(name=near) if near else ""
