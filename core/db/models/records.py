"""Uploads with the result of each row, deletes that can be undone, and the audit record."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.db.models.base import Base


class Upload(Base):
    """One Excel file taken in."""

    __tablename__ = "uploads"
    __table_args__ = (sa.Index("ix_uploads_file_hash", "file_hash"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    admin_id: Mapped[int] = mapped_column(sa.ForeignKey("admins.id"))
    organization_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organizations.id"))
    file_name: Mapped[str] = mapped_column(sa.String(255))
    file_hash: Mapped[str] = mapped_column(sa.String(64))
    created_at: Mapped[datetime]
    read: Mapped[int]
    created: Mapped[int]
    unchanged: Mapped[int]
    failed: Mapped[int]
    warnings: Mapped[int]
    notes: Mapped[list[Any]] = mapped_column(sa.JSON, default=list)
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[int | None] = mapped_column(sa.ForeignKey("admins.id"))
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class UploadRow(Base):
    """The result of one row; ``row`` is its number in the sheet, counted from 1.

    ``given`` holds the cells as the file gave them, so that a failed row can be corrected; it goes with the
    personal data. A failed row has no recipient, but may be about one: ``about_id`` links it, and until then
    ``phone_key`` finds it, its number as E.164 or, where it is none, its digits. A reason that names somebody is
    kept without the name, as ``{"code": …}``.
    """

    __tablename__ = "upload_rows"
    __table_args__ = (
        sa.Index(
            "ix_upload_rows_about",
            "about_id",
            sqlite_where=sa.text("about_id IS NOT NULL"),
            postgresql_where=sa.text("about_id IS NOT NULL"),
        ),
        sa.Index(
            "ix_upload_rows_recipient",
            "recipient_id",
            sqlite_where=sa.text("recipient_id IS NOT NULL"),
            postgresql_where=sa.text("recipient_id IS NOT NULL"),
        ),
        sa.Index(
            "ix_upload_rows_phone",
            "phone_key",
            sqlite_where=sa.text("phone_key IS NOT NULL"),
            postgresql_where=sa.text("phone_key IS NOT NULL"),
        ),
    )
    upload_id: Mapped[int] = mapped_column(sa.ForeignKey("uploads.id"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)
    result: Mapped[str] = mapped_column(sa.String(16))
    recipient_id: Mapped[int | None] = mapped_column(sa.ForeignKey("recipients.id"))
    given: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    reasons: Mapped[list[Any]] = mapped_column(sa.JSON, default=list)
    warnings: Mapped[list[Any]] = mapped_column(sa.JSON, default=list)
    about_id: Mapped[int | None] = mapped_column(sa.ForeignKey("recipients.id"))
    phone_key: Mapped[str | None] = mapped_column(sa.String(16))


class HeaderMapping(Base):
    """What an organization's admins have said of headers that are not known: which field each is.

    ``digest`` is that of the set of headers; ``mapping`` says of some, by their keys, which field they are.
    """

    __tablename__ = "header_mappings"
    __table_args__ = (
        sa.UniqueConstraint(
            "organization_id", "digest", name="uq_header_mappings_organization_id_digest"
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"))
    digest: Mapped[str] = mapped_column(sa.String(64))
    mapping: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    used_at: Mapped[datetime]


class Deletion(Base):
    """One delete of recipients: who, when. They name it until they are restored or erased.

    ``upload_id`` tells that it undid this upload; ``undone_at``, that it was taken back as a whole, though some
    may have had to stay.
    """

    __tablename__ = "deletions"
    __table_args__ = (sa.Index("ix_deletions_admin", "admin_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    admin_id: Mapped[int | None] = mapped_column(sa.ForeignKey("admins.id"))
    upload_id: Mapped[int | None] = mapped_column(sa.ForeignKey("uploads.id"))
    created_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class _Recorded:
    """What both kinds of records have; the hash covers all of it, and the hash of the record before."""

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    admin_id: Mapped[int | None] = mapped_column(sa.ForeignKey("admins.id"))
    account: Mapped[str] = mapped_column(sa.String(64))
    client: Mapped[str] = mapped_column(sa.String(64), default="")
    action: Mapped[str] = mapped_column(sa.String(48))
    organization_id: Mapped[int | None]
    subject: Mapped[str] = mapped_column(sa.String(32))
    subject_id: Mapped[int | None]
    details: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)


class AuditRecord(_Recorded, Base):
    """Who did what to what, when; each record carries the hash of the one before. No personal data but IDs."""

    __tablename__ = "audit_records"
    __table_args__ = (
        sa.Index("ix_audit_records_subject", "subject", "subject_id"),
        sa.Index("ix_audit_records_at", "at"),
    )
    previous_hash: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64))


class Forwarded(Base):
    """Up to which number the records of a chain were taken by the host's syslog."""

    __tablename__ = "forwarded"
    chain: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    number: Mapped[int]
    at: Mapped[datetime]


class AccessRecord(_Recorded, Base):
    """Who looked at what, when. No personal data but IDs.

    ``key`` is its name in the spool that it came from, so that it is taken in once (None on PostgreSQL, where
    there is none). ``place`` is its place in the chain, with the hashes; None until it is chained.
    """

    __tablename__ = "access_records"
    __table_args__ = (
        sa.Index("ix_access_records_subject", "subject", "subject_id"),
        sa.Index("ix_access_records_at", "at"),
        # with all that the review of a month counts, so that it reads no row
        sa.Index(
            "ix_access_records_action", "action", "at", "admin_id", "organization_id", "subject_id"
        ),
        sa.Index("uq_access_records_key", "key", unique=True),
        sa.Index("uq_access_records_place", "place", unique=True),
    )
    key: Mapped[str | None] = mapped_column(sa.String(32))
    place: Mapped[int | None]
    previous_hash: Mapped[str | None] = mapped_column(sa.String(64))
    hash: Mapped[str | None] = mapped_column(sa.String(64))
