"""Uploads and the download, by keys: choose, results, correct, write the failed rows, upload those, undo."""

import shutil
from pathlib import Path

import openpyxl
import pytest
from textual import events

from core.recipients.dto import RecipientQuery
from tests.drivers import Console, console
from tests.factories import World, make_services
from tests.reading_here import read_here
from tests.workbooks import HEADERS, workbook
from tui.uploads.typed_path import typed_path

SAMPLES = Path(__file__).parent.parent / "data"


@pytest.fixture
async def world(tmp_path):
    made = await make_services(tmp_path, account="root")
    await made.organization("해운대구 복지관")
    await made.organization("순천시 노인복지과")
    yield made
    await made.close()


@pytest.fixture
def samples(tmp_path):
    made = tmp_path / "files"
    made.mkdir()
    for name in ("recipients.xlsx", "recipients-mixed.xlsx", "recipients-numbers.xlsx"):
        shutil.copy(SAMPLES / name, made / name)
    return made


@pytest.fixture
def folder(samples, monkeypatch):
    """The samples, read without a process for each."""
    read_here(monkeypatch)
    return samples


async def choose(it: Console, path: Path) -> None:
    await it.press("u")
    await it.sees("Upload recipients", "nothing is saved yet")
    await it.paste(str(path))
    await it.press("enter")


async def take_in(it: Console, path: Path) -> None:
    """Check the file and save it."""
    await choose(it, path)
    await save(it)


async def save(it: Console) -> None:
    """Save what was checked."""
    await it.sees("Check of an upload", "Checked; ctrl+s saves it.")
    await it.press("ctrl+s")
    await it.sees("Upload results")


async def count(world: World) -> int:
    return await world.services.recipients.count(world.system, RecipientQuery())


async def test_the_whole_way_from_a_file_to_undo(world, samples):
    async with console(world) as it:
        await take_in(it, samples / "recipients-numbers.xlsx")
        await it.sees("Upload results", "6 rows read: 4 created, 0 unchanged, 2 failed; 4 warnings")
        await it.sees("Failed", "Success", "a number with a fraction")
        assert await count(world) == 4
        await it.press("e")
        await it.sees("Correct row 5", "✗ Mobile phone number is a number with a")
        await it.press("ctrl+u")  # the wrong field has the focus
        await it.paste("010-7777-1234")
        await it.press("ctrl+s")
        await it.sees("✓ Row 5 was saved: 최말순.", "5 created, 0 unchanged, 1 failed")
        await it.press("w")
        await it.sees("Write failed rows")
        await it.press("ctrl+u")
        await it.paste(str(samples / "failed.xlsx"))
        await it.press("enter")
        await it.sees("1 row was written")
        _correct(samples / "failed.xlsx", "010-8888-1234")
        await it.press("escape")
        await take_in(it, samples / "failed.xlsx")
        await it.sees("1 row read: 1 created, 0 unchanged, 0 failed")
        await it.press("escape", "U")
        await it.sees("2 uploads", "failed.xlsx", "recipients-numbers.…", "Unchanged")
        await it.press("down", "enter")
        await it.sees("5 created, 0 unchanged, 1 failed")
        await it.press("z")
        await it.sees("5 recipients that this upload created will be deleted.")
        await it.press("u")
        await it.sees("✓ The upload was undone: 5 recipients were deleted.", "Undone on", "by Root")
        await it.press("z")
        await it.sees("! This upload was undone.")
        await it.press("escape")
        await it.sees("(undone) recipients…")
    assert await count(world) == 1


async def test_ctrl_r_reads_again_what_is_shown(world, folder, monkeypatch):
    async with console(world) as it:
        await take_in(it, folder / "recipients.xlsx")
        await it.sees("Upload results")
        services = it.app.services
        await _reads_again(it, monkeypatch, services.uploads, "results")
        await it.press("escape", "U")
        await it.sees("1 upload")
        await _reads_again(it, monkeypatch, services.uploads, "uploads")
        await it.press("escape", "Z")
        await it.sees("Deleted recipients", "0 recipients")
        await _reads_again(it, monkeypatch, services.deletions, "count")


async def _reads_again(it: Console, monkeypatch, part, name: str) -> None:
    asked: list[object] = []
    read = getattr(part, name)

    async def counted(*args, **more):
        asked.append(args)
        return await read(*args, **more)

    with monkeypatch.context() as patched:
        patched.setattr(part, name, counted)
        await it.press("ctrl+r")
        await it.sees("Read again.")
        await it.until(lambda: asked, f"{name} is asked")


