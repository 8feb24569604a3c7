"""Campaigns and participations."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.db.models.base import Base


def list_key(name_key: str, organization_id: int | None) -> str:
    """What campaigns are sorted by: the name, then whose it is; no two are alike."""
    return f"{name_key}\x1f{organization_id or ''}"


def _list_key(context: Any) -> str:
    given = context.get_current_parameters()
    return list_key(given["name_key"], given.get("organization_id"))


class Campaign(Base):
    """A series of scheduled calls; without an organization it is open to every one.

    Names are unique within an organization, and among those that are open to every one.
    """

    __tablename__ = "campaigns"
    __table_args__ = (
        sa.UniqueConstraint("organization_id", "name_key"),
        sa.Index(
            "uq_campaigns_shared_name",
            "name_key",
            unique=True,
            sqlite_where=sa.text("organization_id IS NULL"),
            postgresql_where=sa.text("organization_id IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(60))
    name_key: Mapped[str] = mapped_column(sa.String(180))
    # unique for all, so that the list, sorted by campaign, walks them in this order without sorting recipients
    list_key: Mapped[str] = mapped_column(sa.String(200), unique=True, default=_list_key)
    organization_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organizations.id"))
    state: Mapped[str] = mapped_column(sa.String(16), default="scheduled")
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class Participation(Base):
    """A recipient's place in a campaign. Paused from ``paused_at`` until ``resumes_at``, where one is set."""

    __tablename__ = "participations"
    __table_args__ = (
        sa.UniqueConstraint("recipient_id", "campaign_id"),
        sa.Index("ix_participations_campaign", "campaign_id", "recipient_id"),
        sa.Index(
            "ix_participations_resumes_at",
            "resumes_at",
            sqlite_where=sa.text("resumes_at IS NOT NULL"),
            postgresql_where=sa.text("resumes_at IS NOT NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    recipient_id: Mapped[int] = mapped_column(sa.ForeignKey("recipients.id"))
    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaigns.id"))
    enrolled_at: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    pause_reason: Mapped[str | None] = mapped_column(sa.String(100))
    resumes_at: Mapped[datetime | None]
