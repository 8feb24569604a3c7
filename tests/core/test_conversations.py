"""What was said is found, the newest first, by whoever may see it, and by nobody any more once it is erased."""

import unicodedata
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
import sqlalchemy as sa

from core.app.actor import Actor
from core.app.audit.dto import AuditFilter
from core.calls.rules import Analysis
from core.conversations import filling, queries, words
from core.conversations.dto import ConversationQuery
from core.conversations.rules import SaidBy
from core.db import schema
from core.db.engine import Database
from core.db.models import Call
from core.duplicates.dto import MergeDraft
from core.recipients.dto import Selection
from core.recipients.rules import RecipientDraft
from core.retention import purging
from core.values.errors import InvalidInput
from core.values.roles import Role
from tests import postgresql
from tests.deliveries import PHONE, call, deliver, small_world
from tests.factories import World, make_services, next_phone
from tests.older import make_older

NOON = datetime(2026, 10, 1, 3, tzinfo=UTC)


def said(*lines: str, **changed):
    """A call in which the recipient says these lines, and the machine those that begin with a >."""
    utterances = [
        {
            "at_s": 3.0 * at,
            "speaker": "ai" if line.startswith(">") else "recipient",
            "text": line.removeprefix(">"),
        }
        for at, line in enumerate(lines)
    ]
    return {"utterances": utterances, "memory": [], **changed}


def told(call_id: str, *lines: str, minutes: int = 0, **changed):
    """The same as a line of the calling system, so many minutes after noon of a day."""
    at = (NOON + timedelta(minutes=minutes)).isoformat()
    return call(call_id, **said(*lines, started_at=at, **changed))


async def search(world: World, typed: str, actor=None, *, page: int = 64, **narrowed):
    """All hits, read in pages of this size."""
    query = ConversationQuery(typed, **narrowed)
    ask, hits, rest = world.services.conversations.search, [], None
    while True:
        found = await ask(actor or world.system, query, rest, page)
        hits += found.hits
        rest = found.rest
        if rest is None:
            return hits


async def lines(world: World, typed: str, actor=None, **more):
    return [one.text for one in await search(world, typed, actor, **more)]


async def test_words_of_one_or_two_syllables_are_found_the_newest_first(world: World) -> None:
    await small_world(world)
    await deliver(
        world,
        told("c-1", ">약은 드셨어요?", "네, 혈압약 먹었어요.", minutes=1),
        told("c-3", "어제 넘어졌어요.", "병원에 갔어요. 약도 받고요.", minutes=300),
        told("c-2", "넘어질 뻔했어요.", minutes=2),
    )
    assert await lines(world, "약") == [
        "병원에 갔어요. 약도 받고요.", "약은 드셨어요?", "네, 혈압약 먹었어요.",
    ]  # fmt: skip
    assert await lines(world, "넘어") == ["어제 넘어졌어요.", "넘어질 뻔했어요."]
    assert await lines(world, "약도 병원") == ["병원에 갔어요. 약도 받고요."]
    assert await lines(world, "병원 넘어") == []  # not in one line
    assert await lines(world, "원에갔") == []  # not across words
    [hit] = await search(world, "병원")
    assert hit.text[hit.places[0].start : hit.places[0].stop] == "병원"
    assert (hit.recipient, hit.call, hit.position, hit.at_ms) == ("김영희", "c-3", 1, 3_000)
    assert hit.said_by is SaidBy.RECIPIENT
    assert hit.analysis is Analysis.NORMAL


async def test_it_is_narrowed_by_day_speaker_analysis_and_organization(world: World) -> None:
    await small_world(world)
    beta = await world.organization("Beta")
    other = await world.recipient(beta, "박철수", next_phone())
    await deliver(
        world,
        told("c-1", ">약은 드셨어요?", "약 먹었어요.", analysis="negative"),
        told("c-2", "약이 없어요.", minutes=24 * 60),
        told("b-1", "약 샀어요.", organization="Beta", recipient_phone=other.phone),
    )
    day = date(2026, 10, 1)
    assert await lines(world, "약", last=day, organization_id=1) == [
        "약은 드셨어요?", "약 먹었어요.",
    ]  # fmt: skip
    assert await lines(world, "약", first=day + timedelta(days=1)) == ["약이 없어요."]
    assert await lines(world, "약", said_by=frozenset({SaidBy.AI})) == ["약은 드셨어요?"]
    negative = frozenset({Analysis.NEGATIVE})
    recipient = frozenset({SaidBy.RECIPIENT})
    assert await lines(world, "약", analyses=negative, said_by=recipient) == ["약 먹었어요."]
    assert await lines(world, "약", organization_id=beta) == ["약 샀어요."]

    lee = await world.admin("lee", Role.VIEWER, beta)
    assert await lines(world, "약", lee) == ["약 샀어요."]
    assert await lines(world, "약", lee, organization_id=1) == []
    # who moves is found in the organization that he is in, with all that was said before
    row = await world.services.recipients.get(world.system, 1)
    draft = RecipientDraft(row.name, PHONE, "", organization_id=beta)
    await world.services.recipients.edit(world.system, 1, draft, row.version)
    assert len(await lines(world, "약", lee)) == 4
    assert await lines(world, "약", organization_id=1) == []


