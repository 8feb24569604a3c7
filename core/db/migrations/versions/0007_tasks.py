"""Tasks, and which calls made them."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_OPEN = sa.text("closed_at IS NULL")
_FROM_CALLS = sa.text("closed_at IS NULL AND kind IN ('emergency', 'negative', 'unanswered')")


def upgrade() -> None:
    """Make the tables; the step after the last migration fills them from the calls of the last days."""
    moment = sa.DateTime(timezone=True)
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "tasks",
        sa.Column("id", number, nullable=False),
        sa.Column("recipient_id", number, nullable=False),
        sa.Column("organization_id", number, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("call_id", number, nullable=True),
        sa.Column("count", number, nullable=False),
        sa.Column("since", moment, nullable=False),
        sa.Column("text", sa.String(200), nullable=False),
        sa.Column("due_at", moment, nullable=False),
        sa.Column("assignee_id", number, nullable=True),
        sa.Column("tries", number, nullable=False),
        sa.Column("acknowledged_at", moment, nullable=True),
        sa.Column("acknowledged_by", number, nullable=True),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("closed_at", moment, nullable=True),
        sa.Column("closed_by", number, nullable=True),
        sa.Column("outcome", sa.String(16), nullable=True),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("version", number, nullable=False),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_tasks_{column}"))
            for column, table in (
                ("recipient_id", "recipients"),
                ("organization_id", "organizations"),
                ("call_id", "calls"),
                ("assignee_id", "admins"),
                ("acknowledged_by", "admins"),
                ("closed_by", "admins"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
        sqlite_autoincrement=True,
    )
    for name, columns, unique, where in (
        ("uq_tasks_open", ["recipient_id", "kind"], True, _FROM_CALLS),
        ("ix_tasks_open", ["rank", "due_at", "id"], False, _OPEN),
        ("ix_tasks_open_of", ["organization_id", "rank", "due_at", "id"], False, _OPEN),
        ("ix_tasks_recipient", ["recipient_id"], False, None),
    ):
        op.create_index(
            name, "tasks", columns, unique=unique, sqlite_where=where, postgresql_where=where
        )
    op.create_table(
        "task_calls",
        sa.Column("call_id", number, nullable=False),
        sa.Column("task_id", number, nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_task_calls_call_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_task_calls_task_id")),
        sa.PrimaryKeyConstraint("call_id", "task_id", name=op.f("pk_task_calls")),
    )
    op.create_index("ix_task_calls_task", "task_calls", ["task_id"])
