"""Views, and a quick way to the calls that were emergencies."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, and the index."""
    moment = sa.DateTime(timezone=True)
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "views",
        sa.Column("id", number, nullable=False),
        sa.Column("admin_id", number, nullable=False),
        sa.Column("organization_id", number, nullable=True),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("name_key", sa.String(120), nullable=False),
        sa.Column("query", sa.JSON(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("deleted_at", moment, nullable=True),
        sa.Column("version", number, nullable=False),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_views_{column}"))
            for column, table in (("organization_id", "organizations"), ("admin_id", "admins"))
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_views")),
        sqlite_autoincrement=True,
    )
    for name, columns, which in (
        ("own", ["admin_id", "name_key"], "organization_id IS NULL AND deleted_at IS NULL"),
        (
            "shared",
            ["organization_id", "name_key"],
            "organization_id IS NOT NULL AND deleted_at IS NULL",
        ),
    ):
        where = sa.text(which)
        op.create_index(
            f"uq_views_{name}",
            "views",
            columns,
            unique=True,
            sqlite_where=where,
            postgresql_where=where,
        )
    emergency = sa.text("analysis = 'emergency'")
    op.create_index(
        "ix_calls_emergency",
        "calls",
        ["started_at", "recipient_id"],
        sqlite_where=emergency,
        postgresql_where=emergency,
    )
