"""The lines of the table: what was measured, its goal, and what was measured beside it in the same run."""

from dataclasses import dataclass

from benchmarks.console import Figures
from benchmarks.upload import DOWNLOAD_GOAL, ROWS, UPLOAD_GOAL, Figure


@dataclass(frozen=True, slots=True)
class Line:
    """One line. ``goal``: the figure is to be no more than that; None where it is told only."""

    what: str
    figure: float
    unit: str
    goal: float | None = None
    reference: str = ""

    @property
    def mark(self) -> str:
        """Whether the goal is reached."""
        return "" if self.goal is None else "ok" if self.figure <= self.goal else "MISSED"


def screen_lines(mine: Figures, bare: Figures, large: Figures) -> list[Line]:
    """The console on the largest database beside a bare DataTable of 100 rows and a large one."""
    ratio = mine.first_rows_s / bare.first_rows_s
    return [
        Line("first rows, of a bare app's time", ratio, "x", 1.5,
             f"{mine.first_rows_s:.2f} s; bare, 100 rows: {bare.first_rows_s:.2f} s;"
             f" {large.rows:,} rows: {large.first_rows_s:.2f} s"),
        Line("resident memory", mine.resident_mib, "MiB", 110,
             f"bare, 100 rows: {bare.resident_mib:.0f}; {large.rows:,} rows: {large.resident_mib:.0f}"),
        Line("cursor down, 120x40", mine.down_bytes, "bytes", 500, f"DataTable: {bare.down_bytes:.0f}"),
        Line("cursor down, 120x40", mine.down_ms, "ms", 15, f"DataTable: {bare.down_ms:.1f}"),
        Line("page down, 80x24", mine.page_bytes, "bytes", 5_000, f"DataTable: {bare.page_bytes:.0f}"),
        Line("a dialog opened, 80x24", mine.dialog_bytes, "bytes", 12_000,
             f"default modal: {bare.dialog_bytes:.0f}"),
        Line("idle for 10 s", mine.idle_bytes, "bytes", 0, f"DataTable: {bare.idle_bytes}"),
        Line("last row", mine.last_ms, "ms", 150),
        Line("next page", mine.page_ms, "ms", 150, f"DataTable: {bare.page_ms:.1f}"),
        Line("search typed, first page", mine.search_ms, "ms", 200),
        Line("a key typed into the search", mine.typing_ms, "ms", 200),
        Line("a key during a slow query", mine.slow_query_ms, "ms", 200),
    ]  # fmt: skip


def growth_lines(small: Figures, great: Figures) -> list[Line]:
    """How much more each takes at 10 times the rows."""
    return [
        Line(f"10 times the rows: {what}", getattr(great, name) / (getattr(small, name) or 1), "x", 1.3,
             f"{getattr(small, name):.4g} to {getattr(great, name):.4g} {unit}")
        for what, name, unit in (
            ("first rows", "first_rows_s", "s"), ("memory", "resident_mib", "MiB"),
            ("cursor down", "down_ms", "ms"), ("cursor down", "down_bytes", "bytes"),
            ("next page", "page_ms", "ms"), ("next page", "page_bytes", "bytes"),
            ("dialog", "dialog_bytes", "bytes"), ("last row", "last_ms", "ms"),
            ("search", "search_ms", "ms"),
        )
    ]  # fmt: skip


def workbook_lines(best: dict[str, Figure], alone: dict[str, float]) -> list[Line]:
    """Upload and download beside openpyxl alone; the goals are for workbooks of full size."""
    full = best["upload"].rows >= ROWS
    up_goal, down_goal = (UPLOAD_GOAL, DOWNLOAD_GOAL) if full else (None, None)
    up, reads = best["upload"].seconds, best["openpyxl-reads"].seconds
    down, writes = best["download"].seconds, best["openpyxl-writes"].seconds
    others = ", ".join(f"{name} {needs:.1f} s" for name, needs in alone.items())
    return [
        Line(f"upload of {best['upload'].rows:,}, of openpyxl's reading", up / reads, "x", up_goal,
             f"{up:.1f} s; openpyxl only reads: {reads:.1f} s; {others}"),
        Line(f"download of {best['download'].rows:,}, of a bare openpyxl loop", down / writes, "x", down_goal,
             f"{down:.1f} s; openpyxl: {writes:.1f} s"),
    ]  # fmt: skip


def key_lines(slowest: dict[str, float]) -> list[Line]:
    """Keys while work runs."""
    return [Line(f"a key during the {kind}", needs, "ms", 200) for kind, needs in slowest.items()]


def table(lines: list[Line]) -> str:
    """The lines as a Markdown table."""
    told = ["| what | figure | goal | | reference in the same run |", "|---|--:|--:|---|---|"]
    for line in lines:
        goal = "" if line.goal is None else f"≤ {line.goal:g}"
        told.append(
            f"| {line.what} | {_number(line.figure)} {line.unit} | {goal} | {line.mark} | {line.reference} |"
        )
    return "\n".join(told)


def comparison(before: list[Line], now: list[Line]) -> str:
    """Two runs side by side."""
    old = {(line.what, line.unit): line for line in before}
    told = ["| what | before | now | now / before |", "|---|--:|--:|--:|"]
    for line in now:
        earlier = old.get((line.what, line.unit))
        then = f"{_number(earlier.figure)} {line.unit}" if earlier else "-"
        ratio = f"{line.figure / earlier.figure:.2f}" if earlier and earlier.figure else "-"
        told.append(f"| {line.what} | {then} | {_number(line.figure)} {line.unit} | {ratio} |")
    return "\n".join(told)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
