"""The keys as they are for one user: those of ``tui.keys``, and the user's own (``[keys]`` in config.toml)."""

from collections.abc import Iterable, Iterator, Mapping

from core.values.errors import InvalidInput
from core.values.i18n import _
from tui.keys import SCOPES, SHOWN, TOGETHER, Key, Scope, show, with_twins

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
Named = tuple[str, Key]


class OwnKeys:
    """Which keys every action has. Names are those of ``[keys]``: ``recipients.add``."""

    def __init__(self, remapped: Mapping[str, str]) -> None:
        self._own = {name: _normal(keys) for name, keys in remapped.items()}

    def of(self, scope: Scope, key: Key) -> str:
        """The keys of an action, separated by commas; Hangul twins left out."""
        return self._own.get(scope.full_name(key), key.keys)

    def shown(self, scope: Scope, key: Key) -> str:
        """The keys as a person reads them."""
        return " ".join(show(one) for one in self.of(scope, key).split(","))

    def first_shown(self, scope: Scope, key: Key) -> str:
        """The main key as a person reads it."""
        return show(self.of(scope, key).split(",")[0])

    def pressed(self, scope: Scope, key: Key) -> frozenset[str]:
        """Every key that does it, Hangul twins too."""
        return _pressed(self.of(scope, key))

    def keymap(self) -> dict[str, str]:
        """The user's own keys as Textual's keymap.

        Textual takes every binding from a key that it changes; those that share one are named as well,
        so that they stay.
        """
        every = dict(_every())
        wanted, touched = (
            set(self._own),
            {one for keys in self._own.values() for one in _pressed(keys)},
        )
        known = 0
        while len(touched) > known:
            known = len(touched)
            wanted |= {name for name, key in every.items() if _pressed(key.keys) & touched}
            touched |= {one for name in wanted for one in _pressed(every[name].keys)}
        return {name: with_twins(self._own.get(name, every[name].keys)) for name in wanted}


def check(remapped: Mapping[str, str], source: str) -> None:
    """Raises InvalidInput, which names the file, where a name is not known or a key cannot be what it is to be."""
    known = dict(_every())
    for name, keys in remapped.items():
        if name not in known:
            raise _refused(
                source,
                _("there is no action {name}.").format(name=name),
                _near(name, known),
            )
        if reason := _why_not(keys):
            raise _refused(source, f"{name}: {reason}")
    own = OwnKeys(remapped)
    for place in TOGETHER:
        _check_place(place, own, set(remapped), source)


def _check_place(place: Iterable[Scope], own: OwnKeys, remapped: set[str], source: str) -> None:
    """Two actions that work at the same time have different keys, and none a letter where letters are typed."""
    seen: dict[str, tuple[str, str]] = {}
    for scope in place:
        for key in scope.keys:
            name = scope.full_name(key)
            for one in with_twins(own.of(scope, key)).split(","):
                if scope.types and name in remapped and _is_typed(one):
                    raise _refused(
                        source,
                        _("letters are typed there, so that {key} cannot be {name}.").format(
                            key=show(one), name=name
                        ),
                    )
                other, action = seen.setdefault(one, (name, key.action))
                if action != key.action and remapped & {name, other}:
                    raise _refused(
                        source,
                        _("{key} would be both {name} and {other}.").format(
                            key=show(one), name=name, other=other
                        ),
                    )


def _refused(source: str, what: str, way_out: str = "") -> InvalidInput:
    words = _("[keys] in {source}: {what}").format(source=source, what=what)
    return InvalidInput(words, way_out or _("docs/keys.md lists the actions and their keys."))


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


def _every() -> Iterator[Named]:
    for scope in SCOPES:
        for key in scope.keys:
            yield scope.full_name(key), key


def _near(name: str, known: Iterable[str]) -> str:
    import difflib

    known = list(known)
    near = [one for one in known if one.endswith(f".{name}")]
    near += difflib.get_close_matches(name, known, 1, 0.5)
    return _("Did you mean {name}?").format(name=near[0]) if near else ""
