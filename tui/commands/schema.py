"""The JSON Schema of what a command prints with ``--json``: made of the types that it prints."""

import json
from pathlib import PurePath
from typing import Any

import msgspec

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema_of(command: str, shape: Any) -> dict[str, Any]:
    """What one line is, or the one object, of this type or of one of these. What is named there is there."""
    shapes = shape if isinstance(shape, tuple) else (shape,)
    made, definitions = msgspec.json.schema_components(
        shapes, schema_hook=_of_path, ref_template="#/$defs/{name}"
    )
    for definition in definitions.values():
        properties = definition.get("properties", {})
        for one in properties.values():
            one.pop("default", None)  # what may be left out when it is made is always written
        if properties:
            definition["required"] = list(properties)
    whole = made[0] if len(made) == 1 else {"anyOf": list(made)}
    return {"$schema": DIALECT, "title": f"{command} --json", **whole, "$defs": definitions}


def _of_path(other: type) -> dict[str, Any]:
    if issubclass(other, PurePath):
        return {"type": "string"}
    raise NotImplementedError(other)


def text_of(command: str, shape: Any) -> str:
    """The schema as it is printed."""
    return json.dumps(schema_of(command, shape), indent=2, ensure_ascii=False)
