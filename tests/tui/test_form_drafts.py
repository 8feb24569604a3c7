"""What was typed into a recipient's form when the console was lost, and what became of the recipient since."""

import pytest

from core.recipients.dto import Selection
from core.recipients.rules import RecipientDraft
from tests.drivers import console
from tests.factories import make_services


@pytest.fixture
async def world(tmp_path):
    """A console was lost while the name of the one recipient was edited."""
    made = await make_services(tmp_path, account="root")
    await made.recipient(await made.organization("해운대구 복지관"), "이순신")
    async with console(made) as it:
        await it.press("e")
        await it.sees("Edit recipient")
        await it.press("end")
        await it.type("장군")
        form = it.app.screen
        await it.until(
            lambda: form.draft_file and form.draft_file.draft.values["name"] == "이순신장군",
            "it is kept",
        )
        form.draft_file.release()
    yield made
    await made.close()


async def test_an_edit_goes_on_from_the_version_it_began_with(world):
    row = await world.services.recipients.get(world.system, 1)
    draft = RecipientDraft("이순신제독", row.phone, "", organization_id=row.organization_id)
    await world.services.recipients.edit(world.system, 1, draft, row.version)
    async with console(world) as it:
        await it.sees("You were editing a recipient.")
        await it.press("g")
        await it.sees("Edit recipient", "이순신장군")
        await it.press("ctrl+s")
        await it.sees("Nothing was overwritten.", "이순신장군", "이순신제독")


async def test_what_was_kept_about_somebody_deleted_is_dropped_with_a_word(world):
    await world.services.recipients.delete(world.system, Selection(frozenset({1})), 1)
    async with console(world) as it:
        await it.sees("You were editing a recipient.")
        await it.press("enter")
        await it.sees("✗ ")
        folder = world.settings.state_dir / "drafts"
        await it.until(lambda: not list(folder.glob("*.json")), "it is kept no more")
