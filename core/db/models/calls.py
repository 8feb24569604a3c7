"""Calls and what they brought up: utterances, memory details, follow-up actions, feedback; and memos."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.db.models.base import Base

_EMERGENCY = sa.text("analysis = 'emergency'")
# an ID that was deleted is not given again, so that the audit records mean one thing for good
_NEVER_AGAIN = {"sqlite_autoincrement": True}


class Call(Base):
    """One attempt to phone a recipient.

    ``external_id`` is the calling system's own, unique within ``source`` (which calling system) and the
    organization that it was delivered for. ``voice_key`` is ``voice_file`` as paths are compared: a voice file
    belongs to the first call that was delivered with it, and to no other.
    """

    __tablename__ = "calls"
    __table_args__ = (
        sa.Index("ix_calls_recipient", "recipient_id", "started_at", "id"),
        sa.Index("ix_calls_organization", "organization_id", "started_at"),
        sa.Index(
            "ix_calls_emergency",
            "started_at",
            "recipient_id",
            sqlite_where=_EMERGENCY,
            postgresql_where=_EMERGENCY,
        ),
        sa.UniqueConstraint("external_id", "organization_id", "source"),
        sa.CheckConstraint("(voice_file IS NULL) = (voice_key IS NULL)", name="voice_file_has_key"),
        _NEVER_AGAIN,
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    external_id: Mapped[str] = mapped_column(sa.String(100))
    recipient_id: Mapped[int] = mapped_column(sa.ForeignKey("recipients.id"))
    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaigns.id"))
    started_at: Mapped[datetime]
    duration_ms: Mapped[int] = mapped_column(default=0)
    result: Mapped[str] = mapped_column(sa.String(16))
    completed: Mapped[bool] = mapped_column(default=False)
    analysis: Mapped[str | None] = mapped_column(sa.String(16))
    answer_count: Mapped[int] = mapped_column(default=0)
    answer_characters: Mapped[int] = mapped_column(default=0)
    voice_file: Mapped[str | None] = mapped_column(sa.String(255))
    content_hash: Mapped[str] = mapped_column(sa.String(64), default="")
    organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"))
    source: Mapped[str] = mapped_column(sa.String(40), default="", server_default="")
    voice_key: Mapped[str | None] = mapped_column(sa.String(765), unique=True)
    summary: Mapped[str] = mapped_column(sa.String(1_000), default="", server_default="")


class HeldDelivery(Base):
    """A line of the calling system that could not be stored, kept whole until a system admin deals with it.

    ``content`` are its bytes (of one that is too long its beginning), ``reason`` a code and ``field`` what it is
    about; ``phone`` links it to a recipient, with whom it is erased.
    """

    __tablename__ = "held_deliveries"
    __table_args__ = (
        sa.UniqueConstraint("admin_id", "source", "digest"),
        _NEVER_AGAIN,
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    received_at: Mapped[datetime]
    admin_id: Mapped[int] = mapped_column(sa.ForeignKey("admins.id"))
    source: Mapped[str] = mapped_column(sa.String(40))
    organization_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organizations.id"))
    line: Mapped[int]
    reason: Mapped[str] = mapped_column(sa.String(16))
    field: Mapped[str] = mapped_column(sa.String(100), default="")
    emergency: Mapped[bool]
    phone: Mapped[str | None] = mapped_column(sa.String(16), index=True)
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(sa.String(64))
    content: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)


class Utterance(Base):
    """Who said what, when: ``at_ms`` counts from the start of the call."""

    __tablename__ = "utterances"
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("calls.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    at_ms: Mapped[int]
    speaker: Mapped[str] = mapped_column(sa.String(16))
    text: Mapped[str] = mapped_column(sa.Text)


class MemoryDetail(Base):
    """One thing the machine remembers of a recipient.

    ``content`` is what stands now; ``newer_content`` what a later call brought up after an admin edited it,
    shown beside the edit and never over it. Reset: ``reset_at`` is set and it counts as forgotten.
    """

    __tablename__ = "memory_details"
    __table_args__ = (
        sa.Index("ix_memory_details_recipient", "recipient_id", "topic_key"),
        # without one, each call that is deleted has all of them looked through
        sa.Index("ix_memory_details_call", "call_id"),
        sa.Index(
            "ix_memory_details_newer_call",
            "newer_call_id",
            sqlite_where=sa.text("newer_call_id IS NOT NULL"),
            postgresql_where=sa.text("newer_call_id IS NOT NULL"),
        ),
        _NEVER_AGAIN,
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    recipient_id: Mapped[int] = mapped_column(sa.ForeignKey("recipients.id"))
    topic: Mapped[str] = mapped_column(sa.String(100))
    topic_key: Mapped[str] = mapped_column(sa.String(300))
    content: Mapped[str] = mapped_column(sa.Text)
    content_key: Mapped[str] = mapped_column(sa.Text)
    call_id: Mapped[int | None] = mapped_column(sa.ForeignKey("calls.id"))
    learned_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    admin_id: Mapped[int | None] = mapped_column(sa.ForeignKey("admins.id"))
    newer_content: Mapped[str | None] = mapped_column(sa.Text)
    newer_call_id: Mapped[int | None] = mapped_column(sa.ForeignKey("calls.id"))
    reset_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class MemoryVersion(Base):
    """What a memory detail said before or after a change: learned, edited, reset, learned again."""

    __tablename__ = "memory_versions"
    __table_args__ = (sa.Index("ix_memory_versions_call", "call_id"),)
    memory_id: Mapped[int] = mapped_column(sa.ForeignKey("memory_details.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    change: Mapped[str] = mapped_column(sa.String(16))
    content: Mapped[str] = mapped_column(sa.Text)
    call_id: Mapped[int | None] = mapped_column(sa.ForeignKey("calls.id"))
    admin_id: Mapped[int | None] = mapped_column(sa.ForeignKey("admins.id"))
    changed_at: Mapped[datetime]


class FollowupAction(Base):
    """What staff did about one call; at most one for each call."""

    __tablename__ = "followup_actions"
    __table_args__ = (
        sa.Index("ix_followup_actions_recipient", "recipient_id"),
        _NEVER_AGAIN,
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("calls.id"), unique=True)
    recipient_id: Mapped[int] = mapped_column(sa.ForeignKey("recipients.id"))
    admin_id: Mapped[int] = mapped_column(sa.ForeignKey("admins.id"))
    action_type: Mapped[str] = mapped_column(sa.String(32))
    details: Mapped[str] = mapped_column(sa.String(500), default="")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class Memo(Base):
    """A free note on a recipient, owned by the admin who wrote it."""

    __tablename__ = "memos"
    __table_args__ = (
        sa.Index("ix_memos_recipient", "recipient_id", "created_at"),
        _NEVER_AGAIN,
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    recipient_id: Mapped[int] = mapped_column(sa.ForeignKey("recipients.id"))
    admin_id: Mapped[int] = mapped_column(sa.ForeignKey("admins.id"))
    text: Mapped[str] = mapped_column(sa.String(500))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class Feedback(Base):
    """One admin's verdict on one call."""

    __tablename__ = "feedback"
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("calls.id"), primary_key=True)
    admin_id: Mapped[int] = mapped_column(sa.ForeignKey("admins.id"), primary_key=True)
    verdict: Mapped[str] = mapped_column(sa.String(16))
    given_at: Mapped[datetime]
