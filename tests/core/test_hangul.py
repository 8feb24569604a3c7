"""Names are found by their initial consonants, and at every key while they are typed."""

import itertools
import random
import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.app.actor import Actor
from core.app.services import Services
from core.db import schema
from core.db.engine import Database
from core.recipients.dto import Page, RecipientFilter, RecipientQuery
from core.recipients.fields import FieldName
from core.recipients.listing import postgresql as listing
from core.recipients.listing import sqlite
from core.values import hangul
from core.values.roles import Role
from tests import postgresql
from tests.factories import World, make_settings
from tests.older import make_older

# the two-set keyboard: what is one key each
_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = [
    *"ㅏㅐㅑㅒㅓㅔㅕㅖㅗ",
    "ㅗㅏ",
    "ㅗㅐ",
    "ㅗㅣ",
    *"ㅛㅜ",
    "ㅜㅓ",
    "ㅜㅔ",
    "ㅜㅣ",
    *"ㅠㅡ",
    "ㅡㅣ",
    "ㅣ",
]
_FINALS = [
    "", "ㄱ", "ㄲ", "ㄱㅅ", "ㄴ", "ㄴㅈ", "ㄴㅎ", "ㄷ", "ㄹ", "ㄹㄱ", "ㄹㅁ", "ㄹㅂ", "ㄹㅅ", "ㄹㅌ", "ㄹㅍ",
    "ㄹㅎ", "ㅁ", "ㅂ", "ㅂㅅ", *"ㅅㅆㅇㅈㅊㅋㅌㅍㅎ",
]  # fmt: skip
NAMES = (
    "김영수", "기민정", "김 영수", "까치", "곽두팔", "값진이", "앉아서", "황보관", "이하얀", "강ㄱㄴ", "선우Kim",
    "Kim영수", "ｱﾔ子", "やまだ 花子", "뷁", "😀웃음", "이\"*?[a", "a-b NEAR", "쌍둥이", "의사", "O’Brien",
)  # fmt: skip


def keys(text: str) -> list[str]:
    """The keys that type it."""
    typed: list[str] = []
    for one in text:
        code = ord(one) - 0xAC00
        if not 0 <= code < 11172:
            typed.append(one)
            continue
        initial, rest = divmod(code, 588)
        vowel, final = divmod(rest, 28)
        typed += [_INITIALS[initial], *_VOWELS[vowel], *_FINALS[final]]
    return typed


def composed(typed: list[str]) -> str:
    """What an input method makes of these keys."""
    made, at = "", 0
    while at < len(typed):
        is_syllable = typed[at] in _INITIALS and typed[at + 1 : at + 2] in [
            [v] for v in "".join(_VOWELS)
        ]
        if not is_syllable:
            made, at = made + typed[at], at + 1
            continue
        vowel = max(
            (n for n in (1, 2) if "".join(typed[at + 1 : at + 1 + n]) in _VOWELS), default=1
        )
        end = at + 1 + vowel
        final = 0
        for n in (1, 2):
            takes = "".join(typed[end : end + n]) in _FINALS and len(typed) >= end + n
            # a consonant before a vowel begins the next syllable
            goes_on = "".join(typed[end + n : end + n + 1]) in tuple("".join(_VOWELS))
            if takes and not (goes_on and len(typed) > end + n):
                final = n
        made += chr(
            0xAC00
            + _INITIALS.index(typed[at]) * 588
            + _VOWELS.index("".join(typed[at + 1 : end])) * 28
            + _FINALS.index("".join(typed[end : end + final]))
        )
        at = end + final
    return made


def states(name: str) -> Iterator[str]:
    """What stands in the line after each key."""
    typed = keys(name)
    for count in range(1, len(typed) + 1):
        yield composed(typed[:count])


def begins(one: str, consonant: str) -> bool:
    return keys(one)[0] == consonant


def has(text: str, word: str, *, by_initials: bool) -> bool:
    """The plain way: at each place, character by character, the last one key by key."""
    *before, last = word

    def fits(at: int) -> bool:
        for offset, one in enumerate(before):
            there = text[at + offset : at + offset + 1]
            same = there == one or (
                by_initials and one in _INITIALS and there and begins(there, one)
            )
            if not same:
                return False
        rest = text[at + len(before) :]
        if not rest:
            return False
        if last not in _INITIALS:
            return keys(rest)[: len(keys(last))] == keys(last)
        goes_on = by_initials or (before and not any(one in _INITIALS for one in before))
        return rest[0] == last or bool(goes_on and begins(rest[0], last))

    return any(fits(at) for at in range(len(text)))


def found_in(name: str, word: str) -> bool:
    """Whether somebody of this name is found by the word."""
    name = hangul.sought(name)
    if has(name, word, by_initials=False):
        return True
    is_by_initials = any(one in _INITIALS for one in word)
    return is_by_initials and has(name.replace(" ", ""), word, by_initials=True)


SYLLABLES = st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3)


@given(st.text(SYLLABLES, min_size=1, max_size=5))
def test_an_input_method_is_played_as_it_is(name: str) -> None:
    assert composed(keys(name)) == name


