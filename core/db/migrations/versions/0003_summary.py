"""The calling system's own summary of a call."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A column that says nothing of the calls that are there."""
    op.add_column(
        "calls",
        sa.Column("summary", sa.String(1_000), server_default=sa.text("''"), nullable=False),
    )
