"""Whom to turn to about a recipient."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.db.models.base import Base


class Contact(Base):
    """Somebody to turn to about a recipient. ``phone`` is E.164, or the digits of a service (``119``).

    ``place`` is the order in which they are phoned, from 1; 0 only within the transaction that moves it.
    """

    __tablename__ = "contacts"
    __table_args__ = (
        sa.UniqueConstraint("recipient_id", "place"),
        sa.Index("ix_contacts_phone", "phone"),
        # an ID that was deleted is not given again, so that the audit records mean one thing for good
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    recipient_id: Mapped[int] = mapped_column(sa.ForeignKey("recipients.id"))
    place: Mapped[int] = mapped_column(sa.SmallInteger)
    relation: Mapped[str] = mapped_column(sa.String(32))
    name: Mapped[str] = mapped_column(sa.String(40), default="")
    phone: Mapped[str] = mapped_column(sa.String(16))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}