async def test_what_somebody_said_goes_along_with_a_merge_and_comes_back(world: World) -> None:
    await small_world(world)
    beta = await world.organization("Beta")
    other = await world.recipient(beta, "박철수", next_phone())
    memory = [{"topic": "건강", "content": "허리가 아프다"}]
    more = {"organization": "Beta", "recipient_phone": other.phone, "memory": memory}
    await deliver(world, told("b-1", "허리가 아파요.", **more))
    one = await world.services.recipients.get(world.system, 1)
    draft = MergeDraft(one.version, other.id, other.version, frozenset())
    merged = await world.services.duplicates.merge(world.system, 1, draft)
    assert {hit.recipient for hit in await search(world, "허리", organization_id=1)} == {"김영희"}
    assert len(await search(world, "허리")) == 2
    assert await search(world, "허리", organization_id=beta) == []
    await world.services.deletions.undo(world.system, merged.deletion_id)
    assert {hit.recipient for hit in await search(world, "허리", organization_id=beta)} == {
        "박철수"
    }
    assert await search(world, "허리", organization_id=1) == []


async def test_a_call_delivered_again_is_found_by_what_it_says_now(world: World) -> None:
    await small_world(world)
    await deliver(world, told("c-1", "무릎이 아파요.", "잘 자요."))
    await deliver(world, told("c-1", "허리가 아파요.", minutes=90, analysis="negative"))
    assert await lines(world, "무릎") == await lines(world, "자요") == []
    assert await lines(world, "허리", analyses=frozenset({Analysis.NEGATIVE})) == ["허리가 아파요."]
    assert await lines(world, "아파", analyses=frozenset({Analysis.NORMAL})) == []
    await deliver(world, told("c-1", analysis=None, result="unanswered", completed=False))
    assert await lines(world, "허리") == []


async def test_memory_details_are_found_as_they_stand(world: World) -> None:
    await small_world(world)
    services = world.services
    await deliver(
        world, told("c-1", "네.", memory=[{"topic": "가족", "content": "딸이 부산에 산다"}])
    )
    [hit] = await search(world, "부산 가족")
    assert (hit.text, hit.said_by, hit.analysis) == ("가족: 딸이 부산에 산다", SaidBy.MEMORY, None)
    assert hit.memory_id is not None
    assert hit.call_id is not None
    row = await services.memory.edit(world.system, hit.memory_id, "딸이 대구에 산다", 1)
    assert await lines(world, "부산") == []
    assert await lines(world, "대구", said_by=frozenset({SaidBy.MEMORY})) == [
        "가족: 딸이 대구에 산다"
    ]
    assert await lines(world, "대구", analyses=frozenset({Analysis.NORMAL})) == []
    memory = [{"topic": "가족", "content": "딸이 광주로 이사했다"}]
    late = (row.changed_at + timedelta(seconds=1)).isoformat()
    await deliver(world, call("c-2", **said("네.", started_at=late) | {"memory": memory}))
    assert await lines(world, "광주") == ["가족: 딸이 대구에 산다 / 딸이 광주로 이사했다"]
    [row] = await services.memory.list(world.system, 1)
    await services.memory.reset(world.system, row.id, row.version)
    assert await lines(world, "가족") == []


