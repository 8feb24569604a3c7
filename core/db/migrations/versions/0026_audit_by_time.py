"""The records of changes are found by their time: the review of a month asks day by day."""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Index them by it, as those of access are."""
    op.create_index("ix_audit_records_at", "audit_records", ["at"])
