"""How the calls of a recipient have changed in the last weeks."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_PRESENT = sa.text("deleted_at IS NULL")
_KNOWN = sa.text("change_until IS NOT NULL")


def upgrade() -> None:
    """Two columns, of which consoles and ``carecall tick`` compute the first values; an index of calls by time."""
    op.add_column(
        "recipients", sa.Column("change", sa.Integer(), server_default="-1", nullable=False)
    )
    if op.get_bind().dialect.name == "postgresql":
        # as a default it is there without a row's being written
        op.execute(
            "ALTER TABLE recipients ADD COLUMN change_until timestamptz DEFAULT '1970-01-01 00:00:00+00'"
        )
        op.execute("ALTER TABLE recipients ALTER COLUMN change_until DROP DEFAULT")
    else:
        op.add_column(
            "recipients", sa.Column("change_until", sa.DateTime(timezone=True), nullable=True)
        )
        never = "'1970-01-01 00:00:00.000000'"
        op.execute(f"UPDATE recipients SET change_until = {never} WHERE last_call_at > {never}")
    op.create_index(
        "ix_recipients_change", "recipients", ["change", "id"],
        sqlite_where=_PRESENT, postgresql_where=_PRESENT,
    )  # fmt: skip
    op.create_index(
        "ix_recipients_change_until", "recipients", ["change_until"],
        sqlite_where=_KNOWN, postgresql_where=_KNOWN,
    )  # fmt: skip
    op.create_index("ix_calls_organization", "calls", ["organization_id", "started_at"])
