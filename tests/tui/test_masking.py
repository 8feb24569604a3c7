"""Numbers are masked for the roles that the settings name: on every screen, in files, and however asked for."""

import io
from collections.abc import AsyncIterator
from pathlib import Path

import openpyxl
import pytest

from core.app.actor import Actor
from core.io.identity import Identity
from core.recipients.dto import Page, RecipientFilter, RecipientQuery, RecipientRow
from core.recipients.fields import FieldName
from core.recipients.rules import RecipientDraft
from core.values.errors import Conflict, InvalidInput, NotPermitted
from core.values.phone import hide, mask, show
from core.values.roles import Role
from tests.audit_trail import actions, records
from tests.drivers import Console, console
from tests.factories import World, make_services
from tui.recipients import reveal

NUMBER, MASKED, KEPT = "010-1234-5678", "010-****-5678", "+8210****5678"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    config = tmp_path / ".config/carecall/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('mask_phones_for = ["organization", "viewer"]\n')
    made = await make_services(tmp_path, account="root")
    body = await made.organization("Haeundae")
    await made.recipient(body, "김영희", NUMBER, "101동")
    await made.admin("kim", Role.ORGANIZATION, body, account="kim")
    await made.admin("lee", Role.VIEWER, body, account="lee")
    yield made
    await made.close()


async def actor(world: World, login: str) -> Actor:

    return await world.services.admins.sign_in(Identity(login, 0))


# what leaves the core


@pytest.mark.parametrize("login", ["kim", "lee"])
async def test_what_leaves_the_core_is_masked(world: World, login: str) -> None:
    admin, recipients = await actor(world, login), world.services.recipients
    [(row, _anchor)] = await recipients.window(admin, RecipientQuery())
    assert row.phone == KEPT
    assert (await recipients.get(admin, row.id)).phone == KEPT
    assert (await recipients.get(world.system, row.id)).phone == "+821012345678"


async def test_what_is_saved_comes_back_masked(world: World) -> None:
    kim, recipients = await actor(world, "kim"), world.services.recipients
    added = await recipients.add(kim, RecipientDraft("박철수", "010-1111-2222"))
    assert added.phone == "+8210****2222"
    edited = await recipients.edit(kim, added.id, RecipientDraft("박", "010-1111-3333"), 1)
    assert edited.phone == "+8210****3333"
    unchanged = await recipients.edit(kim, added.id, RecipientDraft("박", "010-1111-3333"), 2)
    assert unchanged.phone == "+8210****3333"
    with pytest.raises(Conflict) as conflict:
        await recipients.edit(kim, added.id, RecipientDraft("박", "010-1111-4444"), 1)
    assert isinstance(conflict.value.current, RecipientRow)
    assert conflict.value.current.phone == "+8210****3333"


async def test_a_masked_number_that_is_sent_back_stays_as_it_is(world: World) -> None:
    kim, recipients = await actor(world, "kim"), world.services.recipients
    await recipients.edit(kim, 1, RecipientDraft("김순희", MASKED, "101동"), 1)
    assert (await recipients.get(world.system, 1)).phone == "+821012345678"
    assert (await records(world))[-1].details == {"fields": ["name"]}
    with pytest.raises(InvalidInput):
        await recipients.edit(kim, 1, RecipientDraft("김순희", "010-****-0000"), 2)
    with pytest.raises(InvalidInput):
        await recipients.edit(world.system, 1, RecipientDraft("김순희", MASKED), 2)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("5678", 1), ("78", 1), ("010-1234-5678", 0), ("+82 10 1234 5678", 0), ("김영희", 1),
        ("101", 1), ("1234", 0), ("0101234", 0), ("12345678", 0), ("45678", 0), ("010", 0),
        ("1012345678", 0), ("0212345678", 0),
    ],
)  # fmt: skip
async def test_a_search_tells_no_digit_that_is_masked(world: World, typed: str, found: int) -> None:
    kim, recipients = await actor(world, "kim"), world.services.recipients
    assert await recipients.count(kim, RecipientQuery(search=typed)) == found
    everywhere = RecipientQuery(search=typed)
    assert await recipients.count(world.system, everywhere) == (typed != "0212345678")
    by_field = RecipientFilter(phone=typed)
    if typed.strip("+0123456789- ") == "":
        assert await recipients.count(kim, RecipientQuery(filter=by_field)) == found


async def test_an_order_tells_no_digit_that_is_masked(world: World) -> None:
    kim, recipients = await actor(world, "kim"), world.services.recipients
    for number in ("010-1111-9999", "010-9999-1111"):
        await recipients.add(kim, RecipientDraft("이", number))
    query = RecipientQuery(sort=FieldName.PHONE, descending=False)
    shown = await recipients.window(kim, query)
    assert [row.phone[-4:] for row, _anchor in shown] == ["1111", "5678", "9999"]
    assert [anchor.value for _row, anchor in shown] == ["1111", "5678", "9999"]
    after = await recipients.window(kim, query, Page(shown[0][1]))
    assert [row.phone[-4:] for row, _anchor in after] == ["5678", "9999"]
    everything = await recipients.window(world.system, query)
    assert [row.phone[-4:] for row, _anchor in everything] == ["9999", "5678", "1111"]


