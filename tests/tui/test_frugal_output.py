"""What is written brings any terminal from one frame to the next, and never more than a full repaint."""

import pyte
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from tui.terminal.frugal_output import FrugalOutput

WIDTH, HEIGHT = 20, 4
CONSOLE = Console(width=WIDTH, height=HEIGHT, color_system="truecolor", force_terminal=True)
STYLES = [None, Style(bold=True), Style(reverse=True), Style(color="red"), Style(color="#102030")]
PIECES = st.tuples(
    st.sampled_from(["김", "가나", "a", " ", "    ", "xyz", "─"]), st.sampled_from(STYLES)
)
LINES = st.lists(PIECES, max_size=14)
FRAMES = st.lists(st.lists(LINES, min_size=HEIGHT, max_size=HEIGHT), min_size=1, max_size=4)


def update(frame) -> LayoutUpdate:
    strips = []
    for line in frame:
        segments = [Segment(text, style) for text, style in line]
        strips.append([Strip(segments).adjust_cell_length(WIDTH)])
    return LayoutUpdate(strips, Region(0, 0, WIDTH, HEIGHT))


def cells(screen: pyte.Screen) -> list[list[tuple[str, bool, bool, str]]]:
    return [
        [
            (cell.data, cell.bold, cell.reverse, cell.fg)
            for cell in (screen.buffer[y][x] for x in range(WIDTH))
        ]
        for y in range(HEIGHT)
    ]


def terminal() -> tuple[pyte.Screen, pyte.Stream]:
    screen = pyte.Screen(WIDTH, HEIGHT)
    screen.reset_mode(pyte.modes.DECAWM)
    return screen, pyte.Stream(screen)


@given(FRAMES)
def test_the_terminal_shows_each_frame_as_if_it_were_painted_anew(frames):
    screen, stream = terminal()
    output = FrugalOutput()
    for frame in frames:
        stream.feed(output.difference(update(frame), CONSOLE))
        fresh, fresh_stream = terminal()
        fresh_stream.feed(FrugalOutput().difference(update(frame), CONSOLE))
        assert cells(screen) == cells(fresh)
        expected = [strips[0].text.rstrip() for strips in update(frame).strips]
        shown = [line.rstrip() for line in screen.display]
        assert shown == expected


@given(FRAMES)
def test_an_unchanged_frame_writes_nothing(frames):
    output = FrugalOutput()
    output.difference(update(frames[0]), CONSOLE)
    assert output.difference(update(frames[0]), CONSOLE) == ""


def test_forgetting_writes_everything_again():
    output = FrugalOutput()
    frame = [[("김영희", None)]] * HEIGHT
    first = output.difference(update(frame), CONSOLE)
    output.forget()
    assert output.difference(update(frame), CONSOLE) == first


@given(st.text(alphabet=[chr(code) for code in (*range(0x20), 0x7F, *range(0x80, 0xA0), 0x41)]))
def test_no_control_character_of_a_text_is_written(text):
    written = FrugalOutput().difference(update([[(text, None)]] * HEIGHT), CONSOLE)
    codes = written.replace("\x1b[", "")
    assert not [
        character for character in codes if ord(character) < 32 or 127 <= ord(character) < 160
    ]
