"""Whose calls, voice files and campaign names are; deliveries that could not be stored."""

import sqlalchemy as sa
from alembic import context, op

from core.voice.rules import ORGANIZATIONS, voice_key

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# on PostgreSQL identity columns of 64 bits come with the rights, see core/db/migrations/house.py
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_BATCH = 5_000

_CALLS = (
    "id", "external_id", "recipient_id", "campaign_id", "started_at", "duration_ms", "result", "completed",
    "analysis", "answer_count", "answer_characters", "voice_file", "content_hash",
    "organization_id", "voice_key",
)  # fmt: skip
_CAMPAIGNS = (
    "id", "name", "name_key", "organization_id", "state", "created_at", "started_at", "ended_at", "version",
)  # fmt: skip


def upgrade() -> None:
    """The first call that was delivered with a voice file keeps it; which lose theirs is handed on."""
    connection = op.get_bind()
    op.add_column(
        "admins", sa.Column("source", sa.String(40), server_default=sa.text("''"), nullable=False)
    )
    _add_held_deliveries()
    op.add_column("calls", sa.Column("organization_id", _ID, nullable=True))
    op.add_column("calls", sa.Column("voice_key", sa.String(765), nullable=True))
    op.execute(
        """UPDATE calls SET voice_key = voice_file, organization_id =
        (SELECT r.organization_id FROM recipients AS r WHERE r.id = calls.recipient_id)"""
    )
    context.config.attributes["calls_without_voice"] = _give_owners(connection)
    if connection.dialect.name == "sqlite":
        _remake_calls()
        _remake_campaigns()
    else:
        _alter_calls()
        _alter_campaigns()
    op.create_index(
        "uq_campaigns_shared_name",
        "campaigns",
        ["name_key"],
        unique=True,
        sqlite_where=sa.text("organization_id IS NULL"),
        postgresql_where=sa.text("organization_id IS NULL"),
    )


def _give_owners(connection: sa.Connection) -> list[int]:
    """Let each voice file belong to one call; gives the calls that lost theirs."""
    calls = sa.table("calls", sa.column("id"), sa.column("voice_file"), sa.column("voice_key"))
    last = 0
    while rows := connection.execute(
        sa.select(calls.c.id, calls.c.voice_file)
        .where(calls.c.voice_file.is_not(None), calls.c.id > last)
        .order_by(calls.c.id)
        .limit(_BATCH)
    ).all():
        last = rows[-1].id
        written_otherwise = [
            {"of": row.id, "key": key}
            for row in rows
            if not row.voice_file.isascii() and (key := voice_key(row.voice_file)) != row.voice_file
        ]
        if written_otherwise:
            update = sa.update(calls).where(calls.c.id == sa.bindparam("of"))
            connection.execute(update.values(voice_key=sa.bindparam("key")), written_otherwise)
    folders = f"{ORGANIZATIONS}/"
    own = f"'{folders}' || organization_id || '/'"
    losing = f"""SELECT id FROM calls WHERE voice_key IS NOT NULL AND (
        id NOT IN (SELECT min(id) FROM calls WHERE voice_key IS NOT NULL GROUP BY voice_key)
        OR lower(substr(voice_key, 1, {len(folders)})) = '{folders}'
            AND substr(voice_key, 1, length({own})) <> {own}) ORDER BY id"""
    lost = list(connection.scalars(sa.text(losing)))
    update = sa.update(calls).where(calls.c.id == sa.bindparam("of"))
    if lost:
        nothing = update.values(voice_file=None, voice_key=None)
        connection.execute(nothing, [{"of": one} for one in lost])
    return lost


