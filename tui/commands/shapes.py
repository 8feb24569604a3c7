"""Types that tell what ``--json`` prints where that is not a DTO as it is."""

from typing import Any, get_type_hints

from msgspec import defstruct


def like(row: type, name: str, **other: Any) -> type:
    """The type of an object with the fields of this one, some of them of other types, and more."""
    return defstruct(name, list({**get_type_hints(row), **other}.items()))
