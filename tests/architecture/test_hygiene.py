"""What must not be in any file of the project, and what its files are like."""

import re
import subprocess
import warnings
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_LINES = 300
# put together here, so that this file does not find itself
_REGISTRIES = ("pypi" + ".org", "python" + "hosted", "npmjs" + ".org", "registry" + ".")
_MACHINE = re.compile(r"(?<![\w.~}])/" + r"(?:work|root|home/\w+|opt/wheels|Users)/")
_OPTIONS = re.compile(
    r"^\s*--?(?:i|index-url|extra-index-url|find-links|trusted-host)\b", re.MULTILINE
)


def texts() -> list[tuple[str, str]]:
    """Every text file that belongs to the project, with its content."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("this is no git checkout")
    found = []
    for name in filter(None, listed.stdout.split("\0")):
        file = ROOT / name
        if not file.is_file():
            continue
        try:
            found.append((name, file.read_text("utf-8")))
        except UnicodeDecodeError:
            continue
    return found


def test_no_file_names_a_registry_or_a_place_of_one_machine() -> None:
    wrong = [
        f"{name}: {line.strip()[:100]}"
        for name, text in texts()
        for line in text.splitlines()
        if _MACHINE.search(line) or any(registry in line for registry in _REGISTRIES)
    ]
    assert wrong == []


def test_the_locks_pin_and_hash_everything_and_name_no_place() -> None:
    locks = sorted((ROOT / "requirements").glob("*.txt"))
    assert {"run.txt", "dev.txt", "postgresql.txt"} <= {lock.name for lock in locks}
    for lock in locks:
        text = lock.read_text("utf-8")
        assert not _OPTIONS.search(text), lock.name
        assert "://" not in text, lock.name
        entries = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
        for entry in entries:
            assert "==" in entry.splitlines()[0], entry
            assert "--hash=sha256:" in entry, entry


def test_every_dependency_of_the_project_is_locked() -> None:
    described = (ROOT / "pyproject.toml").read_text("utf-8")
    wanted = re.search(r"^dependencies = \[(.*?)^\]", described, flags=re.MULTILINE | re.DOTALL)
    assert wanted
    names = re.findall(r'^\s*"([\w-]+)', wanted[1], flags=re.MULTILINE)
    locked = (ROOT / "requirements" / "run.txt").read_text("utf-8").lower()
    assert [name for name in names if f"\n{name.lower()}==" not in f"\n{locked}"] == []


def test_files_hold_one_idea() -> None:
    long = [
        f"{name} ({lines} lines)"
        for name, text in texts()
        if name.endswith(".py") and (lines := text.count("\n")) > _LINES
    ]
    if long:
        warnings.warn(f"longer than {_LINES} lines: {', '.join(long)}", stacklevel=1)
