"""Recipients who were merged, and those who were told apart."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.db.models.base import Base

# tables whose rows, by their IDs, go over to whom a recipient becomes part of
MOVED = (
    "calls", "memory_details", "followup_actions", "memos", "tasks", "contacts", "participations",
)  # fmt: skip


class Merge(Base):
    """``merged_id`` became part of ``kept_id``, within a delete whose undo takes it back.

    ``moved`` are the IDs of the rows that went over, by table; ``changed`` what else was changed, as it was
    before and became.
    """

    __tablename__ = "merges"
    __table_args__ = (
        sa.Index("ix_merges_kept", "kept_id"),
        sa.Index("ix_merges_merged", "merged_id"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kept_id: Mapped[int] = mapped_column(sa.ForeignKey("recipients.id"))
    merged_id: Mapped[int] = mapped_column(sa.ForeignKey("recipients.id"))
    admin_id: Mapped[int | None] = mapped_column(sa.ForeignKey("admins.id"))
    created_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    moved: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    changed: Mapped[dict[str, Any]] = mapped_column(sa.JSON)


class ToldApart(Base):
    """Two recipients of whom somebody has said that they are two; the lesser ID first."""

    __tablename__ = "told_apart"
    first_id: Mapped[int] = mapped_column(sa.ForeignKey("recipients.id"), primary_key=True)
    second_id: Mapped[int] = mapped_column(sa.ForeignKey("recipients.id"), primary_key=True)
    admin_id: Mapped[int] = mapped_column(sa.ForeignKey("admins.id"))
    created_at: Mapped[datetime]
    __table_args__ = (sa.Index("ix_told_apart_second", "second_id"),)
