"""Up to where syslog has the records, and a quick way to how sessions began and ended."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A table, in which nothing was sent yet, and an index."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "forwarded",
        sa.Column("chain", sa.String(8), nullable=False),
        sa.Column("number", number, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("chain", name=op.f("pk_forwarded")),
    )
    # with all that the review of a month counts, so that it reads no row
    columns = ["action", "at", "admin_id", "organization_id", "subject_id"]
    op.create_index("ix_access_records_action", "access_records", columns)
