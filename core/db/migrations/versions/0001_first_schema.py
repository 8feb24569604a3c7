"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_SEARCH = (
    """CREATE VIRTUAL TABLE recipient_search USING fts5(
        search_text, content='recipients', content_rowid='id', columnsize=0, tokenize='trigram case_sensitive 1'
    )""",
    "CREATE VIRTUAL TABLE recipient_search_runs USING fts5vocab('recipient_search', 'instance')",
    """CREATE TRIGGER recipient_search_insert AFTER INSERT ON recipients BEGIN
        INSERT INTO recipient_search(rowid, search_text) VALUES (new.id, new.search_text);
    END""",
    """CREATE TRIGGER recipient_search_delete AFTER DELETE ON recipients BEGIN
        INSERT INTO recipient_search(recipient_search, rowid, search_text)
        VALUES ('delete', old.id, old.search_text);
    END""",
    """CREATE TRIGGER recipient_search_update AFTER UPDATE OF search_text ON recipients
    WHEN old.search_text <> new.search_text BEGIN
        INSERT INTO recipient_search(recipient_search, rowid, search_text)
        VALUES ('delete', old.id, old.search_text);
        INSERT INTO recipient_search(rowid, search_text) VALUES (new.id, new.search_text);
    END""",
)

# Records can only be added, each after the last; see docs/adr/0008-audit.md. An INSERT OR REPLACE fires no
# trigger of DELETE, hence the one before INSERT.
_APPEND_ONLY = "audit records can only be added"
_APPEND_ONLY_SQLITE = tuple(
    f"""CREATE TRIGGER audit_records_{name} {when} ON audit_records {condition} BEGIN
        SELECT RAISE(ABORT, '{_APPEND_ONLY}');
    END"""
    for name, when, condition in (
        ("no_update", "BEFORE UPDATE", ""),
        ("no_delete", "BEFORE DELETE", ""),
        (
            "no_replace",
            "BEFORE INSERT",
            "WHEN EXISTS (SELECT 1 FROM audit_records WHERE id = new.id)",
        ),
        (
            "in_order",
            "AFTER INSERT",
            "WHEN (SELECT max(id) FROM audit_records) > new.id",
        ),
    )
)
_APPEND_ONLY_POSTGRESQL = (
    f"""CREATE FUNCTION audit_records_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '{_APPEND_ONLY}';
    END $$""",
    """CREATE TRIGGER audit_records_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_records
    FOR EACH STATEMENT EXECUTE FUNCTION audit_records_append_only()""",
)

_SEARCH_POSTGRESQL = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    # the extension may lie in any schema, on the path or not
    """DO $$ BEGIN EXECUTE format(
        'CREATE INDEX ix_recipients_search ON recipients USING gin (search_text %I.gin_trgm_ops)
        WHERE deleted_at IS NULL',
        (SELECT nspname FROM pg_extension JOIN pg_namespace AS n ON n.oid = extnamespace
            WHERE extname = 'pg_trgm'));
    END $$""",
    # what core.recipients.listing.words asks for
    """CREATE INDEX ix_recipients_characters ON recipients USING gin (string_to_array(search_text, NULL))
    WHERE deleted_at IS NULL""",
)


def upgrade() -> None:
    """Make every table, the search index of the list, and what keeps the audit records."""
    _make_tables()
    if op.get_bind().dialect.name == "sqlite":
        statements = (*_SEARCH, *_APPEND_ONLY_SQLITE)
    else:
        statements = (*_SEARCH_POSTGRESQL, *_APPEND_ONLY_POSTGRESQL)
    for statement in statements:
        op.execute(statement)


