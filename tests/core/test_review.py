"""The review of a month of records: what is told of it, against whom, who may read it, and that it was signed."""

import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

import core.app.services  # noqa: F401 - makes all use cases known
from core.app.actor import Actor
from core.app.audit import reviewing, rules, words
from core.app.audit.rules import Month
from core.app.use_case import USE_CASES
from core.db.models import AccessRecord, AuditRecord
from core.values.errors import ActionBlocked, InvalidInput, NotPermitted
from core.values.hours import USUAL, parse_hours
from core.values.roles import Role
from core.values.times import now
from tests.audit_trail import records
from tests.factories import World

SEOUL = ZoneInfo("Asia/Seoul")
NOON = datetime(2024, 10, 1, 12, tzinfo=SEOUL)  # a Tuesday
MONTH = "2024-10"


async def put(world: World, *rows: AccessRecord | AuditRecord) -> None:
    async with world.database.transaction() as session:
        session.add_all(rows)


def access(
    actor: Actor, at: datetime, action: str, subject_id: int | None = None, **details: object
) -> AccessRecord:
    client = details.pop("client", "192.0.2.7")
    return AccessRecord(
        at=at.astimezone(UTC), admin_id=actor.admin_id, account=actor.account, client=client,
        action=action, organization_id=details.pop("of", actor.organization_id),
        subject="recipient" if action.startswith("look") else "admin", subject_id=subject_id, details=details,
    )  # fmt: skip


def looks(actor: Actor, day: datetime, people: int, first: int = 1) -> list[AccessRecord]:
    made = [access(actor, day, "look.details", first + at) for at in range(people)]
    # the same person again is one
    return [*made, access(actor, day, "look.conversation", first)]


def days_before(actor: Actor, people: list[int]) -> list[AccessRecord]:
    found = []
    for at, count in enumerate(people):
        found += looks(actor, NOON - timedelta(days=3 * at + 2), count)
    return found


@pytest.fixture
async def kim(world: World) -> Actor:
    return await world.admin("kim", Role.ORGANIZATION, await world.organization())


async def test_who_came_in_when_from_where_and_how_it_ended(world: World, kim: Actor) -> None:
    begin, night = "session.begin", NOON.replace(hour=3)
    await put(
        world,
        access(kim, NOON - timedelta(days=40), begin, doing="console"),
        access(kim, NOON, begin, doing="console"),
        access(kim, NOON, begin, doing="upload"),
        access(kim, night, begin, doing="console"),
        access(kim, night + timedelta(days=1), begin, doing="console"),
        access(kim, NOON, begin, client="198.51.100.9", doing="console"),
        access(kim, NOON + timedelta(days=4), begin, client="10.0.0.5", doing="download"),
        access(kim, NOON, "session.end", how="idle"),
        access(kim, NOON, "session.end", how="killed"),
        # the first moment of the next month there is none of this one
        access(kim, datetime(2024, 11, 1, tzinfo=SEOUL), begin, doing="console"),
    )
    figures = (await world.services.audit.review(world.system, MONTH)).figures
    assert [
        (one.admin, one.address, one.console, one.commands, one.out_of_hours, one.is_new)
        for one in figures.sign_ins
    ] == [
        ("kim", "10.0.0.5", 0, 1, 1, True),  # a Saturday
        ("kim", "192.0.2.7", 3, 1, 2, False),
        ("kim", "198.51.100.9", 1, 0, 0, True),
    ]
    late = figures.out_of_hours[1]
    assert (late.doing, late.times, late.first, late.last) == (
        "console", 2, night, night + timedelta(days=1),
    )  # fmt: skip
    assert [(one.how, one.sessions) for one in figures.ended] == [("idle", 1), ("killed", 1)]


