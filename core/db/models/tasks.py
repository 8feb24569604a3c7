"""Tasks: what somebody has to do about a recipient, and which calls made them."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.db.models.base import Base

_OPEN, _CLOSED = sa.text("closed_at IS NULL"), sa.text("closed_at IS NOT NULL")


class Task(Base):
    """Something that a person has to do about one recipient, open until ``closed_at``.

    Of the kinds that calls make, at most one is open for a recipient. ``call_id`` is the latest call that it is
    about, ``count`` how many there are; ``rank`` sorts emergencies first. ``tries`` counts how often it was put
    off. ``acknowledged_by`` is who has seen an emergency.
    """

    __tablename__ = "tasks"
    __table_args__ = (
        sa.Index(
            "uq_tasks_open",
            "recipient_id",
            "kind",
            unique=True,
            sqlite_where=sa.text(
                "closed_at IS NULL AND kind IN ('emergency', 'negative', 'unanswered')"
            ),
            postgresql_where=sa.text(
                "closed_at IS NULL AND kind IN ('emergency', 'negative', 'unanswered')"
            ),
        ),
        sa.Index(
            "ix_tasks_open", "rank", "due_at", "id", sqlite_where=_OPEN, postgresql_where=_OPEN
        ),
        sa.Index(
            "ix_tasks_open_of",
            "organization_id",
            "rank",
            "due_at",
            "id",
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        sa.Index("ix_tasks_recipient", "recipient_id"),
        sa.Index("ix_tasks_call", "call_id"),
        sa.Index(
            "ix_tasks_closed_of",
            "organization_id",
            "closed_at",
            sqlite_where=_CLOSED,
            postgresql_where=_CLOSED,
        ),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    recipient_id: Mapped[int] = mapped_column(sa.ForeignKey("recipients.id"))
    organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"))
    kind: Mapped[str] = mapped_column(sa.String(16))
    rank: Mapped[int] = mapped_column(sa.SmallInteger)
    call_id: Mapped[int | None] = mapped_column(sa.ForeignKey("calls.id"))
    count: Mapped[int] = mapped_column(default=1)
    since: Mapped[datetime]
    text: Mapped[str] = mapped_column(sa.String(200), default="")
    due_at: Mapped[datetime]
    assignee_id: Mapped[int | None] = mapped_column(sa.ForeignKey("admins.id"))
    tries: Mapped[int] = mapped_column(default=0)
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[int | None] = mapped_column(sa.ForeignKey("admins.id"))
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("admins.id"))
    outcome: Mapped[str | None] = mapped_column(sa.String(16))
    reason: Mapped[str] = mapped_column(sa.String(200), default="")
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class TaskCall(Base):
    """A call that made a task or joined it."""

    __tablename__ = "task_calls"
    __table_args__ = (sa.Index("ix_task_calls_task", "task_id"),)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("calls.id"), primary_key=True)
    task_id: Mapped[int] = mapped_column(sa.ForeignKey("tasks.id"), primary_key=True)
