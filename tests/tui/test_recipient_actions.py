"""Add, edit, delete, pause and resume, by keys."""

from datetime import timedelta

import pytest

from core.recipients.dto import RecipientQuery, Selection
from core.recipients.fields import MORE
from core.recipients.rules import RecipientDraft, Status
from core.values.errors import NotFound
from core.values.jobs import Job
from core.values.times import now
from tests.drivers import console
from tests.factories import make_services
from tui.format import days_left


@pytest.fixture
async def world(tmp_path):
    made = await make_services(tmp_path, account="root")
    yield made
    await made.close()


@pytest.fixture
async def body(world):
    return await world.organization("해운대구 복지관")


async def present(world, recipient_id):
    return await world.services.recipients.get(world.system, recipient_id)


async def test_add_with_an_organization_chosen_in_its_dialog(world, body):
    async with console(world) as it:
        await it.press("a")
        await it.sees("Add recipient")
        await it.type("김영희")
        await it.press("tab")
        await it.type("010 1234 5678")
        await it.press("tab")
        await it.type("혼자 사심")
        await it.press(*["tab"] * len(MORE), "enter")
        await it.sees("Type a part of the name", "› 해운대구 복지관")
        await it.press("enter")
        await it.sees_no("Type a part of the name")
        await it.press("ctrl+s")
        await it.sees("✓ 김영희 was added.", "1 recipient ", "010-1234-5678")
    rows = await world.services.recipients.window(world.system, RecipientQuery())
    assert [(row.name, row.phone, row.other_information) for row, _ in rows] == [
        ("김영희", "+821012345678", "혼자 사심")
    ]


async def test_the_cursor_follows_who_was_added_saved_or_searched_for(world, body):
    for name in ("가가", "나나", "다다", "라라"):
        await world.recipient(body, name)
    await world.admin("kim", organization_id=body, account="kim")
    async with console(world, account="kim") as it:
        await it.press("s", "home", "enter")
        await it.quiet()
        await it.press("a")
        await it.type("다나")
        await it.press("tab")
        await it.type("01012345678")
        await it.press("ctrl+s")
        await it.sees("✓ 다나 was added.")
        await it.quiet()
        assert (it.list.current.name, it.list.table.cursor_index) == ("다나", 2)
        await it.press("e", "home", "delete")
        await it.type("마")
        await it.press("ctrl+s")
        await it.sees("✓ 마나 was saved.")
        await it.quiet()
        assert (it.list.current.name, it.list.table.cursor_index) == ("마나", 4)
        await it.press("slash")
        await it.type("다다")
        await it.sees("1 of 5 recipients")
        await it.press("enter", "escape")
        await it.quiet()
        assert (it.list.current.name, it.list.table.cursor_index) == ("다다", 2)
        # a number that is taken is refused with whose it is
        await it.press("a")
        await it.type("박철수")
        await it.press("tab")
        await it.type("+82 10 1234 5678")
        await it.press("ctrl+s")
        await it.sees("belongs to 마나")
        assert it.app.focused.id == "input-phone"


async def test_at_a_first_run_the_organization_is_added_before_its_first_recipient(world):
    async with console(world) as it:
        await it.sees("There is no organization yet. Press a to add one, and its first recipient.")
        await it.press("u")
        await it.sees("! There is no organization yet. Press a to add one first.")
        await it.press("a")
        await it.sees("Add organization", "there is none yet", "ctrl+s Add")
        await it.press("ctrl+s")
        await it.sees("Organization name is missing.")
        await it.type("haeundae")
        await it.press("ctrl+s")
        await it.sees("Add recipient", "haeundae")
        await it.type("kim")
        await it.press("tab")
        await it.type("01012345678")
        await it.press("ctrl+s")
        await it.sees("✓ kim was added.", "haeundae")
        await it.press("a")
        await it.sees("Add recipient")


async def test_each_rule_is_named_at_its_field_and_typed_text_is_asked_about(world, body):
    async with console(world) as it:
        await it.press("a")
        await it.sees("Add recipient")
        await it.type("가" * 21)
        await it.press("tab")
        await it.sees("at most 20 characters; this has 21")
        await it.type("02-123-4567")
        await it.press("tab")
        await it.sees("is not a mobile number")
        await it.press("ctrl+s")
        await it.sees("Responsible organization is missing.")
        assert it.app.focused.id == "input-name"
        # lines that are pasted into a field of one line are folded
        await it.press("ctrl+u")
        await it.paste("\u2066김영희\r\n  (큰딸)\n")
        await it.sees("김영희 (큰딸)")
        await it.press("escape")
        await it.sees("What you typed will be lost.", "Go on typing")
        await it.press("enter")
        await it.sees_no("What you typed will be lost.")
        assert it.app.focused.value.endswith("김영희 (큰딸)")
        await it.press("escape")
        await it.sees("[x Discard]")
        await it.press("x")
        await it.sees_no("Add recipient")


