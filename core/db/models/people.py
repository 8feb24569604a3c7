"""Organizations, admins and recipients."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.db.models.base import Base
from core.recipients.fields import FIELDS, NO_CHANGE, NO_VALUE, FieldName
from core.values.times import NEVER


class Organization(Base):
    """The body responsible for a recipient."""

    __tablename__ = "organizations"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(100))
    # caseless, a character may become three
    name_key: Mapped[str] = mapped_column(sa.String(300), unique=True)
    timezone: Mapped[str | None] = mapped_column(sa.String(64))
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class Admin(Base):
    """A user of the console. ``account`` is the OS account that acts as this admin.

    ``source`` names the calling system that an admin with the role ``ingest`` is.
    """

    __tablename__ = "admins"
    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(sa.String(64), unique=True)
    account: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    name: Mapped[str] = mapped_column(sa.String(40), default="")
    role: Mapped[str] = mapped_column(sa.String(16))
    organization_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organizations.id"))
    disabled_at: Mapped[datetime | None]
    preferences: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict, deferred=True)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    source: Mapped[str] = mapped_column(sa.String(40), default="", server_default="")
    __mapper_args__ = {"version_id_col": version}


class Recipient(Base):
    """A person who is phoned.

    The columns from ``status`` on are kept up to date from participations and calls by the services, so that a
    million rows can be sorted and filtered by them; see ``docs/adr/0004-list.md``. The metrics are those of the
    last 3 months and hold until ``metrics_until``, when the oldest of their calls falls out.
    ``change`` is ``core.trends.rules.Change.kept`` and holds until ``change_until``.
    """

    __tablename__ = "recipients"
    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"))
    name: Mapped[str] = mapped_column(sa.String(20))
    phone: Mapped[str] = mapped_column(sa.String(16))
    other_information: Mapped[str] = mapped_column(sa.String(30), default="")
    search_text: Mapped[str] = mapped_column(sa.String(240))
    registered_at: Mapped[datetime]
    upload_id: Mapped[int | None] = mapped_column(sa.ForeignKey("uploads.id"))
    deleted_at: Mapped[datetime | None]
    deletion_id: Mapped[int | None] = mapped_column(sa.ForeignKey("deletions.id"))
    version: Mapped[int] = mapped_column(default=1)

    status: Mapped[int] = mapped_column(sa.SmallInteger, default=0, server_default="0")
    campaign_id: Mapped[int | None] = mapped_column(sa.ForeignKey("campaigns.id"))
    last_call_at: Mapped[datetime] = mapped_column(
        default=NEVER, server_default="1970-01-01 00:00:00.000000"
    )
    last_analysis: Mapped[str | None] = mapped_column(sa.String(16))
    unanswered_streak: Mapped[int] = mapped_column(sa.SmallInteger, default=0, server_default="0")
    total_calls: Mapped[int] = mapped_column(default=0, server_default="0")
    connection_rate: Mapped[float] = mapped_column(default=NO_VALUE, server_default="-1")
    completion_rate: Mapped[float] = mapped_column(default=NO_VALUE, server_default="-1")
    answer_length: Mapped[float] = mapped_column(default=NO_VALUE, server_default="-1")
    call_duration: Mapped[float] = mapped_column(default=NO_VALUE, server_default="-1")
    metrics_until: Mapped[datetime | None]
    change: Mapped[int] = mapped_column(default=NO_CHANGE, server_default="-1")
    change_until: Mapped[datetime | None]

    __mapper_args__ = {"version_id_col": version}


def _listed(name: str, *columns: Any, unique: bool = False, where: Any = None) -> sa.Index:
    not_deleted: Any = Recipient.deleted_at.is_(None)
    listed = not_deleted if where is None else sa.and_(not_deleted, where)
    return sa.Index(name, *columns, unique=unique, sqlite_where=listed, postgresql_where=listed)


# The number first: it finds whoever has it, and is the order of the list by numbers, without another index.
_listed("uq_recipients_phone", Recipient.phone, Recipient.organization_id, unique=True)
_listed(
    "ix_recipients_organization", Recipient.organization_id, Recipient.registered_at, Recipient.id
)
for _field in FIELDS:
    if _field.index and _field.name is not FieldName.PHONE:
        _listed(_field.index, getattr(Recipient, _field.stored_in), Recipient.id)
for _name, _column in (
    ("of_organization", Recipient.organization_id),
    ("campaign", Recipient.campaign_id),
    ("streak", Recipient.unanswered_streak),
):
    _listed(f"ix_recipients_{_name}", _column, Recipient.id)
# Only for filters, so without those that no filter asks for: new recipients cost nothing here.
_listed(
    "ix_recipients_analysis",
    Recipient.last_analysis,
    Recipient.id,
    where=Recipient.last_analysis.is_not(None),
)
# What was deleted and can be restored: all of it, and an organization's, the latest delete last.
for _name, _columns in (
    ("deleted", (Recipient.deletion_id, Recipient.id)),
    ("deleted_of", (Recipient.organization_id, Recipient.deletion_id, Recipient.id)),
):
    sa.Index(
        f"ix_recipients_{_name}",
        *_columns,
        sqlite_where=Recipient.deletion_id.is_not(None),
        postgresql_where=Recipient.deletion_id.is_not(None),
    )
sa.Index(
    "ix_recipients_metrics_until",
    Recipient.metrics_until,
    sqlite_where=Recipient.metrics_until.is_not(None),
    postgresql_where=Recipient.metrics_until.is_not(None),
)
sa.Index(
    "ix_recipients_change_until",
    Recipient.change_until,
    sqlite_where=Recipient.change_until.is_not(None),
    postgresql_where=Recipient.change_until.is_not(None),
)
sa.Index(
    "ix_recipients_upload",
    Recipient.upload_id,
    sqlite_where=Recipient.upload_id.is_not(None),
    postgresql_where=Recipient.upload_id.is_not(None),
)
