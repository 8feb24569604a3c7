"""Deletes in a table of their own: who, when, and what can be undone in any later session."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from core.db.migrations import row_security

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table from what recipients and audit records tell."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        # triggers name the column that changes; they are made anew after the last migration
        for statement in row_security.drop_statements():
            connection.exec_driver_sql(statement)
    op.create_table(
        "deletions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("admin_id", sa.Integer(), nullable=True),
        sa.Column("upload_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["admin_id"], ["admins.id"], name=op.f("fk_deletions_admin_id")),
        sa.ForeignKeyConstraint(["upload_id"], ["uploads.id"], name=op.f("fk_deletions_upload_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deletions")),
    )
    op.create_index("ix_deletions_admin", "deletions", ["admin_id"], unique=False)
    op.execute("ALTER TABLE recipients RENAME COLUMN deletion_id TO deletion_key")
    op.execute(
        "ALTER TABLE recipients ADD COLUMN deletion_id INTEGER"
        " CONSTRAINT fk_recipients_deletion_id REFERENCES deletions (id)"
    )
    _fill(connection)
    op.drop_index("ix_recipients_deletion", "recipients")
    op.drop_index("ix_recipients_deleted", "recipients")
    op.execute("ALTER TABLE recipients DROP COLUMN deletion_key")
    for name, columns in (
        ("ix_recipients_deleted", ["deletion_id", "id"]),
        ("ix_recipients_deleted_of", ["organization_id", "deletion_id", "id"]),
    ):
        op.create_index(
            name,
            "recipients",
            columns,
            unique=False,
            sqlite_where=sa.text("deletion_id IS NOT NULL"),
            postgresql_where=sa.text("deletion_id IS NOT NULL"),
        )


def _fill(connection: sa.Connection) -> None:
    found = connection.execute(
        sa.text(
            "SELECT deletion_key, min(deleted_at) AS moment FROM recipients"
            " WHERE deletion_key IS NOT NULL GROUP BY deletion_key ORDER BY 2"
        )
    ).all()
    if not found:
        return
    who, uploads = _recorded(connection)
    for number, row in enumerate(found, 1):
        connection.execute(
            sa.text(
                "INSERT INTO deletions (id, admin_id, upload_id, created_at)"
                " VALUES (:id, :admin, :upload, :moment)"
            ),
            {
                "id": number,
                "admin": who.get(row.deletion_key),
                "upload": uploads.get(row.deletion_key),
                "moment": row.moment,
            },
        )
        connection.execute(
            sa.text("UPDATE recipients SET deletion_id = :id WHERE deletion_key = :key"),
            {"id": number, "key": row.deletion_key},
        )
    if connection.dialect.name == "postgresql":
        connection.execute(
            sa.text("SELECT setval(pg_get_serial_sequence('deletions', 'id'), :last)"),
            {"last": len(found)},
        )


def _recorded(connection: sa.Connection) -> tuple[dict[str, int], dict[str, int]]:
    """By the key of a delete: the admin, and the upload that it undid."""
    who: dict[str, int] = {}
    uploads: dict[str, int] = {}
    records = connection.execute(
        sa.text(
            "SELECT action, admin_id, subject_id, details FROM audit_records"
            " WHERE action IN ('recipient.delete', 'upload.undo')"
        )
    )
    for action, admin_id, subject_id, details in records:
        told: dict[str, Any] = json.loads(details) if isinstance(details, str) else details
        if key := told.get("deletion"):
            who[key] = admin_id
            if action == "upload.undo":
                uploads[key] = subject_id
    return who, uploads
