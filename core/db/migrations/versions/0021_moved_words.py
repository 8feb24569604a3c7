"""What finds what is said goes along when two recipients are merged: rights on PostgreSQL are made anew."""

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing by itself: what follows each upgrade does it."""
