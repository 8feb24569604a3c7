"""Short search terms on PostgreSQL, whose search index knows runs of three characters and nothing shorter.

A second index holds the characters of each search text. It leaves few texts to be looked through for one or two
characters, unless they are in most of them, as digits are. On SQLite the one index finds short terms as well.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class HasCharacters(FunctionElement[bool]):
    """Whether the text (first) has each character of the term (second)."""

    name = "has_characters"
    type = sa.Boolean()
    inherit_cache = True


@compiles(HasCharacters)
def _everywhere(_element: HasCharacters, _compiler: SQLCompiler, **_more: Any) -> str:
    return "1 = 1"


@compiles(HasCharacters, "postgresql")
def _on_postgresql(element: HasCharacters, compiler: SQLCompiler, **more: Any) -> str:
    text, term = (compiler.process(clause, **more) for clause in element.clauses)
    return f"(string_to_array({text}, NULL) @> string_to_array({term}, NULL))"
