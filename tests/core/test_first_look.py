"""The first rows, read before the core is there, are those that the core gives."""

import pytest

from core.actor import Role
from core.identity import Identity
from core.recipients.dto import RecipientQuery, SortColumn
from core.recipients.first_look import first_look
from tests.factories import make_services

pytestmark = pytest.mark.sqlite


@pytest.fixture
async def world(tmp_path):
    made = await make_services(tmp_path, account="root")
    body, other = await made.organization("해운대구 복지관"), await made.organization("순천시")
    ids = [row.id for row in await made.recipients(body, 30)]
    await made.recipients(other, 30)
    await made.campaign("아침 안부", recipients=ids[:10])
    await made.pause(*ids[3:5])
    await made.admin("kim", Role.ORGANIZATION, other, account="kim")
    await made.admin("lee", Role.VIEWER, body, account="lee")
    yield made
    await made.close()


@pytest.mark.parametrize("sort", list(SortColumn))
@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("account", ["root", "kim", "lee"])
async def test_it_gives_what_the_core_gives(world, sort, descending, account):
    actor = await world.services.admins.sign_in(Identity(account, 0))
    kept = {"sort": sort.value, "descending": descending}
    await world.services.admins.prefer(actor, "recipients", kept)
    look = first_look(world.settings, Identity(account, 0), limit=20)
    query = RecipientQuery(sort=sort, descending=descending)
    expected = await world.services.recipients.window(actor, query, None, limit=20)
    assert look.rows == [row for row, _anchor in expected]
    assert look.preferences == kept


async def test_an_unknown_or_disabled_account_gets_none(world):
    kim = await world.services.admins.sign_in(Identity("kim", 0))
    assert first_look(world.settings, Identity("somebody", 0)) is None
    await world.services.admins.disable(world.system, kim.login)
    assert first_look(world.settings, Identity("kim", 0)) is None


@pytest.mark.parametrize("content", [b"", b"not a database at all", None])
def test_a_file_that_cannot_be_used_is_left_to_the_core(tmp_path, content):
    from tests.factories import make_settings

    settings = make_settings(tmp_path)
    file = tmp_path / "carecall.db"
    if content is not None:
        file.write_bytes(content)
    assert first_look(settings, Identity("root", 0)) is None
    assert file.exists() == (content is not None)