@given(st.text(SYLLABLES | st.sampled_from("aZ가까각"), min_size=1, max_size=6))
def test_a_name_is_found_at_every_key_while_it_is_typed(name: str) -> None:
    text = hangul.sought(name)
    for state in states(name):
        word = hangul.sought(state)
        anywhere = re.search(hangul.as_regex(hangul.anywhere(word)), text)
        named = hangul.in_names(word)
        assert anywhere or (named and re.search(hangul.as_regex(named), text)), state
        assert found_in(name, word), state


async def found(world: World, search: str, **more: Any) -> set[str]:
    """The names that a search finds."""
    query = RecipientQuery(search=search, **more)
    rows = await world.services.recipients.window(world.system, query)
    assert await world.services.recipients.count(world.system, query) == len(rows), search
    return {row.name for row, _ in rows}


def needles(names: Iterable[str], count: int) -> list[str]:
    """Words that may find some of them: pieces as they are typed, with initials here and there."""
    some = random.Random(17)
    made = []
    for _ in range(count):
        name = some.choice(list(names)).replace(" ", "")
        start = some.randrange(len(name))
        piece = name[start : start + some.randint(1, 3)]
        typed = composed(keys(piece)[: some.randint(1, len(keys(piece)))])
        made.append("".join(keys(one)[0] if some.random() < 0.4 else one for one in typed))
    return made


async def test_the_index_finds_what_the_plain_way_finds(world: World) -> None:
    body = await world.organization("✻")
    for name in NAMES:
        await world.recipient(body, name)
    for name in ("김영수", "기민정", "곽두팔", "값진이"):
        for state in states(name):
            assert name in await found(world, state), state
    for needle in {*needles(NAMES, 150), *"ㄱㅇㅎ기김까각", "ㄱㅇㅅ", "김ㅇ", "ㅎㅂ", "ㄳ", "김ㅃ"}:
        word = hangul.sought(needle)
        if word.isdigit() or not word.strip() or "-" in word:
            continue
        expected = {name for name in NAMES if found_in(name, word)}
        assert await found(world, needle) == expected, needle


async def test_words_in_any_order_over_all_that_is_told_of_somebody(world: World) -> None:
    haeundae, sokcho = await world.organizations("해운대 복지관", "Sokcho")
    await world.recipient(haeundae, "김영수", "010-7777-1111", "독거, ３층")
    await world.recipient(sokcho, "김영수", "010-7777-2222", "해운대에서 이사")
    await world.recipient(sokcho, "김막동", "010-7777-3333", '50% ["특이"]* 사항')
    for search in ("김ㅇ 해운대", "해운대 ㄱㅇㅅ", "해ㅇ 김영수", "영수  7777 해운"):
        assert len(await found(world, search)) == 1, search
        assert (
            await world.services.recipients.count(world.system, RecipientQuery(search=search)) == 2
        ), search  # of one name: by organization, and by what is told
    for search in (
        "김 1111", "복지ㄱ", "１１１１", "3층", "독ㄱ 해운대", "ᄀᄋᄉ 1111",
        unicodedata.normalize("NFD", "김여 독거"),
    ):  # fmt: skip
        assert await found(world, search) == {"김영수"}, search
    for search in ('["특이"', '"특ㅇ', "50%", "]*", "%", "막ㄷ 50"):
        assert await found(world, search) == {"김막동"}, search
    for search in (
        '"',
        "*",
        "NEAR",
        "-",
        "김 OR 영",
        "김_",
        "\\",
        "😀",
        "가" * 200,
        "ㄱ" * 200,
        "[ㄱ",
        "^김",
    ):
        await found(world, search)
    assert len(await found(world, "   ")) == 2
    kim = await world.admin("kim", organization_id=sokcho)
    of_another = RecipientQuery(search="복지관")
    assert await world.services.recipients.count(kim, of_another) == 0


async def test_a_field_is_found_as_the_quick_search_finds_it(world: World) -> None:
    body = await world.organization()
    await world.recipient(body, "김 영수", other_information="고혈압")
    await world.recipient(body, "고영희", other_information="김치")
    for wanted, names in (
        (RecipientFilter(name="ㄱㅇㅅ"), {"김 영수"}),
        (RecipientFilter(name="김 여"), {"김 영수"}),
        (RecipientFilter(name="ㄱㅇ"), {"김 영수", "고영희"}),
        (RecipientFilter(other_information="고혀"), {"김 영수"}),
        (RecipientFilter(other_information="ㄱㅎㅇ"), set()),
    ):
        assert await found(world, "", filter=wanted) == names, wanted


