"""The JSON Schema (2020-12) of ``config.toml``, for editors; made from the declaration."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from core.values.i18n import _
from core.values.setting import Setting
from core.values.settings import can_be, every, parts

_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def schema(actions: Mapping[str, str]) -> dict[str, Any]:
    """The schema; ``actions`` are the names that can have own keys, and what each of them does."""
    made: dict[str, Any] = {
        name: {
            "type": "object",
            "description": _(about),
            "additionalProperties": False,
            "properties": {},
        }
        for name, about in parts().items()
    }
    for setting in every().values():
        where = made[setting.part]["properties"] if setting.part else made
        where[setting.last_name] = _property(setting)
    made["keys"] |= {
        "additionalProperties": False,
        "properties": {
            name: {"type": "string", "description": words} for name, words in actions.items()
        },
    }
    return {
        "$schema": _DRAFT,
        "title": _("Settings of carecall"),
        "type": "object",
        "additionalProperties": False,
        "properties": made,
    }


def _property(setting: Setting) -> dict[str, Any]:
    found = msgspec.json.schema(setting.kind, schema_hook=_of_path)
    found["description"] = f"{_(setting.says.meaning)} ({can_be(setting)})"
    if setting.is_text:
        found["description"] = _(setting.says.meaning)
    if setting.default is not None and not setting.says.default:
        found["default"] = msgspec.to_builtins(setting.default)
    return found


def _of_path(kind: type) -> dict[str, Any]:
    if kind is Path:
        return {"type": "string"}
    raise NotImplementedError
