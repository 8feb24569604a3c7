"""Samples of what is measured, taken in turns; what could not be measured is told, and never stops the rest."""

import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

Values = float | Sequence[float]


@dataclass(slots=True)
class Samples:
    """The samples of one program by name (``_s`` seconds, ``_ms`` milliseconds, ``_bytes``, ``_mib``).

    Of times the least counts, to which whatever else the machine does only adds; of all else the most.
    """

    what: str
    taken: dict[str, list[float]] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)

    def take(self, names: str, measure: Callable[[], Values]) -> None:
        """Take one sample of each of these names (divided by blanks) from what ``measure`` gives, in order."""
        try:
            values = measure()
        except Exception as error:  # noqa: BLE001 - a benchmark ends with its table, whatever happens
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            sys.stderr.write(f"{self.what}: {names}: {reason}\n")
            traceback.print_exc(limit=-2)
            self.missing |= dict.fromkeys(names.split(), reason)
            return
        given = [values] if isinstance(values, int | float) else values
        for name, value in zip(names.split(), given, strict=True):
            self.taken.setdefault(name, []).append(value)

    def best(self, name: str) -> float | None:
        """The sample that counts; None where there is none."""
        taken = self.taken.get(name)
        if not taken:
            return None
        return min(taken) if name.endswith(("_s", "_ms")) else max(taken)

    def noise(self, *names: str) -> str:
        """The least and the most of these samples, where there are several."""
        taken = [value for name in names for value in self.taken.get(name, ())]
        return f"{min(taken):.4g}–{max(taken):.4g}" if len(taken) > 1 else ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table. ``goal``: the figure is to be no more than that; None where it is told only.

    ``figure`` is None where it could not be measured; ``reference`` then says why.
    """

    what: str
    figure: float | None
    unit: str
    goal: float | None = None
    noise: str = ""
    reference: str = ""

    @property
    def mark(self) -> str:
        """Whether the goal is reached."""
        if self.figure is None:
            return "NOT MEASURED"
        return "" if self.goal is None else "ok" if self.figure <= self.goal else "MISSED"


def line(what: str, samples: Samples, name: str, goal: float | None, reference: str = "") -> Line:
    """A line of one sample's name; the unit is the name's last part."""
    figure = samples.best(name)
    if figure is None:
        return Line(what, None, "", goal, "", samples.missing.get(name, "not reached"))
    return Line(
        what,
        figure,
        name.rpartition("_")[2].replace("mib", "MiB"),
        goal,
        samples.noise(name),
        reference,
    )


def ratio(
    what: str,
    over: tuple[Samples, str],
    under: tuple[Samples, str],
    goal: float | None,
    reference: str = "",
) -> Line:
    """A line of one figure by another, with the ratios of the turns, taken one by one, as its noise."""
    figure, other = over[0].best(over[1]), under[0].best(under[1])
    if figure is None or not other:
        lacking = over if figure is None else under
        return Line(what, None, "x", goal, "", lacking[0].missing.get(lacking[1], "not reached"))
    pairs = zip(over[0].taken[over[1]], under[0].taken[under[1]], strict=False)
    turns = [mine / its for mine, its in pairs if its]
    noise = f"{min(turns):.3g}–{max(turns):.3g}" if len(turns) > 1 else ""
    return Line(what, figure / other, "x", goal, noise, reference)


def table(lines: Sequence[Line]) -> str:
    """The lines as a Markdown table."""
    told = [
        "| what | figure | goal | | between turns | reference in the same run |",
        "|---|--:|--:|---|---|---|",
    ]
    for one in lines:
        goal = "" if one.goal is None else f"≤ {one.goal:g}"
        figure = "–" if one.figure is None else f"{number(one.figure)} {one.unit}"
        told.append(
            f"| {one.what} | {figure} | {goal} | {one.mark} | {one.noise} | {one.reference} |"
        )
    return "\n".join(told)


def comparison(before: Sequence[Line], now: Sequence[Line]) -> str:
    """Two runs side by side."""
    old = {(one.what, one.unit): one.figure for one in before}
    told = ["| what | before | now | now / before |", "|---|--:|--:|--:|"]
    for one in now:
        then = old.get((one.what, one.unit))
        first = "–" if then is None else f"{number(then)} {one.unit}"
        second = "–" if one.figure is None else f"{number(one.figure)} {one.unit}"
        change = f"{one.figure / then:.2f}" if then and one.figure is not None else "–"
        told.append(f"| {one.what} | {first} | {second} | {change} |")
    return "\n".join(told)


def number(value: float) -> str:
    """A figure as a person reads it."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