@pytest.mark.sqlite
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_who_was_there_before_is_found_by_initials(kind: str, tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/c.db" if kind == "sqlite" else postgresql.new_database()
    database = Database(url)
    moment = "'2026-01-05 01\\:00\\:00'"
    await make_older(
        database,
        "0011",
        f"INSERT INTO organizations (name, name_key, created_at, version) VALUES ('H', 'h', {moment}, 1)",
        f"""INSERT INTO admins (login, name, role, preferences, created_at, version)
        VALUES ('kim', 'Kim', 'system', '{{}}', {moment}, 1)""",
        *(
            f"""INSERT INTO recipients (organization_id, name, phone, other_information, search_text,
            registered_at, version) VALUES (1, '{name}', '+8210123450{at:02}', '', '{text}', {moment}, 1)"""
            for at, (name, text) in enumerate(
                (
                    ("김 영수", "김 영수\n01012345000\n\n\n"),
                    ("", ""),
                    ("ＡＢ", "ａｂ\n01012345002\n독거\n\n"),
                )
            )
        ),
    )
    told: list[tuple[int, int]] = []
    await schema.upgrade(database, progress=lambda *done: told.append(done))
    await database.close()
    assert told[-1] == (2, 2)
    services = await Services.open(make_settings(tmp_path, CARECALL_DATABASE=url))
    system = Actor(1, "kim", "Kim", Role.SYSTEM, None, "kim")
    try:
        for search, name in (("ㄱㅇㅅ", "김 영수"), ("345000", "김 영수"), ("ab 독ㄱ", "ＡＢ")):
            rows = await services.recipients.window(system, RecipientQuery(search=search))
            assert [row.name for row, _ in rows] == [name]
    finally:
        await services.close()


async def test_a_page_is_the_same_whether_the_next_rows_fill_it_or_not(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On PostgreSQL the next rows of the list are looked through before an index that leads to many."""
    body = await world.organization()
    for at in range(12):
        for name in ("김영수", "박철수", "김 민아", "이수미")[: 2 + at % 3]:
            await world.recipient(body, name)

    async def pages(query: RecipientQuery, actor: Actor) -> list[int]:
        ids: list[int] = []
        place = None
        while rows := await world.services.recipients.window(actor, query, Page(place, limit=9)):
            ids += [row.id for row, _place in rows]
            place = rows[-1][1]
        return ids

    kim = await world.admin("kim", organization_id=body)
    for search in ("김ㅇ", "김ㅁ", "ㄱ아", "이ㅅ 수", "뷁ㅇ"):
        for sort in (FieldName.REGISTERED_AT, FieldName.CHANGE, FieldName.ORGANIZATION):
            for actor in (world.system, kim):
                query = RecipientQuery(search=search, sort=sort)
                expected = await pages(query, actor)
                for near in (1_000, 4):
                    with monkeypatch.context() as patched:
                        patched.setattr(listing, "FEW", 0)
                        patched.setattr(listing, "NEAR", near)
                        assert await pages(query, actor) == expected, (search, sort)


@pytest.mark.parametrize("each", [False, pytest.param(True, marks=pytest.mark.long, id="long")])
async def test_a_page_by_name_is_the_same_wherever_the_word_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch, each: bool
) -> None:
    """Of very many, those whose names begin with the word are read along the list, the others apart.

    The short suite takes each word in each direction, but for each of them one of the three ways of being many.
    """
    way = sqlite if world.database.is_sqlite else listing
    haeundae, sokcho = await world.organizations("해운대 복지관", "김해 복지관")
    for at, name in enumerate(
        (*NAMES, "김아", "김", "김잏", "깁", "선우김영", "김ㅇ수", "김수 영", "이ㅁ", "임")
    ):
        notes = ("", "김영 님 연락", "임시 거주")[at % 3]
        for body in (haeundae, sokcho)[at % 2 :]:
            await world.recipient(body, name, other_information=notes)
    kim = await world.admin("kim", organization_id=haeundae)

    async def pages(query: RecipientQuery, actor: Actor, *, backward: bool) -> list[list[int]]:
        window = world.services.recipients.window
        made, place = [], None
        while rows := await window(actor, query, Page(place, backward=backward, limit=5)):
            made.append([row.id for row, _place in rows])
            place = rows[-1][1]
        behind = await window(actor, query, Page(backward=backward, skip=4, limit=3))
        return [*made, [row.id for row, _place in behind]]

    words = ("김", "김ㅇ", "김ㅇㅅ", "김수ㅇ", "임", "기", "영", "김 해운대", "김해", "김영수")
    actors = itertools.cycle((world.system, kim))
    many = ((1_000, 1_000), (2, 1_000), (1_000, 2))
    tried = 0
    for at, search in enumerate(words):
        for turn, (descending, backward) in enumerate(
            ((False, False), (True, False), (False, True))
        ):
            query = RecipientQuery(search=search, sort=FieldName.NAME, descending=descending)
            actor = next(actors)
            expected = await pages(query, actor, backward=backward)
            for near, elsewhere in many if each else [many[(at + turn) % 3]]:
                with monkeypatch.context() as patched:
                    patched.setattr(way, "FEW", 0)
                    patched.setattr(way, "NEAR", near)
                    patched.setattr(sqlite, "ELSEWHERE", elsewhere)
                    assert await pages(query, actor, backward=backward) == expected, search
            tried += len(expected) > 2
    assert tried > 12
