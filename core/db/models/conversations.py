"""What finds words in conversations and memory details: see ``core.conversations.index``."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.db.models.base import Base


class ConversationGrams(Base):
    """On PostgreSQL, what is said in a call or a memory detail, as numbers of its grams.

    On SQLite it stays empty: the virtual table ``conversation_search`` is there instead.
    """

    __tablename__ = "conversation_grams"
    __table_args__ = (sa.Index("ix_conversation_grams_organization", "organization_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"))
    recipient_id: Mapped[int] = mapped_column(sa.ForeignKey("recipients.id"), index=True)
    grams: Mapped[list[int]] = mapped_column(sa.ARRAY(sa.Integer).with_variant(sa.JSON(), "sqlite"))


class ConversationFill(Base):
    """Which calls and memory details are not in the index yet: those with these IDs and all before (0: none)."""

    __tablename__ = "conversation_fill"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    call_id: Mapped[int] = mapped_column(default=0)
    memory_id: Mapped[int] = mapped_column(default=0)
