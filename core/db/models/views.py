"""Views: kept queries of the list."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.db.models.base import Base

_OWN = sa.text("organization_id IS NULL AND deleted_at IS NULL")
_SHARED = sa.text("organization_id IS NOT NULL AND deleted_at IS NULL")


class View(Base):
    """A search, filter and order of the list with a name: an admin's own, or an organization's.

    ``admin_id`` is who made it. ``query`` is what ``core.recipients.kept_query`` keeps. A deleted one can be
    restored until it is erased; until then its name is free.
    """

    __tablename__ = "views"
    __table_args__ = (
        sa.Index(
            "uq_views_own",
            "admin_id",
            "name_key",
            unique=True,
            sqlite_where=_OWN,
            postgresql_where=_OWN,
        ),
        sa.Index(
            "uq_views_shared",
            "organization_id",
            "name_key",
            unique=True,
            sqlite_where=_SHARED,
            postgresql_where=_SHARED,
        ),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    admin_id: Mapped[int] = mapped_column(sa.ForeignKey("admins.id"))
    organization_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organizations.id"))
    name: Mapped[str] = mapped_column(sa.String(40))
    # caseless, a character may become three
    name_key: Mapped[str] = mapped_column(sa.String(120))
    query: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}
