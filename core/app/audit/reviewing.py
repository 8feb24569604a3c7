"""What the records of a month come to: who came in from where, looked at how many, took what, was refused.

Each admin is compared with nobody but itself, in the three months before (``rules``). Nothing here depends on when
it is asked, so that the figures of a month have one hash. It is read day by day, in many short transactions: who
reads for long keeps others from saving. For days before the first record and after the last one nobody is asked.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from core.app.actor import CONSOLE, Actor
from core.app.audit import rules, trail
from core.app.audit.dto import (
    BusyDay,
    Ended,
    Figures,
    Left,
    Looked,
    OutOfHours,
    RefusedTries,
    Signature,
    SignIns,
)
from core.app.audit.queries import seen_by
from core.app.audit.rules import Month
from core.db.models import AccessRecord, Admin, AuditRecord
from core.values.hours import parse_hours

SIGNED = "review.sign"
SUBJECT = "review"
_OPENED = ("look.details", "look.conversation")
# what takes something along, or shows what is not shown by itself
_TAKING = (".download", ".export", ".reveal", ".copy", ".play", ".read", ".make")
_PRINTING = ("look.list",)  # an export is among what is taken
_TIMERS = ("tick",)  # comes day and night, and shows nothing of anybody
_HERE = ("", "127.0.0.1", "::1")
_Key = tuple[Any, ...]
Reading = Callable[[], AbstractAsyncContextManager[tuple[AsyncSession, Actor]]]


class Reviewing:
    """The records of one month, as far as the actor sees them; ``reading`` opens a session that only reads."""

    def __init__(
        self, reading: Reading, actor: Actor, month: Month, zone: ZoneInfo, hours: str
    ) -> None:
        self._reading = reading
        self._actor = actor
        self.month = month
        self.zone = zone
        self._written_hours = hours
        self._since, self._until = month.begin(zone), month.plus(1).begin(zone)
        self._before = month.plus(-rules.MONTHS_BEFORE).begin(zone)
        self._logins: Mapping[int, str] = {}
        self._kept: dict[Any, tuple[datetime, datetime] | None] = {}

    async def figures(self) -> Figures:
        """All of it."""
        self._logins = {
            row.id: row.login for row in await self._rows(sa.select(Admin.id, Admin.login))
        }
        for model in (AccessRecord, AuditRecord):
            self._kept[model] = await self._first_and_last(model)
        sign_ins, out_of_hours = await self._sign_ins()
        return Figures(
            month=str(self.month),
            since=self._since,
            until=self._until,
            timezone=self.zone.key,
            organization_id=self._actor.organization_id,
            working_hours=self._written_hours,
            sign_ins=sign_ins,
            out_of_hours=out_of_hours,
            looked=await self._looked(),
            left=await self._left(),
            refused=await self._refused(),
            ended=await self._ended(),
        )

    async def _rows(self, select: Any) -> Sequence[Any]:
        async with self._reading() as (session, _actor):
            found: Sequence[Any] = (await session.execute(select)).all()
            return found

    def _login(self, admin_id: int | None) -> str:
        return self._logins.get(admin_id or 0, "")

    def _of(self, model: Any, since: datetime, until: datetime) -> list[sa.ColumnElement[bool]]:
        return [*seen_by(self._actor, model), model.at >= since, model.at < until]

    async def _first_and_last(self, model: Any) -> tuple[datetime, datetime] | None:
        """When the first and the last record was made of all that is compared; None where there is none."""
        first, last = (
            sa.select(end).where(model.at >= self._before, model.at < self._until).scalar_subquery()
            for end in (sa.func.min(model.at), sa.func.max(model.at))
        )
        [found] = await self._rows(sa.select(first, last))
        return None if found[0] is None else (found[0], found[1])

    def _days(self, model: Any, month: Month) -> Iterator[tuple[date, datetime, datetime]]:
        """The days of the month on which there may be records."""
        if (kept := self._kept[model]) is None:
            return
        first, last = kept
        for day, since, until in month.days(self.zone):
            if since <= last and first < until:
                yield day, since, until

    async def _each(self, model: Any, *which: sa.ColumnElement[bool]) -> AsyncIterator[Any]:
        """The records of the month that meet the conditions."""
        columns = (
            model.at, model.admin_id, model.account, model.client, model.action,
            model.subject, model.subject_id, model.details,
        )  # fmt: skip
        for _day, since, until in self._days(model, self.month):
            select = sa.select(*columns).where(*self._of(model, since, until), *which)
            for row in await self._rows(select.order_by(model.at, model.id)):
                yield row

    async def _sign_ins(self) -> tuple[list[SignIns], list[OutOfHours]]:
        hours, known = parse_hours(self._written_hours), await self._known_addresses()
        counts: dict[_Key, Counter[str]] = defaultdict(Counter)
        late: dict[_Key, list[datetime]] = defaultdict(list)
        async for row in self._each(AccessRecord, AccessRecord.action == "session.begin"):
            doing = str(row.details.get("doing", ""))
            key = (self._login(row.admin_id), _address(row.client, row.details.get("client")))
            counts[key]["console" if doing == CONSOLE else "commands"] += 1
            counts[key]["new"] += (row.admin_id, key[1]) not in known
            if doing not in _TIMERS and not hours.hold(row.at.astimezone(self.zone)):
                counts[key]["late"] += 1
                late[(*key, doing)].append(row.at)
        sign_ins = [
            SignIns(admin, address, one["console"], one["commands"], one["late"], one["new"] > 0)
            for (admin, address), one in sorted(counts.items())
        ]
        out_of_hours = [
            OutOfHours(admin, address, doing, len(moments), min(moments), max(moments))
            for (admin, address, doing), moments in sorted(late.items())
        ]
        return sign_ins, out_of_hours

    async def _known_addresses(self) -> set[tuple[int | None, str]]:
        told = AccessRecord.details["client"].as_string()
        select = sa.select(AccessRecord.admin_id, AccessRecord.client, told).distinct()
        which = self._of(AccessRecord, self._before, self._since)
        found = await self._rows(select.where(*which, AccessRecord.action == "session.begin"))
        return {(admin_id, _address(client, said)) for admin_id, client, said in found}

    async def _looked(self) -> list[Looked]:
        months = [self.month.plus(-back) for back in range(rules.MONTHS_BEFORE, 0, -1)]
        each = [
            await self._people(one.begin(self.zone), one.plus(1).begin(self.zone)) for one in months
        ]
        now = await self._people(self._since, self._until)
        days: dict[int, list[int]] = defaultdict(list)
        for month in months:
            for _day, since, until in self._days(AccessRecord, month):
                for admin_id, people in (await self._people(since, until)).items():
                    days[admin_id].append(people)
        busy: dict[int, list[BusyDay]] = defaultdict(list)
        for day, since, until in self._days(AccessRecord, self.month):
            for admin_id, people in (await self._people(since, until)).items():
                busy[admin_id].append(BusyDay(day, people))
        return sorted(
            (
                self._against_itself(
                    admin_id, people, [one.get(admin_id, 0) for one in each],
                    days.get(admin_id, []), busy[admin_id],
                )
                for admin_id, people in now.items()
            ),
            key=lambda one: one.admin,
        )  # fmt: skip

    def _against_itself(
        self,
        admin_id: int,
        people: int,
        before: Sequence[int],
        days: Sequence[int],
        busy: Sequence[BusyDay],
    ) -> Looked:
        usual = rules.usual_in_a_day(days)
        return Looked(
            admin=self._login(admin_id),
            people=people,
            before=before,
            days_before=len(days),
            usual=usual,
            usual_month=None if usual is None else rules.usual_in_a_month(before),
            busiest=max(busy, key=lambda one: one.people),
            unusual=[one for one in busy if usual is not None and one.people > usual],
        )

    async def _people(self, since: datetime, until: datetime) -> dict[int, int]:
        """Of how many people each admin opened something meanwhile."""
        select = sa.select(AccessRecord.admin_id, sa.func.count(AccessRecord.subject_id.distinct()))
        which = (
            AccessRecord.action.in_(_OPENED),
            AccessRecord.admin_id.is_not(None),
            *self._of(AccessRecord, since, until),
        )
        found = await self._rows(select.where(*which).group_by(AccessRecord.admin_id))
        return {one: people for one, people in found if one is not None}

    async def _left(self) -> list[Left]:
        times: Counter[_Key] = Counter()
        counted: Counter[_Key] = Counter()
        people: dict[_Key, set[int]] = defaultdict(set)
        taking = sa.or_(*(AuditRecord.action.endswith(end) for end in _TAKING))
        for model, which in (
            (AuditRecord, taking),
            (AccessRecord, AccessRecord.action.in_(_PRINTING)),
        ):
            async for row in self._each(model, which):
                reason = str(row.details.get("reason", ""))
                what = f"{row.action} {row.details.get('command', '')}".rstrip()
                key = (self._login(row.admin_id) or row.account, what, reason)
                times[key] += 1
                if row.subject == "recipient" and row.subject_id is not None:
                    people[key].add(row.subject_id)
                    continue
                count = row.details.get("count", row.details.get("people"))
                counted[key] += count if isinstance(count, int) else trail.count(row.details)
        return [
            Left(key[0], key[1], times[key], counted[key] + len(people[key]), key[2])
            for key in sorted(times)
        ]

    async def _refused(self) -> list[RefusedTries]:
        found: Counter[_Key] = Counter()
        async for row in self._each(AuditRecord, AuditRecord.action == "refused"):
            address = _address(row.client, row.details.get("client"))
            tried = str(row.details.get("tried", ""))
            found[(self._login(row.admin_id), row.account, address, tried)] += 1
        return [
            RefusedTries(admin, account, address, tried, times)
            for (admin, account, address, tried), times in sorted(found.items())
        ]

    async def _ended(self) -> list[Ended]:
        found: Counter[_Key] = Counter()
        async for row in self._each(AccessRecord, AccessRecord.action == "session.end"):
            found[(self._login(row.admin_id), str(row.details.get("how", "")))] += 1
        return [Ended(admin, how, sessions) for (admin, how), sessions in sorted(found.items())]

    async def signed(self) -> list[Signature]:
        """Who has signed the month, the first one first."""
        select = (
            sa.select(AuditRecord.at, Admin.login, AuditRecord.organization_id, AuditRecord.details)
            .join(Admin, Admin.id == AuditRecord.admin_id)
            .where(*seen_by(self._actor, AuditRecord), *_signed(self.month))
            .order_by(AuditRecord.id)
        )
        return [
            Signature(
                row.at,
                row.login,
                row.organization_id,
                str(row.details.get("text", "")),
                str(row.details.get("figures", "")),
            )
            for row in await self._rows(select)
        ]


def hash_of(figures: Figures) -> str:
    """SHA-256 over the figures in canonical JSON, in hex."""
    return hashlib.sha256(trail.canonical(msgspec.to_builtins(figures)).encode()).hexdigest()


async def missing(session: AsyncSession, moment: datetime, zone: ZoneInfo) -> list[Month]:
    """The whole months with accesses that nobody has signed, the first one first; as far as the session sees.

    A month is signed by who sees all of it, or by somebody of each organization with accesses in it.
    """
    first = await session.scalar(sa.select(sa.func.min(AccessRecord.at)))
    found = []
    month = rules.month_of(first or moment, zone)
    while month < rules.month_of(moment, zone):
        whose = sa.select(AccessRecord.organization_id).distinct()
        within = (AccessRecord.at >= month.begin(zone), AccessRecord.at < month.plus(1).begin(zone))
        accesses = set(await session.scalars(whose.where(*within)))
        signed = set(
            await session.scalars(
                sa.select(AuditRecord.organization_id).distinct().where(*_signed(month))
            )
        )
        if accesses and None not in signed and not accesses <= signed:
            found.append(month)
        month = month.plus(1)
    return found


def _signed(month: Month) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        AuditRecord.subject == SUBJECT,
        AuditRecord.subject_id == month.subject_id,
        AuditRecord.action == SIGNED,
    )


def _address(seen: str, told: Any) -> str:
    """Where somebody came from: as the server saw it, and what the console says, where that is another."""
    if not isinstance(told, str) or not told:
        return seen
    return told if seen in _HERE else f"{told} via {seen}"
