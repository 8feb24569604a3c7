"""What each console parses and each database compiles, kept for the others of the process: a fifth of their work.

A process of a user's has one console and one database; the suite has thousands of them.
"""

from typing import Any

from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.util import LRUCache
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

from core.db.engine import Database

_rules: dict[tuple[Any, ...], list[RuleSet]] = {}
_statements: LRUCache[Any, Any] = LRUCache(2_000)
_parse, _make = Stylesheet._parse_rules, Database._make_engine


def _parsed(self: Stylesheet, *source: Any, **more: Any) -> list[RuleSet]:
    key = (frozenset(self._variables.items()), *source, *more.values())
    if key not in _rules:
        _rules[key] = _parse(self, *source, **more)
    return _rules[key]


def _made(self: Database) -> AsyncEngine:
    engine = _make(self)
    engine.sync_engine.update_execution_options(compiled_cache=_statements)
    return engine


def parse_once() -> None:
    """Do so in this process."""
    Stylesheet._parse_rules = _parsed  # type: ignore[method-assign]
    Database._make_engine = _made  # type: ignore[method-assign]
    RuleSet.__hash__ = object.__hash__  # type: ignore[method-assign]  # the same, and asked for most often
    for dialect in (SQLiteDialect_aiosqlite, PGDialect_asyncpg):
        # what one has compiled is what another one of its kind would compile
        dialect.__eq__ = lambda one, other: type(one) is type(other)
        dialect.__hash__ = lambda one: hash(type(one))