def _correct(file: Path, phone: str) -> None:
    book = openpyxl.load_workbook(file)
    sheet = book.active
    headers = [cell.value for cell in sheet[1]]
    assert "Reason" in headers
    column = next(at for at, name in enumerate(headers, 1) if "phone" in str(name).lower())
    sheet.cell(2, column).value = phone
    book.save(file)


async def test_a_check_saves_nothing_until_it_is_said(world, folder):
    async with console(world) as it:
        await choose(it, folder / "recipients-mixed.xlsx")
        await it.sees(
            "Check of an upload", "Checked; ctrl+s saves it.",
            "12 rows read: 4 created, 0 unchanged, 8 failed",
        )  # fmt: skip
        await it.press("z")
        await it.sees("! This is a check; nothing is saved yet.")
        await it.press("f")
        await it.sees("failed only")
        await it.sees_no("Success")
        assert await count(world) == 0
        await it.press("escape")
        await it.sees("! Nothing was saved.")
        await choose(it, folder / "recipients-mixed.xlsx")
        await save(it)
        await it.sees("12 rows read: 4 created, 0 unchanged, 8 failed")
    assert await count(world) == 4


async def test_what_was_changed_since_the_check_is_checked_and_the_same_file_again_is_told(
    world, folder
):
    async with console(world) as it:
        await choose(it, folder / "recipients-numbers.xlsx")
        await it.sees("6 rows read: 4 created")
        shutil.copy(SAMPLES / "recipients.xlsx", folder / "recipients-numbers.xlsx")
        await it.press("ctrl+s")
        await it.sees("60 rows read: 60 created", "Checked; ctrl+s saves it.")
        assert await count(world) == 0
        await save(it)
        assert await count(world) == 60
        # the same again, whatever its name, is told and gives unchanged
        await it.press("escape")
        await choose(it, folder / "recipients.xlsx")
        await it.sees(
            "This file was taken in on", "60 rows read: 0 created, 60 unchanged, 0 failed"
        )
        await save(it)
        await it.sees("60 rows read: 0 created, 60 unchanged, 0 failed")
    assert await count(world) == 60


async def test_columns_are_mapped_and_a_sheet_is_chosen_by_keys(world, folder):
    book = openpyxl.Workbook()
    november, december = book.active, book.create_sheet("12월")
    november.title = "11월"
    for sheet, row in ((november, "이순자"), (december, "김영수")):
        sheet.append(["번호", "어르신", "전번", "비고"])
        sheet.append([1, row, "010-2000-0001", "독거"])
    book.save(folder / "people.xlsx")
    async with console(world) as it:
        await it.press("u")
        await it.sees("nothing is saved yet")
        await it.paste(f"{folder}/people.xlsx")
        await it.press("tab", "enter")
        await it.type("해운대")
        await it.press("enter")
        await it.sees("Responsible organization  해운대구 복지관")
        await it.press("ctrl+s")
        await it.sees("Columns of the sheet 11월", "Row 1 has: A '번호', B '어르신', C '전번'")
        await it.sees("B   어르신           -                    이순자")
        await it.press("down", "1", "down", "2", "ctrl+s")
        await it.sees("1 row read: 1 created", "이순자", "C '전번' was read as Mobile phone")
        await it.press("c")
        await it.sees("D   비고             Other information    독거")
        await it.press("end", "0", "ctrl+s")
        await it.sees("1 row read: 1 created", "more notes; n shows all")
        await it.press("n")
        await it.sees("─ Notes ─", "- Column D '비고' was not read, as somebody has said.")
        await it.press("escape", "s")
        await it.sees("11월", "12월")
        await it.type("12")
        await it.press("enter")
        await it.sees("Columns of the sheet 12월")
        await it.press("down", "1", "down", "2", "ctrl+s")
        await it.sees("김영수")
        await save(it)
        await it.sees("1 row read: 1 created", "김영수")
    assert await count(world) == 1


