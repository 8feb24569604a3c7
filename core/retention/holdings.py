"""Where the tables hold what is a recipient's: found from the models, so that a new table is not forgotten.

A row that points at a recipient, or has to point at a row of that kind (a call, a task), is the recipient's own:
it goes with the recipient. What is otherwise is declared here: rows that stay and lose what they say, and texts
that are nobody's own, out of which names and numbers are blotted. ``tests/core/test_erased.py`` asks about every
column.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from core.db.models import Base, Handover, Recipient, Upload, UploadRow, View
from core.recipients.fields import FIELDS, KEPT, WHEN_DELETED

PEOPLE: Any = Recipient.__table__
# rows that stay, for the counts of what they belong to: what is left of them
CLEARED: Mapping[str, dict[str, Any]] = {
    UploadRow.__tablename__: {
        "given": {}, "reasons": [], "warnings": [], "about_id": None, "phone_key": None
    }
}  # fmt: skip
# texts of many people: a name and a number are blotted out of them
SHARED: tuple[tuple[Any, str], ...] = (
    (Handover, "text"),
    (Upload, "file_name"),
    (Upload, "notes"),
)
# rows that go whole where they name somebody, and where nobody else who is there has that name
NAMING: tuple[tuple[Any, tuple[str, ...]], ...] = ((View, ("name", "query")),)
# of the fields; the rest of a recipient's columns follows below
LEFT: dict[str, Any] = {
    one.stored_in: Recipient.deleted_at if one.purged is WHEN_DELETED else one.purged
    for one in FIELDS
    if one.purged is not KEPT
}


def left_of_recipient() -> dict[str, Any]:
    """What a purge leaves in the table of recipients: no text and nothing that may be none, whatever is added."""
    texts = {
        column.name: None if column.nullable else ""
        for column in PEOPLE.columns
        if column.nullable or isinstance(column.type, sa.String)
    }
    del texts["deleted_at"]
    others = {"unanswered_streak": 0, "version": Recipient.version + 1}
    return {**texts, **others, **LEFT}


def tables_below(top: sa.Table) -> list[sa.Table]:
    """The tables whose rows are those of one row of this table, the ones that nothing points at first."""
    found = [top]
    for table in Base.metadata.sorted_tables:
        if table not in found and table.name not in CLEARED and any(_ways(table, found)):
            found.append(table)
    return found[:0:-1]


def every_table() -> list[str]:
    """All tables that hold something of people."""
    shared = [model.__tablename__ for model, _columns in (*SHARED, *NAMING)]
    below = [table.name for table in tables_below(PEOPLE)]
    return list(dict.fromkeys([*below, *CLEARED, *shared, "held_deliveries", PEOPLE.name]))


def rows_below(table: sa.Table, top: sa.Table, ids: Sequence[int]) -> sa.ColumnElement[bool]:
    """Which rows of such a table are those of the rows of ``top`` with these IDs."""
    known = [top, *tables_below(top)]
    conditions = []
    for column, parent in _ways(table, known):
        if parent is top:
            conditions.append(column.in_(ids))
        else:
            theirs = sa.select(parent.c.id).where(rows_below(parent, top, ids))
            conditions.append(column.in_(theirs))
    return sa.or_(*conditions)


def _ways(table: sa.Table, known: Sequence[sa.Table]) -> Iterator[tuple[sa.Column[Any], sa.Table]]:
    """The columns by which a row is somebody's: any that points at a person, and those that are never empty."""
    for column in table.columns:
        for key in column.foreign_keys:
            parent = key.column.table
            if (
                parent in known
                and parent is not table
                and (parent is PEOPLE or not column.nullable)
            ):
                yield column, parent


def loose_ends(top: sa.Table) -> list[tuple[sa.Table, sa.Column[Any]]]:
    """Columns that may point at a row of this table and belong to rows that stay: they forget it."""
    below = tables_below(top)
    return [
        (table, column)
        for table in Base.metadata.sorted_tables
        if table not in below
        for column in table.columns
        if column.nullable and any(key.column.table is top for key in column.foreign_keys)
    ]