async def test_edit_saves_the_fields_and_a_conflict_shows_both(world, body):
    row = await world.recipient(body, "김영희")
    async with console(world) as it:
        await it.press("e")
        await it.sees("Edit recipient")
        await it.press("end", "backspace")
        await it.type("수")
        await it.press("ctrl+s")
        await it.sees("✓ 김영수 was saved.")
        assert (await present(world, row.id)).name == "김영수"
        # one can go on typing, and take theirs
        await _edit_beside_another(world, it, row.id, "박철수")
        await it.press("escape")
        await it.sees_no("Take theirs")
        assert it.app.focused.value == "김영수이"
        await it.press("ctrl+s")
        await it.sees("Take theirs")
        assert (await present(world, row.id)).name == "박철수"
        await it.press("t")
        await it.sees_no("Edit recipient")
        await it.sees("Theirs was kept; yours was not saved.")
        await it.sees_no("was saved")
        assert (await present(world, row.id)).name == "박철수"
        await it.quiet()
        # or save one's own
        await _edit_beside_another(world, it, row.id, "최민수")
        await it.press("s")
        await it.sees("✓ 박철수이 was saved.")
    assert (await present(world, row.id)).name == "박철수이"


async def _edit_beside_another(world, it, recipient_id, theirs):
    row = await present(world, recipient_id)
    await it.press("e")
    await it.sees("Edit recipient")
    other = RecipientDraft(theirs, row.phone, "바뀜", organization_id=None)
    await world.services.recipients.edit(world.system, row.id, other, row.version)
    await it.sees("Somebody else has saved this recipient meanwhile")
    await it.press("end")
    await it.type("이")
    await it.press("ctrl+s")
    await it.sees("Root saved this recipient since it was opened. Nothing was overwritten.")
    await it.sees("≠ Recipient name", f"{row.name}이", theirs, "Save mine", "Take theirs")


async def test_delete_is_confirmed_and_can_be_undone(world, body):
    row = await world.recipient(body, "김영희")
    async with console(world) as it:
        await it.press("d")
        await it.sees("Delete recipient")
        await it.press("enter")  # on the safe button
        await it.sees_no("Delete recipient")
        assert (await present(world, row.id)).name == "김영희"
        await it.press("d")
        await it.sees("Delete recipient", "김영희", "For 30 days this can be undone")
        assert it.app.focused.name == "back"
        await it.press("d")
        await it.sees("김영희 was deleted. Press z to undo.", "0 recipients")
        with pytest.raises(NotFound):
            await present(world, row.id)
        await it.press("z")
        await it.sees("김영희 is back.", "1 recipient ")
    assert (await present(world, row.id)).name == "김영희"


async def test_delete_of_all_matching_states_the_exact_number(world, body):
    await world.recipients(body, 150)
    async with console(world) as it:
        await it.press("A")
        await it.sees("150 recipients selected.")
        await it.press("down", "space")
        await it.sees("149 recipients selected.")
        await it.press("d")
        await it.sees("149 recipients")
        await it.press("d")
        await it.sees("149 recipients were deleted.", "1 recipient ")


async def test_where_an_action_is_not_possible_its_key_is_dimmed_and_says_why(world, body):
    row = await world.recipient(body, "박철수")
    await world.campaign("아침 안부", recipients=[row.id])
    await world.recipient(body, "김영희")
    async with console(world) as it:
        await it.sees("(Pause)", "(Resume)")
        await it.press("p")
        await it.sees("The recipient is in no campaign; there is nothing to pause.")
        await it.press("r")
        await it.sees("The recipient is not paused.")
        await it.press("z")
        await it.sees("There is no delete to undo.")
        await it.press("down", "p")
        await it.sees("Pause participation", "박철수")
        await it.press("tab")
        await it.type("2020-01-01")
        await it.press("ctrl+s")
        await it.sees("The date to resume must be in the future.")
    assert (await present(world, row.id)).status is Status.IN_PROGRESS


async def test_pause_of_a_selection_tells_who_stays_as_they_are(world, body):
    rows = await world.recipients(body, 3)
    await world.campaign("아침 안부", recipients=[rows[0].id, rows[1].id])
    async with console(world) as it:
        await it.press("A", "p")
        await it.sees("2 of 3 selected; the others have no campaign in progress")
        await it.press("ctrl+s")
        await it.sees("2 recipients were paused.")
    counts = await world.services.recipients.counts(
        world.system, Selection(frozenset(row.id for row in rows))
    )
    assert (counts.total, counts.pausable, counts.resumable) == (3, 0, 2)


