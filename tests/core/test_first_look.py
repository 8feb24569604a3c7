"""The first rows, read before the core is there, are those that the core gives."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from core.app.services import Services
from core.io.identity import Identity
from core.recipients.dto import Page, RecipientQuery
from core.recipients.fields import FieldName
from core.recipients.first_look import first_look
from core.values.roles import Role
from core.values.times import now
from tests.factories import World, make_services, make_settings

pytestmark = pytest.mark.sqlite


async def _fill(directory: Path) -> None:
    made = await make_services(directory, account="root")
    body, other = await made.organization("해운대구 복지관"), await made.organization("순천시")
    ids = [row.id for row in await made.recipients(body, 30)]
    await made.recipients(other, 30)
    await made.campaign("아침 안부", recipients=ids[:10])
    await made.pause(*ids[3:5], reason="입원", resumes_at=now() + timedelta(days=2))
    await made.admin("kim", Role.ORGANIZATION, other, account="kim")
    await made.admin("lee", Role.VIEWER, body, account="lee")
    await made.close()


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a database with sixty recipients lies."""
    made = tmp_path_factory.mktemp("sixty")
    asyncio.run(_fill(made))
    return made


@pytest.fixture
async def services(directory: Path) -> AsyncIterator[Services]:
    """Services on it."""
    opened = await Services.open(make_settings(directory))
    yield opened
    await opened.close()


@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("account", ["root", "kim", "lee"])
async def test_it_gives_what_the_core_gives(
    services: Services, account: str, descending: bool
) -> None:
    actor = await services.admins.sign_in(Identity(account, 0))
    for sort in FieldName:
        kept = {"sort": sort.value, "descending": descending}
        await services.admins.set_preferences(actor, "recipients", kept)
        look = first_look(services.settings, Identity(account, 0), limit=20)
        query = RecipientQuery(sort=sort, descending=descending)
        expected = await services.recipients.window(actor, query, Page(limit=20))
        assert look is not None
        assert look.rows == [row for row, _anchor in expected], sort
        assert look.preferences == kept


async def test_an_unknown_or_disabled_account_gets_none(world: World) -> None:
    await world.admin("kim", account="kim")
    kim = await world.services.admins.sign_in(Identity("kim", 0))
    assert first_look(world.settings, Identity("somebody", 0)) is None
    await world.services.admins.disable(world.system, kim.login)
    assert first_look(world.settings, Identity("kim", 0)) is None


@pytest.mark.parametrize("content", [b"", b"not a database at all", None])
def test_a_file_that_cannot_be_used_is_left_to_the_core(
    tmp_path: Path, content: bytes | None
) -> None:
    settings = make_settings(tmp_path)
    file = tmp_path / "carecall.db"
    if content is not None:
        file.write_bytes(content)
    assert first_look(settings, Identity("root", 0)) is None
    assert file.exists() == (content is not None)
