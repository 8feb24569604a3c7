"""A version is in one place, and what it brings is told under its number."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
_HEADING = re.compile(r"^## (?:(\d+\.\d+\.\d+) \((\d{4}-\d\d-\d\d)\)|Unreleased)$", re.MULTILINE)


def test_the_newest_release_that_is_told_of_is_the_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    headings = re.findall(r"^## .*$", changes, flags=re.MULTILINE)
    told = [_HEADING.fullmatch(heading) for heading in headings]
    assert all(told), headings
    releases = [heading[1] for heading in told if heading and heading[1]]
    assert releases[0] == version
