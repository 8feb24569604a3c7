"""An upload adds whom it creates to the search index itself, all in one statement."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let the trigger leave out those of an upload that is being taken in: nothing of it is counted yet."""
    if op.get_bind().dialect.name != "sqlite":
        return
    op.execute("DROP TRIGGER recipient_search_insert")
    op.execute(
        """CREATE TRIGGER recipient_search_insert AFTER INSERT ON recipients
        WHEN new.upload_id IS NULL OR (SELECT read FROM uploads WHERE id = new.upload_id) > 0 BEGIN
            INSERT INTO recipient_search(rowid, search_text) VALUES (new.id, new.search_text);
        END"""
    )
