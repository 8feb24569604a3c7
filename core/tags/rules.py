"""What a tag may be called, and how many there may be. Pure."""

import re
from collections.abc import Iterable

from core.values import text
from core.values.errors import InvalidInput
from core.values.hangul import sought
from core.values.i18n import _

NAME_MAXIMUM = 20
MOST_OF_RECIPIENT = 20
MOST_OF_ORGANIZATION = 200
SEPARATOR = ","
LONGEST_LIST = MOST_OF_RECIPIENT * (
    NAME_MAXIMUM + 2
)  # characters of tags that are written together
# what people put between words that they list; none of it is in a name, so that a list can be read again
_BETWEEN = re.compile("[,;\n，；、､]")
_PHONE_DIGITS = 7  # as many may be a number


def clean_name(typed: str) -> str:
    """The name as it is stored. Raises InvalidInput (field ``tag``)."""
    name = text.line(typed, field="tag", label=_("Tag"), minimum=1, maximum=NAME_MAXIMUM)
    if _BETWEEN.search(name):
        raise InvalidInput(
            _("A tag has no comma or semicolon in it: they stand between tags."), field="tag"
        )
    if sum(map(str.isdigit, name)) >= _PHONE_DIGITS:  # which everybody reads, whatever their role
        raise InvalidInput(
            _("A tag may have at most {maximum} digits: a number is no tag.").format(
                maximum=_PHONE_DIGITS - 1
            ),
            field="tag",
        )
    return name


def clean_names(typed: Iterable[str]) -> tuple[str, ...]:
    """The same of several; what is written twice is one."""
    return tuple({key_of(name): name for name in map(clean_name, typed)}.values())


def clean_change(
    add: Iterable[str], remove: Iterable[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of tags to give and to take. Raises InvalidInput (field ``tag``)."""
    add, remove = clean_names(add), clean_names(remove)
    if both := {key_of(name) for name in add} & {key_of(name) for name in remove}:
        raise InvalidInput(
            _("The tag {name} cannot be given and taken at once.").format(name=min(both)),
            field="tag",
        )
    return add, remove


def names_of(typed: str) -> tuple[str, ...]:
    """The names in a text with commas or semicolons between them. Raises InvalidInput (field ``tag``)."""
    return clean_names(one for one in _BETWEEN.split(typed) if one.strip())


def names_of_one(typed: str, *, field: str = "tags") -> tuple[str, ...]:
    """The same of what one recipient is to have, by name. Raises InvalidInput naming the field."""
    try:
        names = names_of(typed)
    except InvalidInput as error:
        raise InvalidInput(error.what, error.hint, field=field) from None
    if len(names) > MOST_OF_RECIPIENT:
        raise InvalidInput(
            _("A recipient may have at most {maximum} tags.").format(maximum=MOST_OF_RECIPIENT),
            field=field,
        )
    return tuple(sorted(names, key=key_of))


def joined(names: Iterable[str]) -> str:
    """Names as they are written together, and read again by ``names_of``."""
    return f"{SEPARATOR} ".join(names)


def key_of(name: str) -> str:
    """How a name is compared and searched."""
    return sought(name)


def too_many_of_organization() -> InvalidInput:
    """What is told where an organization would have more than it may."""
    return InvalidInput(
        _("An organization may have at most {maximum} tags.").format(maximum=MOST_OF_ORGANIZATION),
        _("Delete one that nobody needs."),
        field="tag",
    )