def _make_tables() -> None:

    op.create_table(
        "organizations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("name_key", sa.String(length=300), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organizations")),
        sa.UniqueConstraint("name_key", name=op.f("uq_organizations_name_key")),
    )
    op.create_table(
        "admins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=True),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("preferences", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_admins_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admins")),
        sa.UniqueConstraint("account", name=op.f("uq_admins_account")),
        sa.UniqueConstraint("login", name=op.f("uq_admins_login")),
    )
    op.create_table(
        "campaigns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("name_key", sa.String(length=180), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_campaigns_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
        sa.UniqueConstraint("name_key", name=op.f("uq_campaigns_name_key")),
    )
    op.create_table(
        "audit_records",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("admin_id", sa.Integer(), nullable=True),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("client", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=48), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["admin_id"], ["admins.id"], name=op.f("fk_audit_records_admin_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_records")),
    )
    op.create_index(
        "ix_audit_records_subject", "audit_records", ["subject", "subject_id"], unique=False
    )
    op.create_table(
        "uploads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("admin_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=True),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("file_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("warnings", sa.Integer(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["admin_id"], ["admins.id"], name=op.f("fk_uploads_admin_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_uploads_organization_id")
        ),
        sa.ForeignKeyConstraint(["undone_by"], ["admins.id"], name=op.f("fk_uploads_undone_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
    )
    op.create_index("ix_uploads_file_hash", "uploads", ["file_hash"], unique=False)
    op.create_table(
        "recipients",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("phone", sa.String(length=16), nullable=False),
        sa.Column("other_information", sa.String(length=30), nullable=False),
        sa.Column("search_text", sa.String(length=240), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("upload_id", sa.Integer(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deletion_id", sa.String(length=32), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column(
            "last_call_at",
            sa.DateTime(timezone=True),
            server_default="1970-01-01 00:00:00.000000",
            nullable=False,
        ),
        sa.Column("last_analysis", sa.String(length=16), nullable=True),
        sa.Column("unanswered_streak", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("total_calls", sa.Integer(), server_default="0", nullable=False),
        sa.Column("connection_rate", sa.Double(), server_default="-1", nullable=False),
        sa.Column("completion_rate", sa.Double(), server_default="-1", nullable=False),
        sa.Column("answer_length", sa.Double(), server_default="-1", nullable=False),
        sa.Column("call_duration", sa.Double(), server_default="-1", nullable=False),
        sa.Column("metrics_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_recipients_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_recipients_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["uploads.id"], name=op.f("fk_recipients_upload_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipients")),
    )
    op.create_index(
        "ix_recipients_analysis",
        "recipients",
        ["last_analysis", "id"],
        unique=False,
        sqlite_where=sa.text("deleted_at IS NULL AND last_analysis IS NOT NULL"),
        postgresql_where=sa.text("deleted_at IS NULL AND last_analysis IS NOT NULL"),
    )
    op.create_index(
        "ix_recipients_answer_length",
        "recipients",
        ["answer_length", "id"],
        unique=False,
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        "ix_recipients_call_duration",
        "recipients",
        ["call_duration", "id"],
        unique=False,
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        "ix_recipients_campaign",
        "recipients",
        ["campaign_id", "id"],
        unique=False,
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        "ix_recipients_completion_rate",
        "recipients",
        ["completion_rate", "id"],
        unique=False,
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        "ix_recipients_connection_rate",
        "recipients",
        ["connection_rate", "id"],
        unique=False,
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        "ix_recipients_of_organization",
        "recipients",
        ["organization_id", "id"],
        unique=False,
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        "ix_recipients_other_information",
        "recipients",
        ["other_information", "id"],
        unique=False,
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        "ix_recipients_streak",
        "recipients",
        ["unanswered_streak", "id"],
        unique=False,
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        "ix_recipients_deleted",
        "recipients",
        ["deleted_at"],
        unique=False,
        sqlite_where=sa.text("deleted_at IS NOT NULL"),
        postgresql_where=sa.text("deleted_at IS NOT NULL"),
    )
    op.create_index(
        "ix_recipients_deletion",
        "recipients",
        ["deletion_id"],
        unique=False,
        sqlite_where=sa.text("deletion_id IS NOT NULL"),
        postgresql_where=sa.text("deletion_id IS NOT NULL"),
    )
    op.create_index(
        "ix_recipients_last_call",
        "recipients",
        ["last_call_at", "id"],
        unique=False,
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        "ix_recipients_metrics_until",
        "recipients",
        ["metrics_until"],
        unique=False,
        sqlite_where=sa.text("metrics_until IS NOT NULL"),
        postgresql_where=sa.text("metrics_until IS NOT NULL"),
    )
    op.create_index(
        "ix_recipients_name",
        "recipients",
        ["name", "id"],
        unique=False,
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        "ix_recipients_organization",
        "recipients",
        ["organization_id", "registered_at", "id"],
        unique=False,
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        "ix_recipients_phone",
        "recipients",
        ["phone", "id"],
        unique=False,
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        "ix_recipients_registered",
        "recipients",
        ["registered_at", "id"],
        unique=False,
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        "ix_recipients_status",
        "recipients",
        ["status", "id"],
        unique=False,
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        "ix_recipients_total_calls",
        "recipients",
        ["total_calls", "id"],
        unique=False,
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        "ix_recipients_upload",
        "recipients",
        ["upload_id"],
        unique=False,
        sqlite_where=sa.text("upload_id IS NOT NULL"),
        postgresql_where=sa.text("upload_id IS NOT NULL"),
    )
    op.create_index(
        "uq_recipients_phone",
        "recipients",
        ["organization_id", "phone"],
        unique=True,
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_table(
        "calls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.String(length=100), nullable=False),
        sa.Column("recipient_id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("result", sa.String(length=16), nullable=False),
        sa.Column("completed", sa.Boolean(), nullable=False),
        sa.Column("analysis", sa.String(length=16), nullable=True),
        sa.Column("answer_count", sa.Integer(), nullable=False),
        sa.Column("answer_characters", sa.Integer(), nullable=False),
        sa.Column("voice_file", sa.String(length=255), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_calls_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["recipients.id"], name=op.f("fk_calls_recipient_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
        sa.UniqueConstraint("external_id", name=op.f("uq_calls_external_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_calls_recipient", "calls", ["recipient_id", "started_at", "id"], unique=False
    )
    op.create_table(
        "memos",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recipient_id", sa.Integer(), nullable=False),
        sa.Column("admin_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["admin_id"], ["admins.id"], name=op.f("fk_memos_admin_id")),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["recipients.id"], name=op.f("fk_memos_recipient_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memos")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_memos_recipient", "memos", ["recipient_id", "created_at"], unique=False)
    op.create_table(
        "participations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recipient_id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pause_reason", sa.String(length=100), nullable=True),
        sa.Column("resumes_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_participations_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["recipients.id"], name=op.f("fk_participations_recipient_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participations")),
        sa.UniqueConstraint(
            "recipient_id", "campaign_id", name=op.f("uq_participations_recipient_id_campaign_id")
        ),
    )
    op.create_index(
        "ix_participations_campaign",
        "participations",
        ["campaign_id", "recipient_id"],
        unique=False,
    )
    op.create_index(
        "ix_participations_resumes_at",
        "participations",
        ["resumes_at"],
        unique=False,
        sqlite_where=sa.text("resumes_at IS NOT NULL"),
        postgresql_where=sa.text("resumes_at IS NOT NULL"),
    )
    op.create_table(
        "upload_rows",
        sa.Column("upload_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("result", sa.String(length=16), nullable=False),
        sa.Column("recipient_id", sa.Integer(), nullable=True),
        sa.Column("given", sa.JSON(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["recipients.id"], name=op.f("fk_upload_rows_recipient_id")
        ),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["uploads.id"], name=op.f("fk_upload_rows_upload_id")
        ),
        sa.PrimaryKeyConstraint("upload_id", "row", name=op.f("pk_upload_rows")),
    )
    op.create_table(
        "feedback",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("admin_id", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["admin_id"], ["admins.id"], name=op.f("fk_feedback_admin_id")),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_feedback_call_id")),
        sa.PrimaryKeyConstraint("call_id", "admin_id", name=op.f("pk_feedback")),
    )
    op.create_table(
        "followup_actions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("recipient_id", sa.Integer(), nullable=False),
        sa.Column("admin_id", sa.Integer(), nullable=False),
        sa.Column("action_type", sa.String(length=32), nullable=False),
        sa.Column("details", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["admin_id"], ["admins.id"], name=op.f("fk_followup_actions_admin_id")
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_followup_actions_call_id")
        ),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["recipients.id"], name=op.f("fk_followup_actions_recipient_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_followup_actions")),
        sa.UniqueConstraint("call_id", name=op.f("uq_followup_actions_call_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_followup_actions_recipient", "followup_actions", ["recipient_id"], unique=False
    )
    op.create_table(
        "memory_details",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recipient_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=100), nullable=False),
        sa.Column("topic_key", sa.String(length=300), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("content_key", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=True),
        sa.Column("learned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("admin_id", sa.Integer(), nullable=True),
        sa.Column("newer_content", sa.Text(), nullable=True),
        sa.Column("newer_call_id", sa.Integer(), nullable=True),
        sa.Column("reset_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["admin_id"], ["admins.id"], name=op.f("fk_memory_details_admin_id")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_memory_details_call_id")),
        sa.ForeignKeyConstraint(
            ["newer_call_id"], ["calls.id"], name=op.f("fk_memory_details_newer_call_id")
        ),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["recipients.id"], name=op.f("fk_memory_details_recipient_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memory_details")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_memory_details_recipient", "memory_details", ["recipient_id", "topic_key"], unique=False
    )
    op.create_table(
        "utterances",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("at_ms", sa.Integer(), nullable=False),
        sa.Column("speaker", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_utterances_call_id")),
        sa.PrimaryKeyConstraint("call_id", "position", name=op.f("pk_utterances")),
    )
    op.create_table(
        "memory_versions",
        sa.Column("memory_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("change", sa.String(length=16), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=True),
        sa.Column("admin_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["admin_id"], ["admins.id"], name=op.f("fk_memory_versions_admin_id")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_memory_versions_call_id")),
        sa.ForeignKeyConstraint(
            ["memory_id"], ["memory_details.id"], name=op.f("fk_memory_versions_memory_id")
        ),
        sa.PrimaryKeyConstraint("memory_id", "number", name=op.f("pk_memory_versions")),
    )
