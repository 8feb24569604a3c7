"""Rights of who erases at request: no table changes, the last step of the upgrade makes them."""

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing but the step after it: see ``core.db.migrations.row_security``."""