async def test_everybody_is_compared_with_the_own_three_months_before(
    world: World, kim: Actor
) -> None:
    lee = await world.admin("lee", Role.ORGANIZATION, kim.organization_id)
    new = await world.admin("new", Role.VIEWER, kim.organization_id)
    await put(
        world,
        *days_before(kim, [4, 5, 6] * 5),
        *days_before(lee, [40, 50, 60] * 5),
        *(one for actor in (kim, lee, new) for one in looks(actor, NOON, 45, first=100)),
        *looks(kim, NOON + timedelta(days=1), 6),
    )
    found = (await world.services.audit.review(world.system, MONTH)).figures.looked
    told = {
        one.admin: (one.people, one.usual, [(day.day.day, day.people) for day in one.unusual])
        for one in found
    }
    assert told == {
        "kim": (51, 16, [(1, 45)]),
        "lee": (45, 120, []),
        "new": (45, None, []),
    }
    by_admin = {one.admin: one for one in found}
    assert by_admin["kim"].before == [0, 6, 6]
    assert (by_admin["kim"].is_unusual_month, by_admin["lee"].is_unusual_month) == (True, False)
    assert by_admin["new"].busiest.people == 45


async def test_what_was_taken_and_why_and_what_was_refused(world: World, kim: Actor) -> None:
    def change(action: str, subject_id: int | None = None, **details: object) -> AuditRecord:
        return AuditRecord(
            at=NOON.astimezone(UTC), admin_id=kim.admin_id, account=kim.account, client="192.0.2.7",
            action=action, organization_id=kim.organization_id, subject="recipient",
            subject_id=subject_id, details=details, previous_hash="", hash="",
        )  # fmt: skip

    await put(
        world,
        change("recipient.download", count=200, reason="monthly"),
        change("recipient.download", count=100, reason="monthly"),
        change("recipient.download", count=7, reason="because"),
        change("recipient.reveal", 1, reason="call back"),
        change("recipient.reveal", 1),
        change("recipient.reveal", 1),
        change("recipient.reveal", ids=[4, 5], asked="recipients.add"),
        change("recipient.edit", 1),
        change("refused", tried="admins.add"),
        change("refused", tried="admins.add"),
        access(
            kim, NOON, "look.list", command="recipient list", fields=["name"], rows=12, people=12
        ),
        access(kim, NOON, "look.list", command="audit list", fields=[], rows=40, people=0),
        access(kim, NOON, "look.list", 1, command="call list", fields=[], rows=20, people=1),
        # an export is both, and is told once
        change("recipient.export", 1, reason="request 17"),
        access(kim, NOON, "look.export", 1, reason="request 17"),
        change("call_list.read", count=30),
    )
    figures = (await world.services.audit.review(world.system, MONTH)).figures
    assert [(one.action, one.times, one.people, one.reason) for one in figures.left] == [
        ("call_list.read", 1, 30, ""),
        ("look.list audit list", 1, 0, ""),
        ("look.list call list", 1, 1, ""),
        ("look.list recipient list", 1, 12, ""),
        ("recipient.download", 1, 7, "because"),
        ("recipient.download", 2, 300, "monthly"),
        ("recipient.export", 1, 1, "request 17"),
        ("recipient.reveal", 3, 3, ""),
        ("recipient.reveal", 1, 1, "call back"),
    ]
    assert [(one.admin, one.tried, one.times) for one in figures.refused] == [
        ("kim", "admins.add", 2)
    ]


def test_what_can_be_taken_or_tried_has_words() -> None:
    taken = [f"recipient{end}" for end in reviewing._TAKING if end not in (".make", ".read")]
    taken += [
        "call_list.read", "backup.make", "file.download", "upload.download", "voice.play",
        "voice.copy", "contact.reveal", "contact.copy", "look.list",
    ]  # fmt: skip
    assert [one for one in taken if words.of_record(one) == one and one != "recipient.play"] == []
    assert [one for one in USE_CASES if words.of_try(one) == one] == []
    assert words.of_try("admins.add") == "Admin: added"
    assert words.of_try("memos.list") == "Memo: looked at"
    assert words.of_record("recipient.fly") == "recipient.fly"