async def test_who_is_deleted_is_not_found_and_who_is_erased_leaves_nothing(world: World) -> None:
    await small_world(world)
    memory = [{"topic": "건강", "content": "희귀한말 기억"}]
    await deliver(world, told("c-1", "희귀한말 했어요.", memory=memory))
    deletion = await world.services.recipients.delete(
        world.system, Selection(ids=frozenset({1})), 1
    )
    assert await lines(world, "희귀한말") == []
    await world.services.deletions.undo(world.system, deletion.id)
    assert len(await lines(world, "희귀한말")) == 2
    await world.services.recipients.delete(world.system, Selection(ids=frozenset({1})), 1)
    async with world.services.database.transaction() as session:
        await purging.purge_recipients(session, [1])
    assert await grams_left(world) == 0


async def grams_left(world: World) -> int:
    """How many grams the index has."""
    postgresql = not world.services.database.is_sqlite
    async with world.services.database.transaction() as session:
        if postgresql:
            left = sa.text("SELECT count(*) FROM conversation_grams")
        else:
            vocabulary = "fts5vocab('main', 'conversation_search', 'row')"
            make = f"CREATE VIRTUAL TABLE temp.left_over USING {vocabulary}"
            await session.execute(sa.text(make))
            left = sa.text("SELECT count(*) FROM temp.left_over")
        return await session.scalar(left) or 0