async def test_z_takes_back_one_delete_after_the_other_in_a_later_console_too(world, body):
    for name in ("김영희", "이철수"):
        await world.recipient(body, name)
    async with console(world) as it:
        for name in ("이철수", "김영희"):
            await it.press("d", "d")
            await it.sees(f"{name} was deleted. Press z to undo.")
            await it.sees_no(f">     {name}")
    async with console(world) as it:
        await it.press("z")
        await it.sees("김영희 is back.", "1 recipient ")
        await it.press("z")
        await it.sees("2 recipients")
        await it.quiet()  # else the cursor takes back what is told when it goes to who is back
        await it.press("z")
        await it.sees("There is no delete to undo.")


async def test_the_dialog_names_whom_it_is_about_and_who_is_not_in_the_list_shown(world, body):
    for name in ("김영수", "이순자", "박정희", "최민수"):
        await world.recipient(body, name)
    async with console(world) as it:
        await it.press("space", "/")
        await it.type("김영수")
        await it.press("enter")
        await it.sees("1 of 4 recipients")
        await it.press("d")
        await it.sees("1 recipient: 최민수; not in the list shown")
        await it.press("escape", "escape", "home", "A", "space", "d")
        await it.sees("3 recipients: 김영수, 이순자, 박정희; 1 that you took out stays as it is")
        await it.press("escape", "up", "space", "d")
        await it.sees("4 recipients: 김영수, 이순자, 박정희 and 1 more")


async def test_what_was_deleted_is_listed_shown_and_restored(world, body):
    kim = await world.recipient(body, "김영희", "010-1234-5678", "혼자 사심")
    lee = await world.recipient(body, "이철수")
    recipients = world.services.recipients
    await recipients.delete(world.system, Selection(frozenset({kim.id, lee.id})), 2)
    await world.recipient(body, "박민수", "010-1234-5678")
    async with console(world) as it:
        await it.press("Z")
        await it.sees("Deleted recipients", "2 recipients", "김영희", "이철수", "Root", "   30 ")
        await it.press("down", "enter")
        await it.sees("Deleted recipient", "혼자 사심", "Gone for good at")
        await it.press("escape", "space", "r")
        await it.sees("Restore recipients", "1 recipient: 김영희")
        await it.press("escape", "escape", "R")
        await it.sees("The delete of", "by Root", "2 recipients: 이철수, 김영희")
        await it.press("r")
        await it.sees("이철수 is back.", "1 stays deleted", "김영희 (010-1234-5678: 박민수)")
        await it.press("r")
        await it.sees("Restore with another number", "belongs to 박민수 now")
        await it.type("01012345678")
        await it.press("ctrl+s")
        await it.sees("belongs to 박민수 in this organization already")
        await it.press("ctrl+u")
        await it.type("010-8765-4321")
        await it.press("ctrl+s")
        await it.sees("김영희 is back, with another number.", "0 recipients")
        await it.sees("space(Select)")
        await it.press("A")
        assert not it.app.screen.table.has_selection
        await it.press("escape")
        await it.sees("Manage recipients", "3 recipients")
        await it.quiet()
        assert it.list.current.name == "김영희"


def test_a_day_that_has_begun_is_left_as_a_whole_one():
    moment = now()
    left = [
        days_left(moment + timedelta(hours=hours), moment) for hours in (30 * 24, 719, 25, 24, 23)
    ]
    assert left == ["30", "30", "2", "1", "<1"]
    assert days_left(None, moment) == "-"


async def test_very_many_are_deleted_with_progress_and_as_far_as_it_is_wanted(
    world, body, monkeypatch
):
    for module in ("core.db.bulk", "tui.forms.work"):
        monkeypatch.setattr(f"{module}.FEW", 2)
    monkeypatch.setattr("core.db.bulk.LONGEST_PART", 2)
    await world.recipients(body, 6)
    async with console(world) as it:
        tell = Job.tell

        def cancel_at_four(job, done, total):
            tell(job, done, total)
            if done == 4:
                job.cancel()

        with monkeypatch.context() as patch:
            patch.setattr(Job, "tell", cancel_at_four)
            await it.press("A", "d", "d")
            await it.sees("4 of 6 were deleted; z undoes. Cancelled.", "2 recipients")
        await it.press("z")
        await it.sees("4 recipients are back.", "6 recipients")
