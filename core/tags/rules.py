"""What a tag may be called, and how many there may be. Pure."""

from collections.abc import Iterable

from core.values import text
from core.values.errors import InvalidInput
from core.values.hangul import sought
from core.values.i18n import _

NAME_MAXIMUM = 20
MOST_OF_RECIPIENT = 20
MOST_OF_ORGANIZATION = 200
SEPARATOR = ","


def clean_name(typed: str) -> str:
    """The name as it is stored. Raises InvalidInput (field ``tag``)."""
    name = text.line(typed, field="tag", label=_("Tag"), minimum=1, maximum=NAME_MAXIMUM)
    if SEPARATOR in name:
        raise InvalidInput(_("A tag has no comma in it: commas stand between tags."), field="tag")
    return name


def clean_names(typed: Iterable[str]) -> tuple[str, ...]:
    """The same of several; what is written twice is one."""
    return tuple({key_of(name): name for name in map(clean_name, typed)}.values())


def names_of(typed: str) -> tuple[str, ...]:
    """The names in a text with commas between them. Raises InvalidInput (field ``tag``)."""
    return clean_names(one for one in typed.split(SEPARATOR) if one.strip())


def key_of(name: str) -> str:
    """How a name is compared and searched."""
    return sought(name)