async def test_the_organization_of_a_file_that_names_none_is_chosen_by_keys(world, folder):
    people = [["김영희", "010-2000-0001"]]
    (folder / "people.xlsx").write_bytes(workbook(people, headers=HEADERS[:2]))
    async with console(world) as it:
        await choose(it, folder / "people.xlsx")
        await it.sees("Columns of the sheet", "Responsible organization is missing")
        await it.press("ctrl+s")
        await it.sees("Nothing was chosen yet; what is missing stands above.")
        await it.press("tab", "enter")
        await it.type("순천")
        await it.press("enter")
        await it.sees("Responsible organization  순천시 노인복지과")
        await it.press("ctrl+s")
        await it.sees("1 row read: 1 created")
        await it.press("c", "tab")
        await it.sees("Responsible organization  순천시 노인복지과")
        await it.press("escape")
        await save(it)
    [made] = await world.services.uploads.results(world.system, 1)
    assert made.organization == "순천시 노인복지과"


async def test_a_file_is_browsed_for_with_the_arrows_or_its_path_completed_with_tab(world, folder):
    (folder / "2026").mkdir()
    for at in range(120):
        (folder / "2026" / f"{at}월.xlsx").touch()
    async with console(world) as it:
        await it.press("u")
        await it.sees("nothing is saved yet")
        await it.paste(f"{folder}/2026/")
        await it.sees("0월.xlsx", "20 more; type on to see them")
        await it.press("up", "enter")
        await it.sees("2026/", "recipients-mixed.xlsx", "recipients-numbers.xlsx")
        await it.press("down", "down", "down", "enter")
        await it.sees("60 rows read: 60 created")
        await it.press("escape")
        await it.sees("! Nothing was saved.")
        shutil.copy(folder / "recipients-numbers.xlsx", folder / "kim's 'list'.xlsx")
        await it.press("u")
        await it.sees("nothing is saved yet")
        await it.paste(f"{folder}/KIM")
        await it.press("tab")
        await it.sees("list")
        await it.press("ctrl+s")
        await it.sees("6 rows read: 4 created")


async def test_the_organization_is_taken_however_fast_enter_comes_and_a_refused_file_says_why(
    world, folder
):
    (folder / "no.xlsx").write_bytes(b"DRMONE  encrypted")
    people = [["김영희", "010-2000-0001"]]
    (folder / "people.xlsx").write_bytes(workbook(people, headers=HEADERS[:2]))
    async with console(world) as it:
        await choose(it, folder / "missing.xlsx")
        await it.sees("✗")
        await it.press("escape", "x")
        await choose(it, folder / "no.xlsx")
        await it.sees_no("Upload recipients")
        await it.sees("✗")
        await it.press("question_mark")  # and the console goes on
        await it.sees("What can be done here")
        await it.press("escape")
        assert await count(world) == 0
        await it.press("u")
        await it.sees("nothing is saved yet")
        await it.paste(f"{folder}/people.xlsx")
        await it.press("tab", "enter")
        await it.sees("All organizations")
        for key in ("해", "enter"):
            it.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await it.sees("nothing is saved yet", "해운대구 복지관")
        await it.press("ctrl+s")
        await it.sees("1 row read: 1 created")


async def test_a_download_asks_for_a_reason_and_never_writes_over_a_file(
    world, folder, monkeypatch
):
    monkeypatch.chdir(folder)
    body = (await world.services.organizations.by_name(world.system, "해운대구 복지관")).id
    await world.recipient(body, "김영희", "010-1111-2222")
    async with console(world) as it:
        await it.press("w")
        await it.sees("Why you need it; it is recorded.", "recipients-2.xlsx")
        await it.press("ctrl+u")
        await it.paste("recipients.xlsx")
        await it.press("ctrl+s")
        await it.sees("recipients.xlsx exists already; it is not written over.")
        await it.press("ctrl+u")
        await it.paste("list")
        await it.press("ctrl+s")
        await it.sees("Reason is missing.")
        await it.paste("월간 보고")
        await it.press("ctrl+s")
        await it.sees("1 recipient was written to list.xlsx")
    sheet = openpyxl.load_workbook(folder / "list.xlsx").active
    assert "김영희" in [cell.value for cell in sheet[2]]
    assert (folder / "list.xlsx").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        ("/a/b.xlsx", "/a/b.xlsx"),
        ("'/a/my list.xlsx'", "/a/my list.xlsx"),
        ('"/a/my list.xlsx" ', "/a/my list.xlsx"),
        ("/a/my\\ list.xlsx", "/a/my list.xlsx"),
        ("file:///a/my%20list.xlsx", "/a/my list.xlsx"),
        ("/a/it's.xlsx", "/a/it's.xlsx"),
        ("~/명단.xlsx", "~/명단.xlsx"),
    ],
)
def test_a_dropped_path_loses_what_the_terminal_puts_around_it(typed, path):
    assert typed_path(typed) == path
