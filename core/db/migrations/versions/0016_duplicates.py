"""Recipients who were merged, and those who were told apart."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two tables; nobody was merged yet."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "merges",
        sa.Column("id", number, nullable=False),
        sa.Column("kept_id", number, nullable=False),
        sa.Column("merged_id", number, nullable=False),
        sa.Column("admin_id", number, nullable=True),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("undone_at", moment, nullable=True),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("changed", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["kept_id"], ["recipients.id"], name=op.f("fk_merges_kept_id")),
        sa.ForeignKeyConstraint(["merged_id"], ["recipients.id"], name=op.f("fk_merges_merged_id")),
        sa.ForeignKeyConstraint(["admin_id"], ["admins.id"], name=op.f("fk_merges_admin_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merges")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_merges_kept", "merges", ["kept_id"])
    op.create_index("ix_merges_merged", "merges", ["merged_id"])
    op.create_table(
        "told_apart",
        sa.Column("first_id", number, nullable=False),
        sa.Column("second_id", number, nullable=False),
        sa.Column("admin_id", number, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["first_id"], ["recipients.id"], name=op.f("fk_told_apart_first_id")
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], ["recipients.id"], name=op.f("fk_told_apart_second_id")
        ),
        sa.ForeignKeyConstraint(["admin_id"], ["admins.id"], name=op.f("fk_told_apart_admin_id")),
        sa.PrimaryKeyConstraint("first_id", "second_id", name=op.f("pk_told_apart")),
    )
    op.create_index("ix_told_apart_second", "told_apart", ["second_id"])
