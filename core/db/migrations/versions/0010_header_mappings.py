"""What admins have said of headers that are not known."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A table; nothing was said yet."""
    op.create_table(
        "header_mappings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_header_mappings_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_header_mappings")),
        sa.UniqueConstraint(
            "organization_id", "digest", name=op.f("uq_header_mappings_organization_id_digest")
        ),
        sqlite_autoincrement=True,
    )
