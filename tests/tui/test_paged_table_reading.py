"""What the paged table reads, when, and what it shows meanwhile."""

import asyncio
from collections.abc import Sequence

from core.values.errors import StorageUnavailable
from tests.tui.paged_table_host import Source, TableApp, press, recipient, settled
from tui.widgets.paged_table import PagedTable, TableRow
from tui.widgets.paged_table_pages import Pages

MILLION = 1_000_000


async def test_the_rows_on_the_screen_are_read_first_then_the_next_page() -> None:
    source = Source(MILLION)
    app = TableApp(source, total=MILLION)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert source.asked == [(0, 64), (64, 128)]
        app.table.move_cursor(500_000)
        await settled(pilot)
        assert source.asked[2:] == [(499_968, 500_032), (500_032, 500_096), (499_904, 499_968)]


async def test_rows_across_two_pages_are_read_with_one_call() -> None:
    source = Source(MILLION)
    app = TableApp(source, total=MILLION)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        app.table.move_cursor(640)
        await settled(pilot)
        assert source.asked[2] == (576, 704)


async def test_rows_not_there_yet_are_told_from_empty_ones() -> None:
    source = Source(MILLION)
    app = TableApp(source, total=MILLION)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        source.gate.clear()
        await pilot.press("end")
        await pilot.pause()
        assert {line.strip("> ") for line in app.lines[1:]} == {"…"}
        assert app.table.cursor_row is None
        source.gate.set()
        await settled(pilot)
        assert app.cursor_line.startswith(">  Kim 999999 ")
        moved = app.heard(PagedTable.CursorMoved)[-1]
        assert (moved.index, moved.row) == (MILLION - 1, recipient(MILLION - 1))


async def test_without_a_count_the_list_grows_as_it_is_paged_and_ends_where_it_is_seen_to() -> None:
    app = TableApp(Source(200))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert (app.table.total, app.table.row_count) == (None, 128)
        await press(pilot, "end")
        assert app.table.cursor_index == 127
        await press(pilot, "end")
        await press(pilot, "end")
        assert app.table.cursor_index == app.table.row_count - 1 == 199
        await press(pilot, "down")
        assert app.cursor_line.startswith(">  Kim 199 ")


async def test_a_count_that_comes_after_the_rows_moves_nothing() -> None:
    app = TableApp(Source(MILLION))
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "pagedown", "down")
        before = app.lines
        app.table.total = MILLION
        await settled(pilot)
        assert app.lines == before
        await press(pilot, "end")
        assert app.table.cursor_index == MILLION - 1


async def test_a_failure_is_told_and_the_rows_stay() -> None:
    source = Source(MILLION)
    app = TableApp(source, total=MILLION)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        before = app.lines
        source.error = StorageUnavailable("The database is locked.")
        app.table.reload()
        await settled(pilot)
        assert [said.error for said in app.heard(PagedTable.FetchFailed)] == [source.error]
        assert app.lines == before
        await press(pilot, "down")
        assert len(app.heard(PagedTable.FetchFailed)) == 1
        source.error = None
        source.make = lambda index: recipient(index, "Lee")
        app.table.reload()
        await settled(pilot)
        assert app.cursor_line.startswith(">  Lee ")


async def test_rows_that_could_not_be_read_are_asked_for_again_elsewhere() -> None:
    source = Source(MILLION)
    app = TableApp(source, total=MILLION)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        source.error = RuntimeError("a driver's own")
        await press(pilot, "end", "up")
        assert [said.error for said in app.heard(PagedTable.FetchFailed)] == [source.error]
        source.error = None
        await press(pilot, "pageup")
        assert app.table.cursor_row == recipient(MILLION - 2 - 23)


async def test_a_reload_keeps_the_cursor_on_its_row_and_its_line() -> None:
    source = Source(MILLION)
    app = TableApp(source, total=MILLION)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "pagedown", "down")
        assert app.lines[2].startswith(">  Kim 24 ")
        source.make = lambda index: recipient(index - 50)
        app.table.reload()
        await settled(pilot)
        assert app.table.cursor_index == 74
        assert app.lines[2].startswith(">  Kim 24 ")


async def test_a_reload_shows_what_came_in_at_the_top() -> None:
    source = Source(100)
    app = TableApp(source, total=100)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        source.make = lambda index: recipient(index - 1)
        app.table.reload()
        await settled(pilot)
        assert app.lines[1].startswith("   Kim -1 ")
        assert app.lines[2].startswith(">  Kim 0 ")


