"""A user's own keys: they work, are shown wherever keys are shown, and are told where they cannot be."""

import msgspec
import pytest

from core.io.identity import Identity
from core.values.errors import InvalidInput
from tests.drivers import console_of
from tests.factories import make_services
from tui import action, own_keys
from tui.__main__ import main


def test_no_two_actions_of_a_place_have_the_same_key() -> None:
    every = {
        one.full_name: one.keys for one in action.every() if one.scope not in ("always", "dialog")
    }
    own_keys.check(every, str)
    together = {scope for place in action.PLACES for scope in place}
    assert {scope.name for scope in action.scopes() if scope not in together} == {"always"}


@pytest.mark.parametrize(
    ("remapped", "words"),
    [
        ({"add": "n"}, "there is no action add. Did you mean recipients.add?"),
        ({"recipients.ad": "n"}, "there is no action recipients.ad. Did you mean recipients.add?"),
        ({"recipients.add": "e"}, "e would be both recipients.edit and recipients.add."),
        ({"recipients.add": "j"}, "j would be both list.cursor_down and recipients.add."),
        ({"recipients.add": "ㄷ"}, "ㄷ would be both recipients.edit and recipients.add."),
        ({"recipients.add": "?"}, "? would be both console.help and recipients.add."),
        ({"recipients.add": "ctrl+h"}, "recipients.add: terminals do not pass ctrl+h on."),
        ({"recipients.add": "alt+a"}, "recipients.add: alt+a is no key that every terminal"),
        ({"recipients.add": ""}, "recipients.add: '' is no key that every terminal"),
        ({"recipients.add": "f4"}, "a function key does not reach every console"),
        ({"form.save": "s"}, "letters are typed there, so that s cannot be form.save."),
    ],
)
def test_keys_that_cannot_be_are_told_with_their_file(remapped: dict[str, str], words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        own_keys.check(remapped, lambda name: f"/etc/carecall/config.toml, {name}")
    assert str(refused.value).startswith(
        f"[keys] in /etc/carecall/config.toml, {next(iter(remapped))}: "
    )
    assert words in str(refused.value)


def test_two_actions_may_change_places() -> None:
    own_keys.check({"recipients.add": "e", "recipients.edit": "a,f4", "list.first": "home,V"}, str)


@pytest.mark.parametrize("arguments", [[], ["organization", "list"]])
def test_they_are_told_before_anything_is_done(arguments, tmp_path, monkeypatch, capsys) -> None:
    file = tmp_path / "carecall" / "config.toml"
    file.parent.mkdir()
    file.write_text('[keys]\n"recipients.fly" = "n"\n')
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert main(arguments) == 2
    assert f"[keys] in {file}, line 2: there is no action recipients.fly" in capsys.readouterr().err


async def test_own_keys_work_and_are_shown(tmp_path) -> None:
    own = {
        "list.cursor_down": "b",
        "recipients.views": "V",
        "list.open": "l",
        "recipients.edit": "i",
        "recipients.delete": "X",
        "recipients.add": "+",
        "memory.reset": "d",
        "notes.delete": "r",
        "console.leave": "Q",
        "details.tab_calls": "9",
        "recipients.undo": "y",
    }
    own_keys.check(own, str)
    world = await make_services(tmp_path, account="root")
    body = await world.organization("해운대구 복지관")
    for name in ("김영희", "박철수"):
        await world.recipient(body, name)
    settings = msgspec.structs.replace(world.settings, keys=own)
    async with console_of(settings, Identity(account="root", uid=0)) as it:
        await it.sees("+ Add", "i Edit", "X Delete", "Q Leave")
        await it.press("j")
        assert it.list.table.cursor_index == 0
        await it.press("ㅠ")  # b in Hangul mode
        assert it.list.table.cursor_index == 1
        await it.press("d")
        assert len(it.app.screen_stack) == 2
        await it.press("X")
        await it.sees("Delete recipient")
        await it.press("escape", "?")
        await it.sees("+           Add")
        await it.type("down")
        await it.sees("b           Down")
        await it.press("escape", ":")
        await it.type("Edit")
        await it.sees("i       Edit")
        await it.press("escape", "ㅣ")  # l, which opens now
        await it.sees("Recipient details")
        await it.press("4")
        await it.sees("r(Delete)")
        await it.press("r")
        await it.sees("There is no memo under the cursor.")
        await it.press("d")
        await it.sees("Press 9 for the calls first.")
        await it.press("escape", "X", "d")
        await it.sees("김영희 was deleted. Press y to undo.")
    await world.close()
