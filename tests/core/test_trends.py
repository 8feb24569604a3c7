"""How calls change: what is compared, what the list shows of it, and what time brings."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from core.app.audit.dto import AuditFilter
from core.calls import metrics
from core.db.engine import Database
from core.db.models import Call, Recipient
from core.recipients.dto import RecipientQuery
from core.recipients.fields import FieldName
from core.recipients.texts import change as told
from core.storage import maintenance
from core.trends import rules
from core.trends.rules import LEAST, Change, Measure, Sums, change, holds_until, periods, weeks
from core.values.errors import NotFound
from core.values.roles import Role
from core.values.times import now
from tests import postgresql
from tests.deliveries import call, deliver, small_world, unanswered
from tests.factories import make_services, make_settings
from tests.older import make_older

SEOUL = ZoneInfo("Asia/Seoul")
_FEW = st.integers(0, 12)


@st.composite
def sums(draw):
    calls = draw(_FEW)
    connected = draw(st.integers(0, calls))
    answers = draw(st.integers(0, connected * 5)) if connected else 0
    analysed = draw(st.integers(0, connected))
    return Sums(
        calls, connected, draw(st.integers(0, connected)), answers, answers * draw(_FEW),
        connected * draw(st.integers(0, 90_000)), analysed, draw(st.integers(0, analysed)),
    )  # fmt: skip


@pytest.fixture
async def world(tmp_path):
    made = await make_services(tmp_path)
    await small_world(made)
    yield made
    await made.close()


def days_ago(days: float) -> str:
    return (now() - timedelta(days=days)).isoformat()


def said(text: str) -> list[dict[str, object]]:
    return [{"at_s": 1.0, "speaker": "recipient", "text": text}]


async def four_weeks_each(world, phone=None, *, before: str, recent: str, name: str) -> None:
    more = {"recipient_phone": phone} if phone else {}
    await deliver(
        world,
        *(
            call(f"{name}-{days}", started_at=days_ago(days), utterances=said(words), **more)
            for days, words in [(33 + at, before) for at in range(5)]
            + [(3 + at, recent) for at in range(5)]
        ),
    )


@given(recent=sums(), before=sums())
def test_what_is_told_is_the_worst_and_only_of_enough_calls(recent: Sums, before: Sums) -> None:
    found = change(recent, before)
    if min(recent.calls, before.calls) < LEAST:
        assert found is None
        return
    percents = {one: rules.percent_of(one, recent, before) for one in Measure}
    compared = {one: percent for one, percent in percents.items() if percent is not None}
    if found is None:
        assert not compared
    elif found.is_worse:
        assert found.percent == min(compared.values())
        assert compared[found.measure] == found.percent
    else:
        assert all(percent > 80 for percent in compared.values())
    if found is not None:
        assert Change.read(found.kept) == found
        assert (found.kept <= rules.GETTING_WORSE) == found.is_worse


@given(
    st.integers(0, 1_051_200).map(
        lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
    st.sampled_from(["Asia/Seoul", "Europe/Berlin"]),
)
def test_weeks_end_with_today_and_periods_begin_with_weeks(moment: datetime, name: str) -> None:
    zone = ZoneInfo(name)
    days = weeks(moment, zone)
    assert len(days) == 12
    assert days[-1] + timedelta(days=6) == moment.astimezone(zone).date()
    before, recent = periods(moment, zone)
    assert [one.astimezone(zone).date() for one in (before, recent)] == [days[-8], days[-4]]
    until = holds_until(before, moment, zone)
    assert until > moment
    assert periods(until, zone)[0] > before


@pytest.mark.parametrize(
    ("before", "recent", "told"),
    [(100, 80, 80), (100, 81, None), (80, 100, 125), (81, 100, None), (50, 0, 0)],
)
def test_a_fifth_less_is_for_the_worse_and_a_quarter_more_for_the_better(
    before: int, recent: int, told: int | None
) -> None:
    found = change(Sums(calls=100, connected=recent), Sums(calls=100, connected=before))
    assert found == (Change(None, 100) if told is None else Change(Measure.CONNECTED, told))


def test_what_is_kept_of_a_change_stays_what_it_was() -> None:
    kept = [Change(measure, 60).kept for measure in Measure]
    assert (kept, rules.GETTING_WORSE) == ([601, 602, 603, 604, 605], 805)
    assert Sums.of([None] * len(Sums.__struct_fields__)) == Sums(*[0] * len(Sums.__struct_fields__))


def test_a_change_is_said_against_before_down_to_nothing_at_all() -> None:
    told = {percent: rules.words(Change(Measure.CONNECTED, percent)) for percent in (0, 40, 140)}
    assert {percent: words.split()[1] for percent, words in told.items()} == {
        0: "−100%",
        40: "−60%",
        140: "+40%",
    }
    assert rules.signed(100) == "0%"


async def test_the_list_says_what_has_changed_and_sorts_the_worst_first(world):
    body = (await world.services.recipients.get(world.system, 1)).organization_id
    better = await world.recipient(body, "박나아", "+821022223333")
    await world.recipient(body, "이없음")
    await four_weeks_each(world, before="네, 오늘은 잘 잤습니다.", recent="네.", name="a")
    await four_weeks_each(world, better.phone, before="네.", recent="네, 잘 잤어요.", name="b")
    query = RecipientQuery(sort=FieldName.CHANGE, descending=False)
    rows = [row for row, _ in await world.services.recipients.window(world.system, query)]
    assert [(row.name, told(row.change)) for row in rows] == [
        ("김영희", "answers −86% in 4 weeks"),
        ("박나아", "answers +350% in 4 weeks"),
        ("이없음", ""),
    ]
    trend = await world.services.trends.of_recipient(world.system, 1)
    assert trend.change == rows[0].change
    assert (trend.recent.calls, trend.before.calls) == (5, 5)
    assert sum(week.sums.calls for week in trend.weeks) == 10


async def test_time_alone_changes_it(world):
    await four_weeks_each(world, before="네, 오늘은 잘 잤습니다.", recent="네.", name="a")
    async with world.database.transaction() as session:
        await session.execute(sa.update(Call).values(started_at=now() - timedelta(days=100)))
        assert await session.scalar(sa.select(Recipient.change)) == 143
        await session.execute(sa.update(Recipient).values(change_until=now()))
    await world.services.run_upkeep()
    row = await world.services.recipients.get(world.system, 1)
    assert row.change is None
    async with world.database.reading() as session:
        assert await session.scalar(sa.select(Recipient.change_until)) is None


async def test_the_overview_counts_the_own_organization_only(world):
    other = await world.organization("Beta")
    kim = await world.admin("kim", Role.ORGANIZATION, 1)
    lee = await world.admin("lee", Role.VIEWER, other)
    await deliver(world, call("o-1", analysis="emergency"), unanswered("o-2"))
    trend = await world.services.trends.of_organization(kim, None)
    last = trend.weeks[-1]
    assert (last.sums.calls, last.sums.connected, last.sums.emergencies) == (2, 1, 1)
    assert last.open_tasks == 1
    assert trend.weeks[-2].open_tasks == 0
    seen = await world.services.trends.of_organization(lee, None)
    assert seen.weeks[-1].sums == Sums()
    assert seen.weeks[-1].open_tasks == 0
    with pytest.raises(NotFound):
        await world.services.trends.of_organization(lee, 1)
    with pytest.raises(NotFound):
        await world.services.trends.of_recipient(lee, 1)
    assert (await world.services.trends.of_organization(world.system, None)).recent.calls == 2


async def test_looking_at_a_trend_is_recorded(world):
    kim = await world.admin("kim", Role.ORGANIZATION, 1)
    await world.services.trends.of_recipient(kim, 1)
    await world.services.run_upkeep()
    wanted = AuditFilter(access=True)
    told = [one async for one in world.services.audit.list(world.system, wanted)]
    seen = [(row.action, row.subject_id) for row in told if row.admin == "kim"]
    assert seen == [("look.trend", 1)]


@pytest.mark.sqlite
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_calls_of_an_older_database_are_compared_once_a_console_is_open(kind, tmp_path):
    url = f"sqlite+aiosqlite:///{tmp_path}/c.db" if kind == "sqlite" else postgresql.new_database()
    settings = make_settings(tmp_path, CARECALL_DATABASE=url)
    old = "'2026-01-05 01:00:00'"
    calls = ", ".join(
        f"""('c-{days}', 1, 1, 1, '{now() - timedelta(days=days):%Y-%m-%d %H:%M:%S.%f}', 60000, '{result}',
        true, 3, 30, '')"""
        for days in (*range(1, 6), *range(31, 36))
        for result in ["unanswered" if days in (1, 2, 3) else "connected"]
    )
    database = Database(url)
    await make_older(
        database,
        "0011",
        f"INSERT INTO organizations (name, name_key, created_at, version) VALUES ('a', 'a', {old}, 1)",
        f"""INSERT INTO campaigns (name, name_key, list_key, state, created_at, version)
        VALUES ('Morning', 'morning', 'morning', 'scheduled', {old}, 1)""",
        f"""INSERT INTO recipients (organization_id, name, phone, other_information, search_text, registered_at,
        version, last_call_at) VALUES (1, 'r', '+82101', '', '', {old}, 1, {old})""",
        f"""INSERT INTO calls (external_id, recipient_id, campaign_id, organization_id, started_at, duration_ms,
        result, completed, answer_count, answer_characters, content_hash) VALUES {calls}""",
    )
    await maintenance.upgrade(settings)
    await metrics.refresh_outdated(database, settings)
    async with database.reading() as session:
        [kept] = await session.scalars(sa.select(Recipient.change))
    await database.close()
    assert rules.words(Change.read(kept)) == "connected −60% in 4 weeks"
