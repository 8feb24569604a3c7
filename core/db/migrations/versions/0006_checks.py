"""Constraints for closed sets and ranges: no table changes, the last step of the upgrade makes them."""

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing but the step after it: see ``core.db.migrations.checks``."""
