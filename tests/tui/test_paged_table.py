"""Moving through a list of a million recipients: cursor, pages, columns, drawing."""

import pytest

from tests.tui.paged_table_host import COLUMNS, Source, TableApp, press, settled
from tui.widgets.paged_table import Column, PagedTable, TableRow

MILLION = 1_000_000


def visible_keys(table: PagedTable) -> tuple[int, ...]:
    """The keys of the rows on the screen."""
    top, height = table.in_view()
    rows = (table.row_at(top + line) for line in range(height))
    return tuple(row.key for row in rows if row is not None)


@pytest.mark.parametrize(
    ("keys", "index"),
    [
        (["down", "j", "ㅓ"], 3),
        (["down", "down", "down", "up", "k", "ㅏ"], 0),
        (["G"], MILLION - 1),
        (["end", "up"], MILLION - 2),
        (["end", "home"], 0),
        (["end", "g"], 0),
        (["end", "ㅎ"], 0),
        (["pagedown", "pagedown"], 46),
        (["pagedown", "down", "pageup"], 1),
        (["up"], 0),
    ],
)
async def test_keys_move_the_cursor(keys: list[str], index: int) -> None:
    app = TableApp(Source(MILLION), total=MILLION)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, *keys)
        assert app.table.cursor_index == index
        assert app.cursor_line.startswith(f">  Kim {index} ")


async def test_a_million_rows_are_never_held() -> None:
    source = Source(MILLION)
    app = TableApp(source, total=MILLION)
    async with app.run_test(size=(80, 24)) as pilot:
        for index in range(0, 100_000, 5_000):
            app.table.move_cursor(index)
            await settled(pilot)
        await press(pilot, "end")
        assert len(app.table._reader.pages) <= 16 * 64
        assert all(stop - start <= 2 * 64 for start, stop in source.asked)
        assert app.table.row_at(0) is None


async def test_the_cursor_stays_on_its_line_when_paging() -> None:
    app = TableApp(Source(MILLION), total=MILLION)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "down", "down", "pagedown")
        assert app.lines[3].startswith(">  Kim 25 ")
        assert visible_keys(app.table) == tuple(range(23, 46))


async def test_moving_the_cursor_draws_two_lines_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = TableApp(Source(MILLION), total=MILLION)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        drawn: list[int] = []
        draw = app.table.render_line
        monkeypatch.setattr(app.table, "render_line", lambda y: drawn.append(y) or draw(y))
        await press(pilot, "down")
        assert sorted(drawn) == [1, 2]
        drawn.clear()
        app.table.reload()
        app.table.total = MILLION + 1
        await settled(pilot)
        assert drawn == []


async def test_the_cursor_and_its_row_are_told() -> None:
    app = TableApp(Source(3), total=3)
    async with app.run_test() as pilot:
        await press(pilot, "down", "enter")
        moves = [
            (said.index, said.row and said.row.key) for said in app.heard(PagedTable.CursorMoved)
        ]
        assert moves == [(0, 0), (1, 1)]
        (opened,) = app.heard(PagedTable.RowOpened)
        assert (opened.table, opened.row.key) == (app.table, 1)


async def test_move_cursor_scrolls_to_rows_out_of_view_only() -> None:
    app = TableApp(Source(1000), total=1000)
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.move_cursor(22)
        await settled(pilot)
        assert visible_keys(app.table)[0] == 0
        app.table.move_cursor(500)
        await settled(pilot)
        assert app.table.cursor_row is not None
        assert app.table.cursor_row.key == 500
        app.table.move_cursor(5000)
        await settled(pilot)
        assert app.table.cursor_index == 999
        assert visible_keys(app.table)[-1] == 999


async def test_columns_scroll_sideways_and_frozen_ones_stay() -> None:
    columns = (*COLUMNS, Column("memo", "Memo", 40))
    app = TableApp(Source(5), total=5, columns=columns)
    async with app.run_test(size=(60, 24)) as pilot:
        await settled(pilot)
        assert app.lines[0].startswith(
            " › Recipient name   Phone          Status        Calls Memo "
        )
        await press(pilot, "right", "right")
        assert app.lines[0].startswith("‹› Recipient name    Calls Memo")
        assert app.lines[1].startswith(">  Kim 0                90 ")
        await press(pilot, *["right"] * 9)
        assert app.lines[0].startswith("‹  Recipient name   Memo")
        await press(pilot, *["left"] * 3)
        assert app.lines[0].startswith(" › Recipient name   Phone")


async def test_columns_that_all_fit_do_not_scroll() -> None:
    app = TableApp(Source(5), total=5)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "right")
        assert app.lines[0].startswith("   Recipient name   Phone")


async def test_the_sorted_column_is_marked_in_the_header() -> None:
    app = TableApp(Source(5), total=5)
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.sort = ("phone", False)
        await settled(pilot)
        assert "Phone ▲" in app.lines[0]
        app.table.sort = ("calls", True)
        await settled(pilot)
        assert "Phone  " in app.lines[0]
        assert "Calls▼" in app.lines[0]


@pytest.mark.parametrize("size", [(60, 12), (120, 40), (80, 3)])
async def test_a_resize_keeps_cursor_and_scroll(size: tuple[int, int]) -> None:
    app = TableApp(Source(MILLION), total=MILLION)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, *["pagedown"] * 5, "down", "down")
        await pilot.resize_terminal(*size)
        await settled(pilot)
        assert app.table.cursor_index == 117
        assert app.cursor_line.startswith(">  Kim 117 ")
        if size[1] > 12:
            assert visible_keys(app.table)[0] == 115
        assert None not in visible_keys(app.table)
        assert len(visible_keys(app.table)) == size[1] - 1


async def test_an_empty_list_says_so_in_the_middle() -> None:
    app = TableApp(Source(0), empty="No recipients yet.\nPress a.")
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert app.lines[11] == "No recipients yet.".center(80)
        assert app.lines[12].strip() == "Press a."
        assert app.table.cursor_row is None
        await press(pilot, "down", "pagedown", "end", "enter", "space")
        assert app.said == []
        app.table.empty = (
            "맞는 수신인이 없습니다. esc 키로 검색을 지우거나 f 키로 조건을 바꾸십시오. 끝입니다."
        )
        await pilot.pause()
        assert app.lines[11].strip() == app.table.empty.removesuffix(" 끝입니다.")
        assert app.lines[12].strip() == "끝입니다."


async def test_new_columns_wait_for_the_rows_that_fit_them() -> None:
    source = Source(5)
    app = TableApp(source, total=5)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        before = app.lines
        source.gate.clear()
        app.table.columns = COLUMNS[1:]
        source.make = lambda index: PHONES[index]
        app.table.reload()
        await pilot.pause()
        assert app.lines == before
        source.gate.set()
        await settled(pilot)
        assert app.lines[0].startswith("   Phone ")
        assert app.lines[1].startswith(">  010-0 ")


PHONES = [TableRow(key, (f"010-{key}", "paused", "1")) for key in range(5)]
