"""Tags on recipients."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "tags",
        sa.Column("id", number, nullable=False),
        sa.Column("organization_id", number, nullable=False),
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("name_key", sa.String(80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", number, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_tags_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tags")),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_tags_name", "tags", ["organization_id", "name_key"], unique=True)
    op.create_table(
        "recipient_tags",
        sa.Column("tag_id", number, nullable=False),
        sa.Column("recipient_id", number, nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [f"{one}_id"], [f"{one}s.id"], name=op.f(f"fk_recipient_tags_{one}_id")
            )
            for one in ("tag", "recipient")
        ),
        sa.PrimaryKeyConstraint("tag_id", "recipient_id", name=op.f("pk_recipient_tags")),
    )
    op.create_index("ix_recipient_tags_recipient", "recipient_tags", ["recipient_id"])
