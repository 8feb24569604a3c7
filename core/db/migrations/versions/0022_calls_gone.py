"""Indexes by which the database finds what points at a call or a recipient that goes, and roles' new rights."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_INDEXES = (
    ("ix_memory_details_call", "memory_details", "call_id", False),
    ("ix_memory_details_newer_call", "memory_details", "newer_call_id", True),
    ("ix_memory_versions_call", "memory_versions", "call_id", False),
    ("ix_tasks_call", "tasks", "call_id", False),
    ("ix_upload_rows_recipient", "upload_rows", "recipient_id", True),
)


def upgrade() -> None:
    """Make them; where a column is mostly empty, of the rows that have it."""
    for name, table, column, only_where_set in _INDEXES:
        some = sa.text(f"{column} IS NOT NULL") if only_where_set else None
        op.create_index(name, table, [column], sqlite_where=some, postgresql_where=some)
