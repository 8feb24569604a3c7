"""An index of what is said in conversations and memory details.

It is made empty; what is there already goes in later, in parts (``core.conversations.filling``), while the console
is used.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

# no row of its own, no text, no places: only which documents have which grams
_SEARCH_SQLITE = """CREATE VIRTUAL TABLE conversation_search USING fts5(
    grams, content='', columnsize=0, detail=none, tokenize='ascii')"""
_SEARCH_POSTGRESQL = "CREATE INDEX ix_conversation_grams ON conversation_grams USING gin (grams)"
_ALL_TO_FILL = """INSERT INTO conversation_fill (id, call_id, memory_id) SELECT 1,
    (SELECT coalesce(max(id), 0) FROM calls), (SELECT coalesce(max(id), 0) FROM memory_details)"""


def upgrade() -> None:
    """Make it."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "conversation_grams",
        sa.Column("id", number, nullable=False, autoincrement=False),
        sa.Column("organization_id", number, nullable=False),
        sa.Column("recipient_id", number, nullable=False),
        sa.Column(
            "grams", sa.ARRAY(sa.Integer()).with_variant(sa.JSON(), "sqlite"), nullable=False
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_conversation_grams_{column}")
            )
            for column, table in (
                ("organization_id", "organizations"),
                ("recipient_id", "recipients"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation_grams")),
    )
    op.create_index(
        "ix_conversation_grams_organization", "conversation_grams", ["organization_id", "id"]
    )
    op.create_index("ix_conversation_grams_recipient_id", "conversation_grams", ["recipient_id"])
    op.create_table(
        "conversation_fill",
        sa.Column("id", number, nullable=False, autoincrement=False),
        sa.Column("call_id", number, nullable=False),
        sa.Column("memory_id", number, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation_fill")),
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute(_SEARCH_SQLITE if sqlite else _SEARCH_POSTGRESQL)
    op.execute(_ALL_TO_FILL)
