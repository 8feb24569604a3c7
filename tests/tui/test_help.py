"""The first minutes: the keys to try, the help that begins with what can be done here, actions by other words."""

import pytest

from core.demo import place
from core.io.identity import Identity
from core.values import i18n
from tests.drivers import Console, console, console_of
from tests.factories import World, make_services
from tui.everywhere import EVERYWHERE
from tui.finding import find
from tui.own_keys import OwnKeys
from tui.recipients.actions import RECIPIENTS


@pytest.fixture
async def world(tmp_path):
    made = await make_services(tmp_path, account="root")
    body = await made.organization("해운대구 복지관")
    await made.recipient(body, "김영희")
    yield made
    await made.close()


def sections(it: Console) -> list[str]:
    """The headings of the help that are on the screen: what stands at the left of the box."""
    lines = [line.partition("│ ")[2] for line in it.text().splitlines()]
    return [line.strip(" │") for line in lines[2:] if line and line[0] not in " ›"]


async def test_help_begins_with_what_can_be_done_here_and_is_searched_by_typing(
    world: World,
) -> None:
    async with console(world) as it:
        await it.press("?")
        await it.sees("Help", "What can be done here", "Not possible now")
        assert sections(it)[:2] == [
            "What can be done here",
            "Not possible now",
        ]
        await it.sees("(Pause)  ", "(Resume)  The recipient is not paused.")
        shown = it.text()
        await it.press("pagedown", "down")
        await it.sees_no("What can be done here")
        await it.press("up", "pageup")
        await it.until(lambda: it.text() == shown, "the beginning")
        await it.type("restore")
        await it.sees("On another screen: Deleted recipients", "Restore together")
        await it.sees_no("What can be done here")
        await it.press(*["backspace"] * 7)
        await it.press("z")  # what a key does
        await it.sees("Undo the last delete", "On another screen: Duplicates")
        await it.press("backspace")
        await it.type("export")
        await it.sees("w           Download  (export)")
        await it.type("zz")
        await it.sees("No key does this.")
        await it.press("escape")
        await it.sees("a Add")
        await it.sees_no("Help ─")


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize(
    ("typed", "action"),
    [
        ("delete", "recipients.delete"),
        ("remove", "recipients.delete"),
        ("지우기", "recipients.delete"),
        ("삭제", "recipients.delete"),
        ("내보내기", "recipients.download"),
        ("export", "recipients.download"),
        ("import", "recipients.upload"),
        ("가져오기", "recipients.upload"),
        ("undo", "recipients.undo"),
        ("last undo", "recipients.undo"),
        ("되돌리기", "recipients.undo"),
        ("merge", "recipients.duplicates"),
        ("합치기", "recipients.duplicates"),
        ("trash", "recipients.deleted"),
        ("휴지통", "recipients.deleted"),
        ("quit", "console.leave"),
        ("나가기", "console.leave"),
        ("shortcuts", "console.help"),
        ("statistics", "recipients.overview"),
        ("F", "recipients.search_conversations"),
    ],
)
def test_an_action_is_found_by_other_words_in_both_languages(
    language: str, typed: str, action: str
) -> None:
    i18n.use(language)
    own = OwnKeys({})
    hits = [
        (hit, one.full_name)
        for scope in (RECIPIENTS, EVERYWHERE)
        for one in scope.actions
        if (hit := find(one, typed, own))
    ]
    assert min(hits, key=lambda one: one[0].rank)[1] == action


async def test_the_palette_tells_the_word_by_which_it_found_and_does_it(world: World) -> None:
    async with console(world) as it:
        await it.press(":")
        await it.type("remove")
        await it.sees("d       Delete  (remove)")
        await it.press("enter")
        await it.sees("Delete recipient")


async def test_the_keys_to_try_are_said_once_on_the_sample(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = Identity(account="root", uid=0)
    async with console_of(world.settings, who) as it:
        assert "keys to try" not in it.words()  # not on real data
    monkeypatch.setattr(place, "is_sample", lambda settings: True)
    async with console_of(world.settings, who) as it:
        await it.sees("Three keys to try: enter opens a recipient, t shows")
        await it.press("down")
        await it.sees("Three keys to try")  # it is no answer to anything
        await it.press("a")
        await it.sees("Add recipient")
        await it.press("escape")
        await it.sees_no("keys to try")
    async with console_of(world.settings, who) as it:
        await it.sees("Manage recipients")
        assert "keys to try" not in it.words()


def test_only_a_sample_is_one(world: World) -> None:
    assert not place.is_sample(world.settings)
    assert place.is_sample(place.sample_settings(world.settings, 20, 1))
