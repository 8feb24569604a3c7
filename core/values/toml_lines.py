"""In which lines of a TOML file what stands: the parser of the standard library does not tell. Pure."""

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct, field


class Lines(Struct):
    """Line and value by name (``retention.calls``); lines that are no TOML; what stands twice: name, line, first.

    Values of a file that is no TOML as a whole are there as well, so that all that is wrong can be told at once.
    """

    of: dict[str, int] = field(default_factory=dict)
    broken: list[int] = field(default_factory=list)
    twice: list[tuple[str, int, int]] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)

    def note(self, name: str, line: int) -> None:
        """It stands in this line, perhaps once more."""
        if (first := self.of.setdefault(name, line)) != line:
            self.twice.append((name, line, first))


def lines_of(text: str) -> Lines:
    """Look at each statement by itself, as short as it is whole."""
    found, part = Lines(), ""
    lines = text.replace("\r\n", "\n").split("\n")
    at = 0
    while at < len(lines):
        end, values = _statement(lines, at)
        if values is None:
            found.broken.append(at + 1)
        elif lines[at].lstrip().startswith("["):
            part = _header(values)
            if not lines[at].lstrip().startswith("[["):
                found.note(part.rstrip("."), at + 1)
        else:
            for name, value in flat(values):
                found.note(f"{part}{name}", at + 1)
                found.values[f"{part}{name}"] = value
        at = end
    return found


def flat(values: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Each value by its whole name; a table with nothing in it is one."""
    for name, value in values.items():
        if isinstance(value, dict) and value:
            yield from flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def _statement(lines: list[str], at: int) -> tuple[int, dict[str, Any] | None]:
    """Where the statement that begins here ends, and what it says; None for a line that begins none."""
    if not lines[at].strip():
        return at + 1, {}
    for end in range(at + 1, len(lines) + 1):
        try:
            return end, tomllib.loads("\n".join(lines[at:end]))
        except tomllib.TOMLDecodeError:
            continue
    return at + 1, None


def _header(values: dict[str, Any]) -> str:
    part = ""
    inner: Any = values
    while isinstance(inner, dict) and inner:
        name, inner = next(iter(inner.items()))
        part += f"{name}."
    return part
