"""Tags: given and taken, found, renamed and deleted, and gone with the recipient."""

import pytest
import sqlalchemy as sa

from core.db.models import RecipientTag
from core.recipients.dto import RecipientFilter, RecipientQuery, Selection
from core.recipients.rules import RecipientDraft
from core.retention.purging import purge_recipients
from core.tags.dto import TagUse
from core.tags.rules import MOST_OF_RECIPIENT, clean_names, names_of
from core.values.errors import Conflict, InvalidInput, NotFound
from tests.audit_trail import records
from tests.factories import World


def these(*ids: int) -> Selection:
    return Selection(frozenset(ids))


async def found(world: World, **asked: object) -> list[str]:
    query = RecipientQuery(**asked)  # type: ignore[arg-type]
    rows = await world.services.recipients.window(world.system, query)
    assert await world.services.recipients.count(world.system, query) == len(rows)
    return sorted(row.name for row, _ in rows)


def test_names_are_clean_and_each_once() -> None:
    assert clean_names([" 고위험 ", "ＡＢ", "ab", "고위험"]) == ("고위험", "ab")
    assert names_of("고위험, 주 2회,, ") == ("고위험", "주 2회")
    for wrong in ("a,b", "", "가" * 21, "x\u202ey"):
        with pytest.raises(InvalidInput):
            clean_names([wrong])


async def test_tags_are_given_and_taken_with_a_record(world: World) -> None:
    tags, system = world.services.tags, world.system
    here, there = await world.organizations("해운대", "Sokcho")
    kim, lee, park = [
        (await world.recipient(body, name)).id
        for body, name in ((here, "김영수"), (here, "이순자"), (there, "박정희"))
    ]
    await tags.change(system, these(kim, park), 2, add=["고위험", "주 2회"])
    await tags.change(system, these(kim, lee), 2, add=["고위험"], remove=["주 2회"])
    assert await tags.of_recipient(system, kim) == ["고위험"]
    assert await tags.of_recipient(system, park) == ["고위험", "주 2회"]
    assert await tags.of_selection(system, these(kim, lee, park)) == [
        TagUse("고위험", 3, 3), TagUse("주 2회", 1, 3),
    ]  # fmt: skip
    assert [(row.name, row.organization, row.count) for row in await tags.list(system)] == [
        ("고위험", "Sokcho", 1), ("고위험", "해운대", 2), ("주 2회", "Sokcho", 1), ("주 2회", "해운대", 0),
    ]  # fmt: skip
    recorded = await records(world)
    told = [one.details for one in recorded if one.action == "recipient.tag"]
    assert told == [{"fields": ["tags"], "ids": whom} for whom in ([kim], [park], [kim, lee])]
    # the same again changes nothing, and leaves no record
    await tags.change(system, these(kim), 1, add=["고위험"])
    assert len(await records(world)) == len(recorded)

    assert await found(world, search="고위ㅎ") == ["김영수", "박정희", "이순자"]
    assert await found(world, search="주 속초") == []
    assert await found(world, search="2회 박") == ["박정희"]
    assert await found(world, filter=RecipientFilter(tags=("고위험", "주 2회"))) == ["박정희"]
    assert await found(world, filter=RecipientFilter(tags=("없음",))) == []
    of_there = await world.admin("kim", organization_id=there)
    assert [row.name for row in await tags.list(of_there)] == ["고위험", "주 2회"]
    with pytest.raises(NotFound):
        await tags.of_recipient(of_there, kim)


async def test_a_tag_is_renamed_deleted_and_goes_along(world: World) -> None:
    tags, system = world.services.tags, world.system
    here, there = await world.organizations("해운대", "Sokcho")
    kim = await world.recipient(here, "김영수")
    await tags.change(system, these(kim.id), 1, add=["고위험", "주 2회"])
    risk, weekly = await tags.list(system)
    with pytest.raises(InvalidInput, match="already"):
        await tags.rename(system, risk.id, "주 ２회", risk.version)
    renamed = await tags.rename(system, risk.id, "High risk", risk.version)
    with pytest.raises(Conflict, match="High risk"):
        await tags.delete(system, risk.id, risk.version)
    draft = RecipientDraft(kim.name, kim.phone, "", organization_id=there)
    await world.services.recipients.edit(system, kim.id, draft, kim.version)
    assert await tags.of_recipient(system, kim.id) == ["High risk", "주 2회"]
    assert {row.organization for row in await tags.list(system) if row.count} == {"Sokcho"}
    await tags.delete(system, renamed.id, renamed.version)
    await tags.delete(system, weekly.id, weekly.version)
    assert len(await tags.of_recipient(system, kim.id)) == 2  # those of Sokcho
    await world.services.recipients.delete(system, these(kim.id), 1)
    async with world.database.transaction() as session:
        await purge_recipients(session, [kim.id])
        assert await session.scalar(sa.select(sa.func.count()).select_from(RecipientTag)) == 0


async def test_nobody_has_too_many(world: World) -> None:
    body = await world.organization()
    kim = await world.recipient(body, "김영수")
    many = [f"t{at}" for at in range(MOST_OF_RECIPIENT)]
    await world.services.tags.change(world.system, these(kim.id), 1, add=many)
    with pytest.raises(InvalidInput, match="20 tags"):
        await world.services.tags.change(world.system, these(kim.id), 1, add=["one more"])
    with pytest.raises(InvalidInput, match="at once"):
        await world.services.tags.change(world.system, these(kim.id), 1, add=["T1"], remove=["t1"])
    assert len(await world.services.tags.of_recipient(world.system, kim.id)) == MOST_OF_RECIPIENT