async def test_a_reload_whose_row_is_gone_stays_at_the_index() -> None:
    source = Source(MILLION)
    app = TableApp(source, total=MILLION)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "down", "down")
        source.make = lambda index: recipient(index + 5000)
        app.table.reload()
        await settled(pilot)
        assert app.table.cursor_index == 2
        assert app.cursor_line.startswith(">  Kim 5002 ")
        assert app.heard(PagedTable.CursorMoved)[-1].row == recipient(5002)


async def test_old_rows_and_the_old_count_stay_until_the_new_rows_are_there() -> None:
    source = Source(MILLION)
    app = TableApp(source, total=MILLION)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "end")
        before = app.lines
        source.gate.clear()
        source.count, source.make = 3, lambda index: recipient(index, "Park")
        app.table.reload(cursor=0)
        app.table.total = 3
        await pilot.pause()
        assert app.lines == before
        source.gate.set()
        await settled(pilot)
        assert [line[3:9].strip() for line in app.lines[1:5]] == ["Park", "Park", "Park", ""]
        assert app.table.cursor_index == 0


async def test_a_list_that_became_short_is_found_at_its_end() -> None:
    source = Source(MILLION)
    app = TableApp(source, total=MILLION)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "end")
        source.asked.clear()
        source.count = 12_345
        app.table.total = None
        app.table.reload()
        await settled(pilot)
        assert app.cursor_line.startswith(">  Kim 12344 ")
        assert len(source.asked) < 25


async def test_the_answer_of_an_overtaken_read_is_dropped() -> None:
    first_asked, let_go = asyncio.Event(), asyncio.Event()
    answered: list[str] = []

    async def fetch(start: int, stop: int) -> Sequence[TableRow]:
        name = "New" if first_asked.is_set() else "Old"
        if name == "Old":
            first_asked.set()
            # A driver that cannot be interrupted: it answers even so, late.
            while not let_go.is_set():
                try:
                    await let_go.wait()
                except asyncio.CancelledError:
                    continue
        answered.append(name)
        return [recipient(index, name) for index in range(start, min(stop, 10))]

    app = TableApp(Source(0))
    app.table._reader._fetch = fetch
    async with app.run_test(size=(80, 24)) as pilot:
        await first_asked.wait()
        app.table.reload()
        await settled(pilot)
        assert app.cursor_line.startswith(">  New ")
        let_go.set()
        while "Old" not in answered:
            await pilot.pause()
        await settled(pilot)
        assert app.cursor_line.startswith(">  New ")


async def test_a_held_key_does_not_queue_up_reads() -> None:
    source = Source(MILLION)
    app = TableApp(source, total=MILLION)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        source.gate.clear()
        asked = len(source.asked)
        await pilot.press(*["pagedown"] * 30)
        await pilot.pause()
        assert len(source.asked) <= asked + 1
        source.gate.set()
        await settled(pilot)
        assert app.cursor_line.startswith(">  Kim 690 ")
        assert len(source.asked) <= asked + 4


async def test_a_row_is_replaced_by_its_key() -> None:
    app = TableApp(Source(10), total=10)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        app.table.replace_row(recipient(3, "Changed"))
        app.table.replace_row(recipient(9_999, "Not there"))
        await settled(pilot)
        assert app.lines[4].startswith("   Changed ")
        assert not any("Not there" in line for line in app.lines)
        app.table.replace_row(recipient(0, "Under the cursor"))
        await settled(pilot)
        moved = app.heard(PagedTable.CursorMoved)[-1]
        assert moved.row == recipient(0, "Under the cursor")


async def test_the_pages_shown_longest_ago_are_forgotten_first() -> None:
    source = Source(MILLION)
    app = TableApp(source, total=MILLION)
    async with app.run_test(size=(80, 24)) as pilot:
        for index in (0, 1_000, 2_000, 3_000, 0, 4_000, 5_000, 6_000):
            app.table.move_cursor(index)
            await settled(pilot)
        assert app.table.row_at(0) is not None
        assert app.table.row_at(1_000) is None


async def test_rows_that_are_taken_out_leave_no_gap() -> None:
    """Those behind move up over the ends of pages; a page of which a neighbour is missing is read anew."""
    pages = Pages(2)
    source = Source(9)
    await pages.read(source, 0, 2)
    await pages.read(source, 4, 4)
    assert pages.take_out({1, 2}.__contains__) == 2
    assert [row and row.key for row in map(pages.row_at, range(5))] == [0, 3, 4, 5, None]
    assert not pages.has(4)
    assert pages.extent(None) == 7
    assert pages.take_out({1, 2}.__contains__) == 0
