"""The summaries of calls are searched, too: where there are any, all goes into the index anew, in parts."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_HAS_SUMMARIES = "SELECT 1 FROM calls WHERE summary <> '' LIMIT 1"
_EMPTIED_SQLITE = "INSERT INTO conversation_search(conversation_search) VALUES ('delete-all')"
_EMPTIED_POSTGRESQL = "TRUNCATE conversation_grams"
_ALL_TO_FILL = """UPDATE conversation_fill SET
    call_id = (SELECT coalesce(max(id), 0) FROM calls),
    memory_id = (SELECT coalesce(max(id), 0) FROM memory_details)"""


def upgrade() -> None:
    """Begin the index anew; ``core.conversations.filling`` does the rest."""
    connection = op.get_bind()
    if connection.scalar(sa.text(_HAS_SUMMARIES)) is None:
        return
    sqlite = connection.dialect.name == "sqlite"
    op.execute(_EMPTIED_SQLITE if sqlite else _EMPTIED_POSTGRESQL)
    op.execute(_ALL_TO_FILL)
