"""What a setting is: its name, what it means, what it can be, and what it is where nobody sets it. Pure.

The settings themselves are declared in ``core.values.settings``, each at its field.
"""

import re
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from core.values.i18n import N_, _

PREFIX = "CARECALL_"
_HIDDEN = "***"
# of a URL, also where its :// is missing
_USER_PART = re.compile(r"(?:(?<=://)|^(?!.*://))([^:@/]*):.*(?=@)", re.DOTALL)
_SECRET_PARAMETER = re.compile(
    r"((?:^|[?&\s])[^=&]*(?:pass|secret|token)[^=&]*=)[^&]*", re.IGNORECASE
)


class Says(Struct, frozen=True):
    """What is said of a setting beside its type.

    ``default``: in words, where the host decides; ``can_be``: in words, where the type does not say it, and
    ``holds``, whether a value of the type is one. ``variable``: a variable of the environment sets it, too.
    """

    meaning: str
    default: str = ""
    can_be: str = ""
    holds: Callable[[Any], object] | None = None
    variable: bool = False


class Setting(Struct, frozen=True):
    """One setting; ``name`` is how a file has it, with its part: ``retention.calls``. "": in no file."""

    name: str
    kind: Any
    says: Says
    default: Any = None
    variable: str = ""

    @property
    def told(self) -> str:
        """What it is called."""
        return self.name or self.variable

    @property
    def part(self) -> str:
        """The part of a file in which it stands, or ""."""
        return self.name.rpartition(".")[0]

    @property
    def last_name(self) -> str:
        """What stands before the ``=`` in its part of a file."""
        return self.name.rpartition(".")[2]

    def taken(self, value: object) -> Any:
        """The value as the program has it. Raises ValueError where it cannot be this."""
        try:
            taken = msgspec.convert(value, self.kind, dec_hook=_convert)
        except msgspec.ValidationError as error:
            raise ValueError(self.name) from error
        if self.says.holds is not None and not self.says.holds(taken):
            raise ValueError(self.name)
        return taken

    @property
    def usual(self) -> str:
        """The default, in words where the host decides."""
        return _(self.says.default) if self.says.default else self.shown(self.default)

    def can_be(self, **values: object) -> str:
        """What it can be, in words; ``values`` fill them in."""
        if self.says.can_be:
            return _(self.says.can_be).format(**values)
        return "".join(_words_of(self.kind))

    @property
    def is_text(self) -> bool:
        """Whether it can be any text."""
        return bounds_of(self.kind)[1] in (str, Path) and not self.says.can_be

    def shown(self, value: object) -> str:
        """A value as a person may see it: never a password."""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, Mapping):
            return ", ".join(f"{name} = {self.shown(one)}" for name, one in value.items())
        if isinstance(value, list | tuple):
            return ", ".join(map(self.shown, value))
        if isinstance(value, float):
            return f"{value:g}"
        is_url = "://" in str(value) or self.name == "database"
        return without_password(str(value)) if is_url else str(value)


def without_password(url: str) -> str:
    """A URL in which nobody reads a password, however odd it is."""
    return _SECRET_PARAMETER.sub(rf"\1{_HIDDEN}", _USER_PART.sub(rf"\1:{_HIDDEN}", url, count=1))


def declared(struct: type[msgspec.Struct], part: str = "") -> Iterator[Setting]:
    """The settings of a declaration, in its order; those of a part where it is declared."""
    fields = {field.name: field for field in msgspec.structs.fields(struct)}
    for name, kind in typing.get_type_hints(struct, include_extras=True).items():
        says = next(one for one in kind.__metadata__ if isinstance(one, Says))
        if part_of(kind):
            yield from declared(kind.__origin__, f"{name}.")
            continue
        made, default = fields[name].default_factory, fields[name].default
        if default is msgspec.NODEFAULT:
            default = None if made is msgspec.NODEFAULT else made()
        variable = f"{PREFIX}{name.upper()}" if says.variable else ""
        yield Setting(f"{part}{name}", kind, says, default, variable)


def part_of(kind: Any) -> bool:
    """Whether a field is a part with settings of its own."""
    return isinstance(kind.__origin__, type) and issubclass(kind.__origin__, msgspec.Struct)


def nearest(name: str, known: Iterable[str], how_near: float = 0.6) -> str:
    """The known name that was meant most likely, or "": in another part, or with a slip in it."""
    import difflib

    known = list(known)
    last = name.rpartition(".")[2]
    elsewhere = [one for one in known if one.rpartition(".")[2] == last]
    return next(iter([*elsewhere, *difflib.get_close_matches(name, known, 1, how_near)]), "")


def _convert(kind: type, value: object) -> object:
    if kind is Path and isinstance(value, str):
        return Path(value).expanduser()
    raise msgspec.ValidationError(f"expected {kind.__name__}")


def _words_of(kind: Any) -> Iterator[str]:
    bounds, kind = bounds_of(kind)
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Literal:
        yield ", ".join(inner)
    elif origin in (typing.Union, types.UnionType):
        yield ", ".join("".join(_words_of(one)) for one in inner)
    elif origin is tuple:
        yield _('a list such as ["{one}"], of: {values}').format(
            one=typing.get_args(inner[0])[-1], values=", ".join(typing.get_args(inner[0]))
        )
    elif kind is bool:
        yield "true, false"
    elif kind in (int, float):
        yield _number_words(kind, bounds)
    else:
        yield _("a text in quotes")


def _number_words(kind: type, bounds: msgspec.Meta | None) -> str:
    above = bounds.gt if bounds else None
    least, most = (bounds.ge, bounds.le) if bounds else (None, None)
    if above is not None:
        words = N_("a number above {least}, up to {most}")
    else:
        whole = kind is int
        words = (
            N_("a whole number from {least} to {most}")
            if whole
            else N_("a number from {least} to {most}")
        )
    return _(words).format(least=f"{above if above is not None else least:,}", most=f"{most:,}")


def bounds_of(kind: Any) -> tuple[msgspec.Meta | None, Any]:
    """The bounds of a type, if it has any, and the type without what is said of it."""
    if not hasattr(kind, "__metadata__"):
        return None, kind
    bounds = next((one for one in kind.__metadata__ if isinstance(one, msgspec.Meta)), None)
    return bounds, kind.__origin__