async def test_an_organization_reviews_its_own_and_viewers_nothing(
    world: World, kim: Actor
) -> None:
    lee = await world.admin("lee", Role.ORGANIZATION, await world.organization("Elsewhere"))
    eve = await world.admin("eve", Role.VIEWER, kim.organization_id)
    await put(
        world,
        access(lee, NOON, "session.begin", doing="console"),
        access(world.system, NOON, "session.begin", doing="console"),
        *looks(lee, NOON, 5),
    )
    audit = world.services.audit
    own = await audit.review(kim, MONTH)
    assert (own.figures.sign_ins, own.figures.looked) == ([], [])
    assert [one.admin for one in (await audit.review(lee, MONTH)).figures.sign_ins] == ["lee"]
    with pytest.raises(NotPermitted):
        await audit.review(eve, MONTH)
    with pytest.raises(NotPermitted):
        await audit.sign_review(eve, MONTH, "checked")


async def test_it_is_recorded_that_somebody_reviewed_and_what_was_signed(
    world: World, kim: Actor
) -> None:
    audit = world.services.audit
    first = await audit.sign_review(kim, MONTH, " checked:  nothing odd ")
    again = await audit.sign_review(kim, MONTH, "again")
    assert [(one.admin, one.text, one.figures == again.hash) for one in again.signed] == [
        ("kim", "checked: nothing odd", True),
        ("kim", "again", True),
    ]
    # what comes to light later is seen
    await put(world, access(kim, NOON, "session.begin", doing="console"))
    later = await audit.review(kim, MONTH)
    assert later.hash != first.hash
    kept = [row for row in await records(world) if row.action == "review.sign"]
    assert (kept[0].subject_id, kept[0].details["figures"], kept[0].admin_id) == (
        202410, first.hash, kim.admin_id,
    )  # fmt: skip
    assert (await audit.verify(world.system)).is_whole
    from tests.core.test_access import accesses

    [look] = await accesses(world, action="look.review")
    assert (look.admin, look.subject_id) == ("kim", 202410)


async def test_what_cannot_be_signed_and_what_is_no_month(world: World) -> None:
    audit = world.services.audit
    with pytest.raises(ActionBlocked, match="not over"):
        await audit.sign_review(world.system, f"{now().astimezone(SEOUL):%Y-%m}", "checked")
    for month in ("2024-13", "2024", "next", "2999-01", "\x1b[31m", "0000-01"):
        with pytest.raises(InvalidInput):
            await audit.review(world.system, month)
    for text in ("", "x" * 501, "\x1b]52;c;eA==\x07", "a\u202eb"):
        with pytest.raises(InvalidInput):
            await audit.sign_review(world.system, MONTH, text)


async def test_months_that_nobody_has_signed_are_missing(world: World, kim: Actor) -> None:
    async def missing() -> list[str]:
        moment = datetime(2024, 12, 15, tzinfo=SEOUL)
        async with world.database.reading() as session:
            return [str(one) for one in await reviewing.missing(session, moment, SEOUL)]

    assert await missing() == []
    in_november = NOON + timedelta(days=40)
    await put(
        world,
        access(kim, NOON, "session.begin", doing="console"),
        access(kim, in_november, "session.begin", doing="console"),
        access(world.system, in_november, "session.begin", doing="tick"),
        access(kim, NOON + timedelta(days=70), "session.begin", doing="console"),  # not over yet
    )
    assert await missing() == ["2024-10", "2024-11"]
    await world.services.audit.sign_review(kim, "2024-10", "mine")
    await world.services.audit.sign_review(kim, "2024-11", "mine")
    assert await missing() == ["2024-11"]  # the looks of system admins are not kim's to check
    await world.services.audit.sign_review(world.system, "2024-11", "all")
    assert await missing() == []


# the rule

_days = st.lists(st.integers(1, 500), min_size=rules.LEAST_DAYS, max_size=70)


@given(_days, st.randoms())
def test_the_order_of_days_is_nothing(days: list[int], random: object) -> None:
    shuffled = days.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert rules.usual_in_a_day(days) == rules.usual_in_a_day(shuffled)