async def test_a_download_is_masked(world: World) -> None:
    file = io.BytesIO()
    await world.services.downloads.write(
        await actor(world, "lee"), RecipientQuery(), file, reason="monthly report"
    )
    sheet = openpyxl.load_workbook(file).worksheets[0]
    cells = {cell for row in sheet.iter_rows(values_only=True) for cell in row}
    assert MASKED in cells
    assert not [cell for cell in cells if cell and "1234" in str(cell)]


async def test_the_call_list_is_refused(world: World) -> None:
    kim = await actor(world, "kim")
    with pytest.raises(NotPermitted, match="your role does not see"):
        await anext(world.services.campaigns.call_list(kim))


async def test_a_number_is_shown_for_a_reason_that_is_recorded(world: World) -> None:
    lee, recipients = await actor(world, "lee"), world.services.recipients
    # the last two would stay in the record when the recipient is erased
    for reason in ("", "  ", "x" * 201, "a\u202eb", "김영희님 전화", "call 01012345678"):
        with pytest.raises(InvalidInput) as refused:
            await recipients.reveal(lee, 1, reason)
        assert refused.value.field == "reason"
    assert await recipients.reveal(lee, 1, "  call  back ") == "+821012345678"
    shown = [one for one in await records(world) if one.action == "recipient.reveal"]
    assert [(one.subject_id, one.admin_id, one.details) for one in shown] == [
        (1, lee.admin_id, {"reason": "call back"})
    ]
    # who sees numbers asks for nothing that is not there to see
    assert await recipients.reveal(world.system, 1) == "+821012345678"


@pytest.mark.parametrize(
    ("e164", "region", "shown"),
    [
        ("+821012345678", "KR", MASKED),
        ("+821012345678", "JP", "+82 10-****-5678"),
        ("+819012345678", "KR", "+81 90-****-5678"),
        ("+819012345678", "JP", "090-****-5678"),
        ("+12025550123", "KR", "+1 20*-***-0123"),
    ],
)
def test_a_masked_number_is_written_as_its_region_writes_it(
    e164: str, region: str, shown: str
) -> None:
    assert mask(e164, region) == show(hide(e164), region) == shown
    assert hide(hide(e164)) == hide(e164)


async def test_a_role_that_does_not_exist_cannot_be_named(tmp_path: Path) -> None:
    config = tmp_path / "other/.config/carecall/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('mask_phones_for = ["everybody"]\n')
    with pytest.raises(InvalidInput, match="mask_phones_for"):
        await make_services(tmp_path / "other")


# on the screens


async def reveal_here(driver: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reveal, "REVEAL_SECONDS", 0.3)
    await driver.press("n")
    await driver.sees("Show the number", "ctrl+s Show")
    await driver.press("ctrl+s")
    await driver.sees("Reason is missing.")
    await driver.type("call back")
    await driver.press("ctrl+s")
    await driver.sees(f"김영희: {NUMBER}")
    await driver.sees_no(NUMBER)


async def test_list_and_details_show_a_number_for_a_while(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with console(world, account="lee") as driver:
        await driver.sees("김영희", MASKED)
        assert NUMBER not in driver.text()
        await reveal_here(driver, monkeypatch)
        await driver.sees(MASKED)
        # the next one for the same reason is one key more; nothing was typed, nothing is asked
        await driver.press("n")
        await driver.sees("call back")
        await driver.press("escape")
        await driver.sees_no("Show the number")
        await driver.press("n", "ctrl+s")
        await driver.sees(f"김영희: {NUMBER}")
        # it goes only where it is still shown
        await driver.press("ctrl+r")
        await driver.sees("Read again.")
        await driver.sees_no(NUMBER)
        await driver.press("enter")
        await driver.sees("Recipient details", MASKED, "3 months: 0 calls")
        assert NUMBER not in driver.text()
        await driver.press("n", "ctrl+s")
        await driver.sees(f"김영희: {NUMBER}")
        await driver.sees_no(NUMBER)
    told = [(one.action, one.details.get("reason")) for one in await records(world)]
    assert [one for one in told if one[0] == "recipient.reveal"] == [
        ("recipient.reveal", "call back")
    ] * 3


async def test_who_sees_numbers_is_told_so(world: World) -> None:
    async with console(world, account="root") as driver:
        await driver.sees(NUMBER)
        await driver.press("n")
        await driver.sees("The number is shown whole already.")
    assert await actions(world) == ["recipient.add"]


async def test_a_name_is_edited_without_ever_seeing_the_number_and_a_new_one_is_typed(
    world: World,
) -> None:
    async with console(world, account="kim") as driver:
        await driver.press("e")
        await driver.sees("Edit recipient", MASKED)
        assert NUMBER not in driver.text()
        await driver.press("end")
        await driver.type("x")
        await driver.press("ctrl+s")
        await driver.sees("김영희x was saved.")
        row = await world.services.recipients.get(world.system, 1)
        assert (row.name, row.phone) == ("김영희x", "+821012345678")
        await driver.quiet()
        await driver.press("e")
        await driver.sees("Edit recipient")
        await driver.press("tab", "end")
        await driver.type("9")
        await driver.press("ctrl+s")
        await driver.sees("Mobile phone number is not a number that can be phoned.")
        await driver.press("ctrl+u", "home")
        await driver.press(*["delete"] * 20)
        await driver.type("010-8888-7777")
        await driver.press("ctrl+s")
        await driver.sees("was saved.", "010-****-7777")
    assert (await world.services.recipients.get(world.system, 1)).phone == "+821088887777"
