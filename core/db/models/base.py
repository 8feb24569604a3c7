"""What all mapped classes share: names of constraints, and times kept as UTC."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase

from core.values.times import UNREADABLE

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


_UTC = "+00:00"


class UtcDateTime(sa.TypeDecorator[datetime]):
    """A moment, stored as UTC. SQLite would give it back without its zone; a naive one is refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def result_processor(self, dialect: Any, coltype: Any) -> Callable[[Any], Any]:
        """What gives a stored moment back; one that cannot be read stops no list."""
        read = super().result_processor(dialect, coltype)

        def readable(value: Any) -> Any:
            try:
                return read(value) if read else value
            except (ValueError, TypeError):
                return UNREADABLE

        def from_text(value: Any) -> Any:
            if value is None:
                return None
            try:
                return datetime.fromisoformat(value + _UTC)
            except (ValueError, TypeError):
                return readable(value)

        # most of what a page of a list takes goes into its times
        return from_text if dialect.name == "sqlite" else readable

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """UTC for the driver."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """UTC with its zone."""
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """The metadata of every table."""

    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map = {
        datetime: UtcDateTime(),
        # an ID or a counter never runs out; SQLite's own integers have 64 bits, and its row IDs want this name
        int: sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
    }
