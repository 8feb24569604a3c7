"""The published schema of ``data.json``, made from its shape."""

import functools
import json

import msgspec

from core.exports.dto import FORMAT, VERSION, Export


@functools.cache
def schema_text() -> str:
    """JSON Schema (2020-12), as ``docs/export.schema.json`` has it and each export."""
    made = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"{FORMAT} {VERSION}",
        **msgspec.json.schema(Export),
    }
    return json.dumps(made, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
