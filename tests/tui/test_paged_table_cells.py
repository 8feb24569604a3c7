"""Cells in exactly their width, whatever text is stored."""

import unicodedata

import pytest
from rich.cells import cell_len

from tests.tui.paged_table_host import Source, TableApp, press, settled
from tui.widgets.paged_table import Column, TableRow
from tui.widgets.paged_table_cells import (
    aligned,
    arrange,
    furthest,
    header_text,
    merged,
    row_parts,
)

NAMES = (
    "김철수",
    unicodedata.normalize("NFD", "김철수"),
    "남궁민수아름다운사람",
    "さくら",
    "👩‍👩‍👧 가족",
    "Kim",
    "[@click=app.quit]x[/]y",
    "\x1b[31mred\x1b]52;c;AAAA\x07\x9b1m",
    "a\tb\nc\u202eevil\u2069",
    "",
)
COLUMNS = (Column("name", "이름", 9), Column("calls", "통화", 5, "right"), Column("end", "끝", 3))


@pytest.mark.parametrize("text", NAMES)
@pytest.mark.parametrize("width", range(8))
@pytest.mark.parametrize("align", ["left", "right"])
def test_a_cell_has_exactly_its_width(text: str, width: int, align: str) -> None:
    assert cell_len(aligned(text, width, "right" if align == "right" else "left")) == width


@pytest.mark.parametrize(
    ("text", "width", "align", "shown"),
    [
        ("김철수", 8, "left", "김철수  "),
        ("김철수", 8, "right", "  김철수"),
        ("김철수", 5, "left", "김철…"),
        ("김철수", 4, "left", "김… "),
        ("김철수", 4, "right", " 김…"),
        ("12,345", 4, "right", "12,…"),
        (unicodedata.normalize("NFD", "김철수"), 5, "left", "김철…"),
        ("a\tb\nc", 6, "left", "a b c "),
    ],
)
def test_a_wide_character_is_never_cut_in_two(
    text: str, width: int, align: str, shown: str
) -> None:
    assert aligned(text, width, "right" if align == "right" else "left") == shown


def test_frozen_columns_come_first_and_the_last_one_is_cut_at_the_edge() -> None:
    columns = (Column("a", "A", 10), Column("b", "B", 10, frozen=True), Column("c", "C", 10))
    placed = [(one.column.key, one.width) for one in arrange(columns, 0, 26)]
    assert placed == [("b", 10), ("a", 10), ("c", 4)]
    assert [one.column.key for one in arrange(columns, 1, 26)] == ["b", "c"]
    assert arrange(columns, 0, 0) == ()


@pytest.mark.parametrize(("room", "most"), [(32, 0), (31, 1), (21, 1), (5, 1)])
def test_scrolling_sideways_ends_where_the_last_column_is_whole(room: int, most: int) -> None:
    columns = (Column("b", "B", 10, frozen=True), Column("a", "A", 10), Column("c", "C", 10))
    assert furthest(columns, room) == most


def test_the_arrow_of_the_sorted_column_stays_when_the_label_is_cut() -> None:
    placed = arrange((Column("a", "Registered at", 6), Column("b", "이름", 7)), 0, 20)
    assert header_text(placed, ("a", True)) == "Regi…▼ 이름   "
    assert header_text(placed, ("b", False)) == "Regis… 이름 ▲ "


def test_neighbours_of_one_style_are_one_part() -> None:
    row = TableRow(1, ("a", "1", "b"), ("", "", "warning"))
    parts = merged(row_parts(arrange(COLUMNS, 0, 40), row.cells, row.styles))
    assert parts == [("a             1 ", ""), ("b  ", "warning")]


def test_a_row_with_too_few_cells_or_styles_is_filled_with_blanks() -> None:
    parts = merged(row_parts(arrange(COLUMNS, 0, 40), ("a",), ()))
    assert parts == [("a" + " " * 18, "")]


async def test_names_of_every_kind_leave_the_columns_aligned_and_nothing_acts() -> None:
    rows = [TableRow(key, (name, str(key), "끝")) for key, name in enumerate(NAMES)]
    app = TableApp(Source(len(rows), rows.__getitem__), total=len(rows), columns=COLUMNS)
    async with app.run_test(size=(40, 14)) as pilot:
        await press(pilot, "end", "enter")
        for line in app.lines:
            assert cell_len(line) == 40
        for key, line in enumerate(app.lines[1 : len(rows) + 1]):
            before, end, _rest = line.partition("끝")
            assert (cell_len(before), end) == (19, "끝")
            assert before.endswith(f"    {key} ")
        screen = "\n".join(app.lines)
        assert screen.count("김철수") == 2
        assert "[@click=…" in screen
        for control in "\x1b\x07\x9b\t\u202e\u2069":
            assert control not in screen
        assert app.is_running


async def test_a_style_of_a_cell_colours_it_and_the_row_of_the_cursor_is_one_style() -> None:
    def row(key: int) -> TableRow:
        return TableRow(key, ("Kim", "7", "x"), ("", "", "error"))

    class Coloured(TableApp):
        CSS = "PagedTable { & > .paged-table--error { color: #ff0000; } }"

    app = Coloured(Source(2, row), total=2, columns=COLUMNS)
    async with app.run_test(size=(40, 5)) as pilot:
        await settled(pilot)
        under_cursor, other = (list(app.table.render_line(y)) for y in (1, 2))
        assert under_cursor[0].text.startswith(">  Kim")
        assert under_cursor[0].style is not None
        assert under_cursor[0].style.reverse
        (red,) = [part for part in other if part.style and part.style.color.name == "#ff0000"]
        assert red.text.strip() == "x"
