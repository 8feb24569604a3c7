"""What msgspec knows of a struct and tells only together with its types, which takes long."""

from typing import Any

from msgspec import NODEFAULT, Struct


def defaults(kind: type[Struct]) -> dict[str, Any]:
    """The defaults of its fields by their names; a field without one is not among them."""
    given = kind.__struct_defaults__  # those of the last fields
    names = kind.__struct_fields__[len(kind.__struct_fields__) - len(given) :]
    return {
        name: default.factory() if hasattr(default, "factory") else default
        for name, default in zip(names, given, strict=True)
        if default is not NODEFAULT
    }
