"""Hand-overs, and a quick way to what was done lately."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, and the index of closed tasks."""
    moment = sa.DateTime(timezone=True)
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "handovers",
        sa.Column("id", number, nullable=False),
        sa.Column("organization_id", number, nullable=False),
        sa.Column("number", number, nullable=False),
        sa.Column("since", moment, nullable=False),
        sa.Column("signed_at", moment, nullable=False),
        sa.Column("signed_by", number, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("confirmed_at", moment, nullable=True),
        sa.Column("confirmed_by", number, nullable=True),
        sa.Column("version", number, nullable=False),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_handovers_{column}"))
            for column, table in (
                ("organization_id", "organizations"),
                ("signed_by", "admins"),
                ("confirmed_by", "admins"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handovers")),
        sa.UniqueConstraint("organization_id", "number", name="uq_handovers_number"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_handovers_signed_at", "handovers", ["signed_at"])
    closed = sa.text("closed_at IS NOT NULL")
    op.create_index(
        "ix_tasks_closed_of",
        "tasks",
        ["organization_id", "closed_at"],
        sqlite_where=closed,
        postgresql_where=closed,
    )
