"""The search index merges sixteen of its parts at a time, not four: an upload writes less of it again."""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep it in the index itself: whoever writes reads it from there.

    It merges a little with each write, and all at once only what has come to four times as many parts, as it
    does with four.
    """
    if op.get_bind().dialect.name != "sqlite":
        return
    for name, parts in (("automerge", 16), ("crisismerge", 64)):
        op.execute(
            f"INSERT INTO recipient_search(recipient_search, rank) VALUES ('{name}', {parts})"
        )
