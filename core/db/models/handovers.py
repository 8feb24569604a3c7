"""Hand-overs: what one shift left to the next."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.db.models.base import Base


class Handover(Base):
    """What a shift of an organization left, and who took it over. ``number`` counts the organization's.

    ``report`` is what there was when it was signed: numbers, times and IDs, and no name, so that whoever is erased
    is gone from it too.
    """

    __tablename__ = "handovers"
    __table_args__ = (
        sa.UniqueConstraint("organization_id", "number", name="uq_handovers_number"),
        sa.Index("ix_handovers_signed_at", "signed_at"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"))
    number: Mapped[int]
    since: Mapped[datetime]
    signed_at: Mapped[datetime]
    signed_by: Mapped[int] = mapped_column(sa.ForeignKey("admins.id"))
    text: Mapped[str] = mapped_column(sa.Text, default="")
    report: Mapped[list[Any]] = mapped_column(sa.JSON, default=list)
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("admins.id"))
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}
