"""Keeps what the list shows of a recipient's calls in step with them, within the caller's transaction."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.db.bulk import pieces
from core.db.engine import Database
from core.db.models import NEVER, NO_VALUE, Call, Recipient
from core.trends.refreshing import refresh_changes
from core.values.settings import Settings
from core.values.times import months_before, now

WINDOW_MONTHS = 3


def _rate(part: Any, whole: Any) -> sa.ColumnElement[float]:
    return sa.func.coalesce(sa.cast(part, sa.Float) / sa.func.nullif(whole, 0), NO_VALUE)


async def refresh_metrics(
    session: AsyncSession, settings: Settings, *which: sa.ColumnElement[bool]
) -> None:
    """Recompute the metrics of the last 3 months, the last call, the unanswered streak and the change.

    For the recipients that meet the conditions. The metrics hold until the oldest call of the window leaves it.
    """
    moment = now()
    start = months_before(moment, WINDOW_MONTHS)
    connected = sa.case((Call.result == "connected", 1), else_=0)
    completed = sa.case((Call.completed, 1), else_=0)
    of_window = (
        sa.select(
            Recipient.id.label("recipient_id"),
            sa.func.count(Call.id).label("total"),
            sa.func.sum(connected).label("connected"),
            sa.func.sum(completed).label("completed"),
            sa.func.sum(Call.answer_count).label("answers"),
            sa.func.sum(Call.answer_characters).label("characters"),
            sa.func.sum(sa.case((Call.result == "connected", Call.duration_ms), else_=0)).label(
                "ms"
            ),
            sa.func.min(Call.started_at).label("oldest"),
        )
        .select_from(Recipient)
        .outerjoin(Call, sa.and_(Call.recipient_id == Recipient.id, Call.started_at >= start))
        .where(*which)
        .group_by(Recipient.id)
        .subquery()
    )
    await session.execute(
        sa.update(Recipient)
        .where(Recipient.id == of_window.c.recipient_id)
        .values(
            total_calls=of_window.c.total,
            connection_rate=_rate(of_window.c.connected, of_window.c.total),
            completion_rate=_rate(of_window.c.completed, of_window.c.total),
            answer_length=_rate(of_window.c.characters, of_window.c.answers),
            call_duration=_rate(of_window.c.ms, of_window.c.connected * 1000),
            metrics_until=of_window.c.oldest,
            last_call_at=sa.func.coalesce(_last(Call.started_at), NEVER),
            last_analysis=_last(Call.analysis, Call.result == "connected"),
            unanswered_streak=_streak(),
            version=Recipient.version,
        )
        .execution_options(synchronize_session=False)
    )
    await refresh_changes(session, settings, *which)


def _last(column: Any, *which: sa.ColumnElement[bool]) -> sa.ScalarSelect[Any]:
    return (
        sa.select(column)
        .where(Call.recipient_id == Recipient.id, *which)
        .correlate(Recipient)
        .order_by(Call.started_at.desc(), Call.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def _streak() -> sa.ScalarSelect[int]:
    answered = sa.func.coalesce(_last(Call.started_at, Call.result == "connected"), NEVER)
    return (
        sa.select(sa.func.count(Call.id))
        .where(
            Call.recipient_id == Recipient.id,
            Call.result == "unanswered",
            Call.started_at > answered,
        )
        .correlate(Recipient)
        .scalar_subquery()
    )


async def refresh_outdated(database: Database, settings: Settings, *, limit: int = 5_000) -> int:
    """Recompute the metrics of which a call has left its window; gives how many, at most ``limit``."""
    outdated = (
        sa.select(Recipient.id)
        .where(
            sa.or_(
                Recipient.metrics_until < months_before(now(), WINDOW_MONTHS),
                Recipient.change_until <= now(),
            )
        )
        .limit(limit)
    )
    async with database.reading() as session:
        ids = list(await session.scalars(outdated))
    for part in pieces(ids):
        async with database.transaction() as session:
            await refresh_metrics(session, settings, Recipient.id.in_(part))
    return len(ids)
