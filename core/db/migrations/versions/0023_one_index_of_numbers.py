"""One index of numbers instead of two."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The one that keeps numbers apart begins with the number, and so leads along them."""
    for name in ("uq_recipients_phone", "ix_recipients_phone"):
        op.drop_index(name, "recipients")
    present = sa.text("deleted_at IS NULL")
    op.create_index(
        "uq_recipients_phone", "recipients", ["phone", "organization_id"],
        unique=True, sqlite_where=present, postgresql_where=present,
    )  # fmt: skip
