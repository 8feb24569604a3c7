"""What was typed into a form of the details when the console was lost."""

import pytest

from tests.drivers import console
from tests.factories import make_services
from tests.tui.details import details
from tests.tui.noted import actions, memos, three_calls


@pytest.fixture
async def world(tmp_path):
    made = await make_services(tmp_path, account="root")
    await three_calls(made)
    yield made
    await made.close()


@pytest.mark.parametrize(
    ("keys", "title", "text"),
    [
        (("4", "a"), "Add memo", "typed"),
        (("2", "e"), "Edit memory details", "Sleeps welltyped"),
        (("f", "down", "enter"), "Add follow-up action", "typed"),
    ],
)
async def test_what_was_typed_when_the_console_was_lost_is_offered_again(world, keys, title, text):
    async with details(world) as it:
        await it.press(*keys)
        await it.sees(title)
        await it.type("typed")
        form = it.app.screen
        await it.until(
            lambda: form.draft_file and form.draft_file.draft.values["text"] == text, "it is kept"
        )
        form.draft_file.release()
    async with console(world) as it:
        await it.sees("Not saved yet", "What you typed was kept.")
        await it.press("enter")
        await it.sees(title, text)
        await it.press("ctrl+s")
        await it.sees("What you typed was saved.")
    assert [text] == [
        *await memos(world),
        *(details for _call, _kind, details in await actions(world)),
        *(one.content for one in await world.services.memory.list(world.system, 1) if one.admin),
    ]
    if title == "Add follow-up action":
        assert await actions(world) == [(3, "visited", "typed")]


async def test_a_memory_that_changed_while_its_form_was_lost_is_a_conflict(world):
    async with details(world) as it:
        await it.press("2", "e")
        await it.sees("Edit memory details")
        await it.type("typed")
        form = it.app.screen
        await it.until(lambda: form.draft_file and form.draft_file.draft, "it is kept")
        await it.until(lambda: form.draft_file.draft.values["text"].endswith("typed"))
        form.draft_file.release()
    await world.services.memory.edit(world.system, 1, "Theirs now", 1)
    async with console(world) as it:
        await it.sees("Not saved yet")
        await it.press("enter")
        await it.sees("Edit memory details")
        await it.press("ctrl+s")
        await it.sees("Yours:", "Sleeps welltyped", "Theirs:", "Theirs now")