@pytest.mark.parametrize("typed", ["", "   ", "*", '"', "-", '" * - ( ) :', "\u200b", "a" * 201])
async def test_where_there_is_no_word_the_search_says_so(world: World, typed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await search(world, typed)
    assert refused.value.field == "words"
    assert refused.value.hint


async def test_whatever_is_typed_is_a_word_and_no_language(world: World) -> None:
    await small_world(world)
    await deliver(
        world,
        told("c-1", 'He said "near" NOT far*', "전화는 051-123 이에요", "고마워요 ❤️ 👍🏽", "%약_"),
    )
    for typed in (
        '"near"', "near NOT", "NEAR", "NOT far*", "-near", "said* (near)",
        "ｎｅａｒ", "０５１－１２３", unicodedata.normalize("NFD", "전화는"), "❤", "❤️ 고마", "👍", "%약_",
    ):  # fmt: skip
        assert len(await lines(world, typed)) == 1, typed
    for typed in ("near OR far1", "NEAR(a b)", "grams:near", "a*b", "약*약약", "o1", "xnormal"):
        assert await lines(world, typed) == [], typed
    assert await lines(world, "가" * 200) == []


async def test_a_number_that_is_hidden_is_found_by_its_end_only(tmp_path: Path) -> None:
    config = tmp_path / "masked/.config/carecall/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('mask_phones_for = ["viewer"]\n')
    world = await make_services(tmp_path / "masked")
    await small_world(world)
    await deliver(world, told("c-1", "딸 번호는 010-2345-6789 예요."))
    eve = await world.admin("eve", Role.VIEWER, 1)
    assert await lines(world, "2345") == ["딸 번호는 010-2345-6789 예요."]
    for needle in ("2345", "23", "34", "010-2345", "2345-6789"):
        assert await lines(world, needle, eve) == [], needle
    [hit] = await search(world, "6789 번호", eve)
    assert hit.text == "딸 번호는 010-****-6789 예요."
    assert [hit.text[one.start : one.stop] for one in hit.places] == ["번호", "6789"]
    await world.close()


async def test_a_search_leaves_a_record_without_its_words(world: World) -> None:
    await small_world(world)
    kim = await world.admin("kim", Role.ORGANIZATION, 1)
    await deliver(world, told("c-1", "비밀스러운 말"))
    for typed in ("비밀", "없는말", "다른말"):
        await search(world, typed, kim, first=date(2026, 1, 1))
    found = world.services.audit.list(world.system, AuditFilter(access=True, action="look.search"))
    kept = [one async for one in found][::-1]
    assert [one.details["found"] for one in kept] == [1, 0, 0]
    assert all(one.details["fields"] == ["words", "from"] for one in kept)
    assert "비밀" not in str(kept)


async def test_what_was_there_before_the_index_is_filled_in(world: World) -> None:
    await small_world(world)
    await deliver(world, told("c-1", "옛날 이야기", memory=[{"topic": "옛날", "content": "농사"}]))
    database = world.services.database
    async with database.transaction() as session:
        if database.is_sqlite:
            everything = (
                "INSERT INTO conversation_search(conversation_search) VALUES ('delete-all')"
            )
        else:
            everything = "DELETE FROM conversation_grams"
        await session.execute(sa.text(everything))
        await filling.begin_anew(session)
    ask = world.services.conversations.search
    found = await ask(world.system, ConversationQuery("옛날"))
    assert not found.hits
    assert found.filled_from == NOON
    # what comes meanwhile is there at once, what changes meanwhile is filled in as it is then
    await deliver(world, told("c-2", "옛날 노래", minutes=-90), told("c-1", "옛날 옛적 이야기"))
    assert await lines(world, "옛날") == ["옛날 노래"]
    assert await filling.fill(database) == 2
    assert await lines(world, "옛날", said_by=frozenset({SaidBy.RECIPIENT})) == [
        "옛날 옛적 이야기", "옛날 노래",
    ]  # fmt: skip
    assert len(await lines(world, "농사")) == 1
    assert (await ask(world.system, ConversationQuery("옛날"))).filled_from is None
    assert await filling.fill(database) == 0


VOCABULARY = ("약", "약은", "혈압약", "병원", "병원에", "넘어", "넘어졌어요", "Good", "3층", "딸이")


async def test_the_index_and_a_plain_look_at_every_line_agree(world: World) -> None:
    """Whatever is delivered, again or in any order, and in pages of any size."""
    await small_world(world)
    random = Random(4)
    phones = [PHONE, *[(await world.recipient(1, "이순자", next_phone())).phone for _ in range(2)]]
    present: dict[str, tuple[datetime, list[str]]] = {}
    for _ in range(60):
        name = f"c-{random.randrange(40)}"
        phone = phones[int(name[2:]) % 3]
        minutes = random.choice((random.randrange(90), 61))
        spoken = [
            random.choice((">", "")) + " ".join(random.choices(VOCABULARY, k=random.randint(1, 4)))
            for _ in range(random.randint(0, 4))
        ]
        await deliver(world, told(name, *spoken, minutes=minutes, recipient_phone=phone))
        present[name] = (NOON + timedelta(minutes=minutes), spoken)
    ids = {
        name: (await world.services.calls.by_external_id(world.system, name)).id for name in present
    }
    for _ in range(25):
        wanted = random.choices(
            ("약", "혈압", "병", "병원에", "넘어", "good", "층", "딸", "없"), k=2
        )
        wanted = wanted[: random.randint(1, 2)]
        only = random.choice((None, SaidBy.AI, SaidBy.RECIPIENT))
        expected = [
            (name, position)
            for name, (at, spoken) in sorted(
                present.items(), key=lambda one: (one[1][0], ids[one[0]]), reverse=True
            )
            for position, line in enumerate(spoken)
            if all(word in line.casefold() for word in wanted)
            and only in (None, SaidBy.AI if line.startswith(">") else SaidBy.RECIPIENT)
        ]
        found = await search(
            world,
            " ".join(wanted),
            page=random.choice((1, 3, 64)),
            said_by=frozenset({only} if only else ()),
        )
        assert [(one.call, one.position) for one in found] == expected, wanted


def test_places_are_those_of_the_line_as_it_is_read() -> None:
    line = words.composed("㎏으로 Ａbc, ABC abcabc")
    found = words.places(line, words.words("kg abc"))
    assert found is not None
    assert [line[one.start : one.stop] for one in found] == ["㎏", "Ａbc", "ABC", "abcabc"]
    assert words.places(line, ("abd",)) is None


async def test_the_plan_of_a_page_reads_the_index_only(world: World) -> None:
    """The documents come in their order out of the index, on SQLite those of one organization only."""
    await small_world(world)
    database = world.services.database
    kim = await world.admin("kim", Role.ORGANIZATION, 1)
    select = queries.documents(
        kim, ConversationQuery("약"), ["약"], 10**6, 0, sqlite=database.is_sqlite
    )
    compiled = select.limit(64).compile(
        database.engine.sync_engine, compile_kwargs={"literal_binds": True}
    )
    asked = str(compiled)
    if database.is_sqlite:
        assert '"o1"' in asked
        async with database.reading() as session:
            rows = await session.execute(sa.text(f"EXPLAIN QUERY PLAN {asked}"))
            plan = [row[3] for row in rows]
        assert len(plan) == 1
        assert "VIRTUAL TABLE INDEX" in plan[0]
        return
    assert "organization_id = 1" in asked
    many = """INSERT INTO conversation_grams (id, organization_id, recipient_id, grams)
        SELECT n, 1, 1, ARRAY(SELECT n * one % 9973 FROM generate_series(1, 40) AS one)
        FROM generate_series(1, 3000) AS n"""
    query, near = ConversationQuery("약"), []
    for by in (world.system, kim):
        select = queries.documents(by, query, ["약"], 10**6, 0, sqlite=False, near=500)
        compiled = select.limit(64).compile(
            database.engine.sync_engine, compile_kwargs={"literal_binds": True}
        )
        near.append(str(compiled))
    async with database.transaction() as session:
        await session.execute(sa.text(many))
    async with database.transaction() as session:
        for statement in (
            "SELECT gin_clean_pending_list('ix_conversation_grams')",
            "ANALYZE conversation_grams",
            "SET LOCAL enable_seqscan = off",
        ):
            await session.execute(sa.text(statement))
        plans = [
            "\n".join(row[0] for row in await session.execute(sa.text(f"EXPLAIN {one}")))
            for one in (asked, *near)
        ]
    assert "Bitmap Index Scan on ix_conversation_grams " in plans[0]
    assert all("Index Scan Backward using " in one for one in plans[1:])


async def test_the_summary_of_a_call_is_searched_as_long_as_it_is_there(world: World) -> None:
    await small_world(world)
    lee = await world.admin("lee", Role.VIEWER, await world.organization("Beta"))
    await deliver(
        world,
        told("c-1", "약 먹었어요.", summary="약을 잘 드심.\n다음 주 병원"),
        told("c-2", summary="약 이야기 없음", minutes=90, result="connected"),
    )
    assert await lines(world, "약") == [
        "약 이야기 없음",
        "약을 잘 드심.\n다음 주 병원",
        "약 먹었어요.",
    ]
    assert await lines(world, "약", page=1) == await lines(world, "약")
    assert await lines(world, "약", lee) == []
    [hit] = await search(world, "병원", said_by=frozenset({SaidBy.SUMMARY}))
    assert (hit.call, hit.position, hit.said_by) == ("c-1", -1, SaidBy.SUMMARY)
    assert await lines(world, "병원", said_by=frozenset({SaidBy.RECIPIENT})) == []
    # it changes, and goes with who moves and with its call
    await deliver(world, told("c-1", "약 먹었어요.", summary="산책을 하심"))
    assert await lines(world, "병원") == []
    assert await lines(world, "산책") == ["산책을 하심"]
    row = await world.services.recipients.get(world.system, 1)
    draft = RecipientDraft(row.name, PHONE, "", organization_id=2)
    await world.services.recipients.edit(world.system, 1, draft, row.version)
    assert len(await lines(world, "약", lee)) == 2
    async with world.services.database.transaction() as session:
        calls = list(await session.scalars(sa.select(Call.id)))
        await purging.purge_calls(session, calls)
    assert await grams_left(world) == 0


@pytest.mark.sqlite
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_summaries_that_were_there_before_are_filled_in(kind: str, tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/c.db" if kind == "sqlite" else postgresql.new_database()
    database = Database(url)
    moment = "'2026-10-01 03\\:00\\:00'"
    index = (
        "INSERT INTO conversation_search(rowid, grams) VALUES (1, 'o1 r약')"
        if kind == "sqlite"
        else "INSERT INTO conversation_grams VALUES (1, 1, 1, '{1}')"
    )
    await make_older(
        database,
        "0019",
        f"INSERT INTO organizations (name, name_key, created_at, version) VALUES ('H', 'h', {moment}, 1)",
        f"""INSERT INTO recipients (organization_id, name, phone, other_information, search_text,
        registered_at, version) VALUES (1, '김영희', '+821012345001', '', '', {moment}, 1)""",
        f"""INSERT INTO campaigns (name, name_key, list_key, state, created_at, version)
        VALUES ('Morning', 'morning', 'morning', 'scheduled', {moment}, 1)""",
        f"""INSERT INTO calls (external_id, recipient_id, campaign_id, organization_id, started_at, duration_ms,
        result, completed, answer_count, answer_characters, content_hash, summary)
        VALUES ('c-1', 1, 1, 1, {moment}, 0, 'connected', true, 0, 0, '', '약을 잘 드심')""",
        index,
    )
    await schema.upgrade(database)
    assert await filling.fill(database) == 1
    async with database.reading() as session:
        asked = ConversationQuery("약을")
        select = queries.documents(
            Actor(1, "kim", "Kim", Role.SYSTEM, None, "kim"), asked, ("약을",), 2**63 - 1, 0,
            sqlite=database.is_sqlite,
        )  # fmt: skip
        found = list(await session.scalars(select))
    await database.close()
    assert len(found) == 1
