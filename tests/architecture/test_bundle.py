"""The one file, made of a program that only tells where it is: where it is unpacked to, and what it refuses."""

import hashlib
import importlib.util
import json
import os
import subprocess
import sys
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
TELLS = b"""
import json, sys
def main():
    print(json.dumps([__file__, sys.argv[1:], sys.path]), flush=True)
    sys.stdin.read()
    return 7
"""


@pytest.fixture(scope="module")
def make_bundle() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_bundle", ROOT / "scripts/make_bundle.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Desk:
    """An account's directories, and bundles that it starts."""

    def __init__(self, directory: Path, make_bundle: ModuleType) -> None:
        self.directory = directory
        self.cache = directory / "cache"
        self.cache.mkdir(mode=0o700)
        self.bundles = self.cache / "carecall" / "bundle"
        self._make = make_bundle

    def bundle(self, version: str = "1.0", *, python: str = "", tells: bytes = TELLS) -> Path:
        version_here = f"{sys.version_info[0]}.{sys.version_info[1]}"
        ending = EXTENSION_SUFFIXES[0]
        target = self._make.Target(python or version_here, ending.split("-")[2])
        layers = self._make.layered({target: {"tui/entry.py": tells, "tui/__init__.py": b""}})
        file = self.directory / f"carecall-{version}.pyz"
        self._make.write(file, version, layers, targets=(target,))
        return file

    def start(self, file: Path, *words: str, **variables: str) -> "subprocess.Popen[str]":
        environment = {"HOME": str(self.directory), "XDG_CACHE_HOME": str(self.cache), **variables}
        pipe = subprocess.PIPE
        return subprocess.Popen(
            [sys.executable, str(file), *words], env=environment, text=True, encoding="utf-8",
            stdin=pipe, stdout=pipe, stderr=pipe,
        )  # fmt: skip

    def run(self, file: Path, *words: str, **variables: str) -> tuple[int, str, str]:
        process = self.start(file, *words, **variables)
        out, err = process.communicate()
        return process.returncode, out, err

    @property
    def there(self) -> list[str]:
        return sorted(path.name for path in self.bundles.glob("*"))


@pytest.fixture
def desk(tmp_path: Path, make_bundle: ModuleType) -> Desk:
    return Desk(tmp_path, make_bundle)


def test_it_is_unpacked_once_for_the_account_alone_and_runs_from_there(desk: Desk) -> None:
    file = desk.bundle()
    code, out, err = desk.run(file, "upload", "-")
    assert code == 7
    assert err == "carecall: Unpacking version 1.0; only the first start does.\n"
    where, words, path = json.loads(out)
    (name,) = desk.there
    assert where == str(desk.bundles / name / "tui/entry.py")
    assert words == ["upload", "-"]
    assert not [entry for entry in path if entry.endswith("-packages")]
    for made in [desk.bundles.parent, *desk.bundles.parent.rglob("*")]:
        assert not made.stat().st_mode & 0o077, made
    assert list(desk.bundles.rglob("*.pyc"))

    assert desk.run(file) == (7, out.replace('["upload", "-"]', "[]"), "")
    assert desk.there == [name]


def test_its_sha256_lies_beside_it_and_the_same_files_make_the_same_bundle(desk: Desk) -> None:
    file = desk.bundle()
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    beside = file.with_name("carecall-1.0.pyz.sha256")
    assert beside.read_text() == f"{digest}  carecall-1.0.pyz\n"
    desk.bundle()
    assert hashlib.sha256(file.read_bytes()).hexdigest() == digest


def test_many_first_starts_at_once_unpack_it_once(desk: Desk) -> None:
    file = desk.bundle()
    starts = [desk.start(file) for _ in range(5)]
    told = [start.communicate() for start in starts]
    assert {start.returncode for start in starts} == {7}
    assert len({out for out, _ in told}) == 1
    assert sum("Unpacking" in err for _, err in told) == 1
    assert len(desk.there) == 1


@pytest.mark.parametrize("trap", ["open", "a link", "a file", "beneath an open one"])
def test_nothing_is_run_from_where_somebody_else_could_have_put_it(desk: Desk, trap: str) -> None:
    file = desk.bundle()
    desk.run(file)
    place = desk.bundles / desk.there[0]
    if trap == "open":
        place.chmod(0o755)
    elif trap == "beneath an open one":
        desk.cache.chmod(0o777)
    else:
        elsewhere = desk.directory / "elsewhere"
        place.rename(elsewhere)
        place.symlink_to(elsewhere) if trap == "a link" else place.write_text("")
    code, out, err = desk.run(file)
    assert (code, out) == (2, "")
    named = desk.cache if trap == "beneath an open one" else place
    assert err.startswith(f"carecall: Other accounts can change {named}: nothing is run")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives a directory to somebody else")
def test_a_directory_that_another_account_made_beforehand_is_refused(desk: Desk) -> None:
    file = desk.bundle()
    desk.bundles.mkdir(parents=True, mode=0o700)
    os.chown(desk.bundles, 1, 1)
    code, out, err = desk.run(file)
    assert (code, out) == (2, "")
    assert str(desk.bundles) in err
    assert desk.there == []


def test_a_damaged_file_unpacks_nothing(desk: Desk) -> None:
    file = desk.bundle()
    content = file.read_bytes()
    at = content.index(b"PK\x05\x06")  # the end of the first layer
    file.write_bytes(content[:at] + b"??" + content[at + 2 :])
    code, out, err = desk.run(file)
    assert (code, out) == (2, "")
    assert err.endswith(f"carecall: {file} is damaged. Copy it again and compare its SHA-256.\n")
    assert desk.there == []


def test_what_a_killed_start_left_is_cleared_away_and_so_is_a_version_that_nobody_runs(
    desk: Desk,
) -> None:
    old = desk.start(desk.bundle("1.0"))
    assert old.stdout is not None
    assert old.stdout.readline()
    (desk.bundles / ".part-of-one-killed" / "tui").mkdir(parents=True)
    desk.run(desk.bundle("1.1"))
    assert [name.split("-")[0] for name in desk.there] == ["1.0", "1.1"]

    old.communicate()
    desk.run(desk.bundle("1.2"))
    assert [name.split("-")[0] for name in desk.there] == ["1.2"]


def test_a_python_that_it_is_not_made_for_is_told_so(desk: Desk) -> None:
    code, out, err = desk.run(desk.bundle(python="3.99"), PATH="/nowhere")
    assert (code, out) == (2, "")
    assert err.startswith("carecall: This file needs Python 3.11, 3.12 or 3.13 on Linux with glibc")
    assert f"this is {sys.version_info[0]}.{sys.version_info[1]}" in err


def test_where_nothing_can_be_unpacked_the_way_out_is_said_in_the_users_language(
    desk: Desk,
) -> None:
    file = desk.bundle()
    (desk.cache / "carecall").write_text("")
    code, out, err = desk.run(file, CARECALL_LANGUAGE="ko", PYTHONUTF8="1")
    assert (code, out) == (4, "")
    assert "압축을 풀 수 없습니다" in err
    assert "XDG_CACHE_HOME" in err
