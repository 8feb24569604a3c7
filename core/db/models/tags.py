"""Tags, and who has which."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.db.models.base import Base


class Tag(Base):
    """A word that an organization gives its recipients. ``name_key`` is how it is searched and compared."""

    __tablename__ = "tags"
    __table_args__ = (
        sa.Index("uq_tags_name", "organization_id", "name_key", unique=True),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"))
    name: Mapped[str] = mapped_column(sa.String(20))
    name_key: Mapped[str] = mapped_column(sa.String(80))
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class RecipientTag(Base):
    """A tag that a recipient has."""

    __tablename__ = "recipient_tags"
    __table_args__ = (sa.Index("ix_recipient_tags_recipient", "recipient_id"),)
    tag_id: Mapped[int] = mapped_column(sa.ForeignKey("tags.id"), primary_key=True)
    recipient_id: Mapped[int] = mapped_column(sa.ForeignKey("recipients.id"), primary_key=True)
