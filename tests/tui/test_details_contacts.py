"""Contacts, driven by keys: each how-to and each refusal."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.contacts.rules import ContactDraft
from core.values.roles import Role
from tests.audit_trail import actions
from tests.factories import World, make_services
from tests.tui.details import details
from tui.recipients import reveal


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    made = await make_services(tmp_path, account="root")
    body = await made.organization("Haeundae")
    await made.recipient(body, "김영희", "010-1234-5678")
    yield made
    await made.close()


async def kept(world: World) -> list[tuple[str, str, str]]:
    rows = await world.services.contacts.list(world.system, 1)
    return [(one.relation.value, one.name, one.phone) for one in rows]


async def test_add_edit_order_copy_and_delete(world: World) -> None:
    await world.recipient(1, "박철수", "010-9876-5432")
    async with details(world, down=1) as it:
        await it.go("5")
        await it.sees(
            "[5 Contacts]", "There is no contact. Press a to add a guardian or an office."
        )
        await it.press("a")
        await it.sees("Add contact", "김영희", "(x) guardian", "( ) emergency service")
        await it.press("enter")
        await it.type("김미영")
        await it.press("tab")
        await it.type("749-4000")
        await it.press("ctrl+s")
        await it.sees("Write it with its area code, like 051-749-4000, or a service as it is")
        await it.press("home", *["delete"] * 8)
        await it.type("010 9876 5432")
        await it.press("ctrl+s")
        await it.sees("The contact was added.", "[5 Contacts 1]", "010-9876-5432", "박철수")
        await it.press("a")
        await it.sees("Add contact")
        await it.press("down", "down", "down", "tab", "tab")
        await it.type("119")
        await it.press("ctrl+s")
        await it.sees("The contact was added.", "[5 Contacts 2]", "119")
        await it.go("greater_than_sign")
        await it.sees("This is the last contact already.")
        await it.go("less_than_sign")
        assert [one[2] for one in await kept(world)] == ["119", "+821098765432"]
        assert it.screen.contacts.current.phone == "119"
        await it.go("less_than_sign")
        await it.sees("This is the first contact already.")
        await it.go("down", "y")
        await it.sees("Copied, and recorded: 010-9876-5432, guardian 김미영.")
        assert it.app.clipboard == "010-9876-5432"
        await it.press("e")
        await it.sees("Edit contact", "010-9876-5432")
        await it.press("tab", "end")
        await it.type(" (딸)")
        await it.press("ctrl+s")
        await it.sees("The contact was saved.", "김미영 (딸)")
        await it.press("d")
        await it.sees(
            "Delete contact", "guardian 김미영 (딸) · 010-9876-5432", "It cannot be brought back."
        )
        await it.press("d")
        await it.sees("The contact was deleted.", "[5 Contacts 1]")
    assert await kept(world) == [("emergency service", "", "119")]
    assert (await actions(world))[-6:] == [
        "contact.add", "contact.add", "contact.move", "contact.copy", "contact.edit", "contact.delete"
    ]  # fmt: skip


async def test_what_is_not_possible_says_why_and_a_conflict_shows_both(world: World) -> None:
    contacts = world.services.contacts
    rows = [
        await contacts.add(world.system, 1, ContactDraft("neighbour", name, "051-749-4000"))
        for name in "abcde"
    ]
    async with details(world) as it:
        await it.go("5", "a")
        await it.sees("A recipient has at most 5 contacts; edit or delete one.")
        await it.press("e")
        await it.sees("Edit contact")
        theirs = ContactDraft("other", "theirs", "119")
        await contacts.edit(world.system, rows[0].id, theirs, 1)
        await it.press("tab", "end")
        await it.type("!")
        await it.press("ctrl+s")
        await it.sees("Nothing was overwritten.", "≠ Name", "a!", "theirs", "≠ Telephone number")
        await it.press("s")
        await it.sees("The contact was saved.", "a!")
    assert (await kept(world))[0] == ("neighbour", "a!", "+82517494000")


async def test_a_role_that_sees_no_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reveal, "REVEAL_SECONDS", 0.3)
    config = tmp_path / ".config/carecall/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('mask_phones_for = ["viewer"]\n')
    world = await make_services(tmp_path, account="root")
    body = await world.organization("Haeundae")
    await world.recipient(body, "김영희", "010-1234-5678")
    await world.admin("lee", Role.VIEWER, body, account="lee")
    draft = ContactDraft("guardian", "김미영", "010-9876-5432")
    await world.services.contacts.add(world.system, 1, draft)
    async with details(world, account="lee") as it:
        await it.go("5")
        await it.sees("010-****-5432")
        for key, told in (
            ("n", "guardian 김미영: 010-9876-5432"),
            ("y", "recorded: 010-9876-5432"),
        ):
            await it.press(key)
            await it.sees("guardian 김미영", "Name nobody in it.")
            if key == "n":
                await it.type("nobody answers")
            await it.press("ctrl+s")
            await it.sees(told)
            await it.sees_no("010-9876-5432")
        await it.press("a")
        await it.sees("The role viewer reads only.")
    assert (await actions(world))[-2:] == ["contact.reveal", "contact.copy"]
    await world.close()