def _add_held_deliveries() -> None:
    op.create_table(
        "held_deliveries",
        sa.Column("id", _ID, nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("admin_id", _ID, nullable=False),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("organization_id", _ID, nullable=True),
        sa.Column("line", _ID, nullable=False),
        sa.Column("reason", sa.String(16), nullable=False),
        sa.Column("field", sa.String(100), nullable=False),
        sa.Column("emergency", sa.Boolean(), nullable=False),
        sa.Column("phone", sa.String(16), nullable=True),
        sa.Column("size", _ID, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["admin_id"], ["admins.id"], name=op.f("fk_held_deliveries_admin_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_held_deliveries_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_deliveries")),
        sa.UniqueConstraint(
            "admin_id", "source", "digest", name=op.f("uq_held_deliveries_admin_id_source_digest")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_held_deliveries_phone", "held_deliveries", ["phone"])


# PostgreSQL


def _alter_calls() -> None:
    op.add_column(
        "calls", sa.Column("source", sa.String(40), server_default=sa.text("''"), nullable=False)
    )
    op.alter_column("calls", "organization_id", nullable=False)
    op.create_foreign_key(
        op.f("fk_calls_organization_id"), "calls", "organizations", ["organization_id"], ["id"]
    )
    op.create_check_constraint(
        op.f("ck_calls_voice_file_has_key"), "calls", "(voice_file IS NULL) = (voice_key IS NULL)"
    )
    op.create_unique_constraint(op.f("uq_calls_voice_key"), "calls", ["voice_key"])
    op.drop_constraint("uq_calls_external_id", "calls", type_="unique")
    op.create_unique_constraint(
        op.f("uq_calls_external_id_organization_id_source"),
        "calls",
        ["external_id", "organization_id", "source"],
    )


def _alter_campaigns() -> None:
    op.drop_constraint("uq_campaigns_name_key", "campaigns", type_="unique")
    op.create_unique_constraint(
        op.f("uq_campaigns_organization_id_name_key"), "campaigns", ["organization_id", "name_key"]
    )
    op.add_column("campaigns", sa.Column("list_key", sa.String(200), nullable=True))
    op.execute(
        "UPDATE campaigns SET list_key = name_key || chr(31) || coalesce(organization_id::text, '')"
    )
    op.alter_column("campaigns", "list_key", nullable=False)
    op.create_unique_constraint(op.f("uq_campaigns_list_key"), "campaigns", ["list_key"])


# SQLite changes no constraint of a table: it is made anew, while foreign keys are not looked at


def _remake_calls() -> None:
    op.create_table(
        "new_calls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.String(100), nullable=False),
        sa.Column("recipient_id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("result", sa.String(16), nullable=False),
        sa.Column("completed", sa.Boolean(), nullable=False),
        sa.Column("analysis", sa.String(16), nullable=True),
        sa.Column("answer_count", sa.Integer(), nullable=False),
        sa.Column("answer_characters", sa.Integer(), nullable=False),
        sa.Column("voice_file", sa.String(255), nullable=True),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(40), server_default=sa.text("''"), nullable=False),
        sa.Column("voice_key", sa.String(765), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_calls_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["recipients.id"], name=op.f("fk_calls_recipient_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_calls_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
        sa.UniqueConstraint(
            "external_id",
            "organization_id",
            "source",
            name=op.f("uq_calls_external_id_organization_id_source"),
        ),
        sa.UniqueConstraint("voice_key", name=op.f("uq_calls_voice_key")),
        sa.CheckConstraint(
            "(voice_file IS NULL) = (voice_key IS NULL)", name=op.f("ck_calls_voice_file_has_key")
        ),
        sqlite_autoincrement=True,
    )
    kept = ", ".join(_CALLS)
    op.execute(f"INSERT INTO new_calls ({kept}) SELECT {kept} FROM calls ORDER BY id")
    # an ID that was deleted is not given again
    op.execute("DELETE FROM sqlite_sequence WHERE name = 'new_calls'")
    op.execute("UPDATE sqlite_sequence SET name = 'new_calls' WHERE name = 'calls'")
    op.drop_table("calls")
    op.rename_table("new_calls", "calls")
    op.create_index("ix_calls_recipient", "calls", ["recipient_id", "started_at", "id"])


def _remake_campaigns() -> None:
    op.create_table(
        "new_campaigns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("name_key", sa.String(180), nullable=False),
        sa.Column("list_key", sa.String(200), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_campaigns_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
        sa.UniqueConstraint(
            "organization_id", "name_key", name=op.f("uq_campaigns_organization_id_name_key")
        ),
        sa.UniqueConstraint("list_key", name=op.f("uq_campaigns_list_key")),
    )
    columns = ", ".join(_CAMPAIGNS)
    op.execute(
        f"""INSERT INTO new_campaigns ({columns}, list_key)
        SELECT {columns}, name_key || char(31) || coalesce(organization_id, '') FROM campaigns"""
    )
    op.drop_table("campaigns")
    op.rename_table("new_campaigns", "campaigns")
