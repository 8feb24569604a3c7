"""Selecting recipients in the paged table."""

from tests.tui.paged_table_host import Source, TableApp, press, recipient, settled
from tui.widgets.paged_table import PagedTable

MILLION = 1_000_000


async def test_space_selects_the_row_or_takes_it_out_and_goes_on() -> None:
    app = TableApp(Source(5), total=5)
    async with app.run_test() as pilot:
        await press(pilot, "down", "space")
        assert app.table.selected == {1}
        assert app.lines[2].startswith(" x Kim 1 ")
        assert app.lines[3].startswith(">  Kim 2 ")
        await press(pilot, "up")
        assert app.lines[2].startswith(">x Kim 1 ")
        await press(pilot, "space")
        assert app.table.selected == frozenset()
        assert [said.table for said in app.heard(PagedTable.SelectionChanged)] == [app.table] * 2


async def test_the_selection_survives_paging_sorting_and_reloading() -> None:
    source = Source(MILLION)
    app = TableApp(source, total=MILLION)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "space", "end", "space", "pageup", "space")
        assert app.table.selected == {0, MILLION - 1, MILLION - 24}
        source.make = lambda index: recipient(MILLION - 1 - index)
        app.table.sort = ("name", True)
        app.table.reload(cursor=0)
        await settled(pilot)
        assert app.table.selected == {0, MILLION - 1, MILLION - 24}
        assert app.lines[1].startswith(f">x Kim {MILLION - 1} ")
        assert app.lines[2].startswith(f"   Kim {MILLION - 2} ")


async def test_all_that_match_are_selected_but_those_taken_out() -> None:
    app = TableApp(Source(MILLION), total=MILLION)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "space")
        app.table.select_all()
        await press(pilot, "space", "pagedown")
        assert (app.table.all_selected, app.table.selected) == (True, frozenset())
        assert app.table.excluded == {1}
        assert all(line[1] == "x" for line in app.lines[1:])
        await press(pilot, "pageup")
        assert app.lines[2].startswith("   Kim 1 ")
        app.table.clear_selection()
        await settled(pilot)
        assert (app.table.all_selected, app.table.excluded) == (False, frozenset())
        assert all(line[1] == " " for line in app.lines[1:])


async def test_a_table_without_selection_has_no_mark_and_selects_nothing() -> None:
    app = TableApp(Source(5), total=5, selectable=False)
    async with app.run_test() as pilot:
        await press(pilot, "space")
        app.table.select_all()
        await settled(pilot)
        assert app.lines[1].startswith("> Kim 0 ")
        assert app.table.selected == frozenset()
        assert not app.table.all_selected
        assert app.said == app.heard(PagedTable.CursorMoved)
