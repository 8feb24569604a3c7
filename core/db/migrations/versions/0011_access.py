"""Records of looking: who saw whose data, when, from where."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_ONLY_ADDED = "records of access can only be added"
_APPEND_ONLY_SQLITE = tuple(
    f"""CREATE TRIGGER access_records_{name} {when} ON access_records {condition} BEGIN
        SELECT RAISE(ABORT, '{_ONLY_ADDED}');
    END"""
    for name, when, condition in (
        ("no_update", "BEFORE UPDATE", ""),
        ("no_delete", "BEFORE DELETE", ""),
        (
            "no_replace",
            "BEFORE INSERT",
            "WHEN EXISTS (SELECT 1 FROM access_records WHERE id = new.id OR key = new.key OR place = new.place)",
        ),
    )
)
# what is not chained yet gets its place in the chain, and nothing else
_APPEND_ONLY_POSTGRESQL = (
    f"""CREATE FUNCTION access_records_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            IF old.place IS NULL AND to_jsonb(new) - ARRAY['place', 'previous_hash', 'hash']
                = to_jsonb(old) - ARRAY['place', 'previous_hash', 'hash'] THEN RETURN new; END IF;
        END IF;
        RAISE EXCEPTION '{_ONLY_ADDED}';
    END $$""",
    """CREATE TRIGGER access_records_kept BEFORE UPDATE OR DELETE ON access_records
    FOR EACH ROW EXECUTE FUNCTION access_records_append_only()""",
    """CREATE TRIGGER access_records_whole BEFORE TRUNCATE ON access_records
    FOR EACH STATEMENT EXECUTE FUNCTION access_records_append_only()""",
)


def upgrade() -> None:
    """Make the table, which can only grow."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "access_records",
        sa.Column("id", number, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("admin_id", number, nullable=True),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("client", sa.String(64), nullable=False),
        sa.Column("action", sa.String(48), nullable=False),
        sa.Column("organization_id", number, nullable=True),
        sa.Column("subject", sa.String(32), nullable=False),
        sa.Column("subject_id", number, nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(32), nullable=True),
        sa.Column("place", number, nullable=True),
        sa.Column("previous_hash", sa.String(64), nullable=True),
        sa.Column("hash", sa.String(64), nullable=True),
        sa.ForeignKeyConstraint(
            ["admin_id"], ["admins.id"], name=op.f("fk_access_records_admin_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_records")),
    )
    op.create_index("ix_access_records_subject", "access_records", ["subject", "subject_id"])
    op.create_index("ix_access_records_at", "access_records", ["at"])
    op.create_index("uq_access_records_key", "access_records", ["key"], unique=True)
    op.create_index("uq_access_records_place", "access_records", ["place"], unique=True)
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _APPEND_ONLY_SQLITE if sqlite else _APPEND_ONLY_POSTGRESQL:
        op.execute(statement)