@given(_days)
def test_three_quarters_of_the_own_days_are_usual_with_room_above(days: list[int]) -> None:
    usual = rules.usual_in_a_day(days)
    assert usual is not None
    assert sum(one + rules.MARGIN <= usual for one in days) >= len(days) * 3 // 4


@given(_days, st.integers(1, 10**6))
def test_one_day_of_any_size_makes_nothing_usual_that_was_far_from_it(
    days: list[int], extreme: int
) -> None:
    usual = rules.usual_in_a_day([*days, extreme])
    assert usual is not None
    assert usual <= 4 * max(days) + rules.MARGIN


@given(_days, st.integers(1, 50))
def test_who_looks_at_more_every_day_has_more_that_is_usual(days: list[int], more: int) -> None:
    before, after = rules.usual_in_a_day(days), rules.usual_in_a_day([one + more for one in days])
    assert before is not None
    assert after == before + more


async def test_the_first_and_the_last_moment_of_a_month_are_of_it(world: World, kim: Actor) -> None:
    first = datetime(2024, 10, 1, tzinfo=SEOUL)
    last = datetime(2024, 10, 31, 23, 59, 59, 999_999, tzinfo=SEOUL)
    for moments in ([first], [first, last]):
        await put(world, access(kim, moments[-1], "session.begin", doing="console"))
        await put(world, *looks(kim, moments[-1], 1))
        figures = (await world.services.audit.review(world.system, MONTH)).figures
        assert [one.console for one in figures.sign_ins] == [len(moments)]
        assert figures.looked[0].busiest.day == first.date()
    assert [one.times for one in figures.out_of_hours] == [2]


@given(st.lists(st.integers(1, 500), max_size=rules.LEAST_DAYS - 1))
def test_few_days_tell_nothing(days: list[int]) -> None:
    assert rules.usual_in_a_day(days) is None


@given(st.lists(st.integers(0, 5_000), max_size=3), st.integers(0, 20_000))
def test_a_month_is_usual_up_to_twice_the_busiest(before: list[int], people: int) -> None:
    most = max(before, default=0)
    assert (people > rules.usual_in_a_month(before)) == (people > 2 * most and people > most + 10)


@given(st.dates(datetime(2000, 1, 1).date(), datetime(2100, 1, 1).date()))  # noqa: DTZ001
def test_the_days_of_a_month_are_all_of_it_whatever_the_clocks_do(day: object) -> None:
    for zone in (SEOUL, ZoneInfo("Europe/Berlin"), ZoneInfo("America/Sao_Paulo")):
        month = Month(day.year, day.month)  # type: ignore[attr-defined]
        days = list(month.days(zone))
        assert days[0][1] == month.begin(zone)
        assert days[-1][2] == month.plus(1).begin(zone)
        assert all(one[2] == other[1] for one, other in itertools.pairwise(days))


@pytest.mark.parametrize(
    ("written", "moment", "within"),
    [
        (USUAL, "2024-10-01 08:00", True),
        (USUAL, "2024-10-01 19:00", False),
        (USUAL, "2024-10-05 12:00", False),
        ("mon-sun 00:00-24:00", "2024-10-05 23:59", True),
        ("fri 22:00-6:00", "2024-10-05 05:59", True),  # of the shift that began on Friday
        ("fri 22:00-6:00", "2024-10-04 05:59", False),
        ("sat-mon 9:00-13:00", "2024-10-06 12:00", True),
    ],
)
def test_working_hours(written: str, moment: str, within: bool) -> None:
    assert parse_hours(written).hold(datetime.fromisoformat(moment)) is within


@pytest.mark.parametrize(
    "written", ["", "always", "mon 9-18", "mon-fri 25:00-26:00", "xxx 9:00-18:00"]
)
def test_working_hours_that_are_none_are_refused(written: str, tmp_path: Path) -> None:
    from tests.core.test_settings import load

    host_file = tmp_path / "etc.toml"
    host_file.write_text(f"working_hours = '{written}'\n")
    with pytest.raises(InvalidInput, match="working_hours"):
        load(tmp_path, host_file)
