"""Makes ``dist/carecall-VERSION.pyz``: the console as one file that needs Python and nothing else.

The packages of the lock files are fetched as wheels for each Python and machine, checked against their hashes, and
kept in ``build/wheels``, so that only the first time needs the network. What is the same for all of them goes into
one layer, the rest into one for each; see ``docs/adr/0029-one-file.md``.
"""

import hashlib
import io
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
WHEELS = ROOT / "build" / "wheels"
STARTING = ROOT / "scripts" / "bundle"
LOCKS = {
    "x86_64": ("run", "sound", "postgresql"),
    "aarch64": ("run", "postgresql"),
}  # miniaudio has no wheel
NOT_NEEDED = re.compile(r"^setuptools==.*\n(?:^ .*\n)*", re.MULTILINE)  # it builds, and is not run
# who has which number where in the world, tests, and sources of what is compiled: nothing of it is imported
LEFT_OUT = re.compile(
    r"phonenumbers/(?:geodata|carrierdata|tzdata)/|greenlet/tests/|.*\.(?:c|cpp|h|pxd|pyi|pyx)$"
)
PYTHONS = ("3.11", "3.12", "3.13")
GLIBC = ("manylinux_2_17", "manylinux2014", "manylinux_2_24", "manylinux_2_26", "manylinux_2_28")
_WHEN = (2026, 1, 1, 0, 0, 0)  # the same files make the same bundle


class Target(NamedTuple):
    """A Python on a kind of machine."""

    python: str
    machine: str

    @property
    def tag(self) -> str:
        """As in the names of wheels, and of the directory of its wheels."""
        return f"cp{self.python.replace('.', '')}-{self.machine}"

    @property
    def ending(self) -> str:
        """What the names of its compiled modules end with; a Python knows its own."""
        return f".cpython-{self.python.replace('.', '')}-{self.machine}-linux-gnu.so"


TARGETS = tuple(Target(python, machine) for python in PYTHONS for machine in LOCKS)

Tree = dict[str, bytes]  # path: what is in the file


def main() -> int:
    """Make the bundle and, beside it, its SHA-256."""
    try:
        number = version()
        with tempfile.TemporaryDirectory() as folder:
            layers = layered(trees(TARGETS, project_wheel(Path(folder))))
        write(DIST / f"carecall-{number}.pyz", number, layers)
    except subprocess.CalledProcessError as error:
        sys.stderr.write(f"{error.stderr or ''}{error.cmd[0]} ended with {error.returncode}\n")
        return 1
    return 0


def version() -> str:
    """The project's, from its one place."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"])


def trees(targets: tuple[Target, ...], project: Path) -> dict[Target, Tree]:
    """For each target all that it imports: the packages of the locks, and the project out of its wheel."""
    ours = unpacked([project])
    return {target: unpacked(wheels(target)) | ours for target in targets}


def project_wheel(folder: Path) -> Path:
    """The project as a wheel, made without the network."""
    source = folder / "source"
    # from a copy: what an earlier build left behind is in no wheel
    names = ["core", "tui", "styles", "pyproject.toml", "README.md", "LICENSE"]
    for name in names:
        if (ROOT / name).is_dir():
            shutil.copytree(
                ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__", "*.pyc")
            )
        else:
            shutil.copy2(ROOT / name, source / name)
    offline = ("--no-deps", "--no-build-isolation", "--no-index")
    pip("wheel", *offline, "--wheel-dir", str(folder), str(source))
    (wheel,) = folder.glob("*.whl")
    return wheel


def locked(names: tuple[str, ...]) -> str:
    """The lock files as one, without what only builds."""
    locks = [ROOT / "requirements" / f"{name}.txt" for name in names]
    return NOT_NEEDED.sub("", "".join(lock.read_text("utf-8") for lock in locks))


def wheels(target: Target) -> list[Path]:
    """The wheels of the locked packages for the target; fetched where they are not here yet."""
    text = locked(LOCKS[target.machine])
    wanted = sorted({line for line in text.splitlines() if "==" in line})
    there = WHEELS / target.tag
    stamp = there / "made-of"
    made_of = hashlib.sha256(text.encode()).hexdigest()
    if not (stamp.exists() and stamp.read_text("utf-8") == made_of):
        shutil.rmtree(there, ignore_errors=True)
        there.mkdir(parents=True)
        lock = there / "lock.txt"
        lock.write_text(text, "utf-8")
        sys.stderr.write(f"Fetching {len(wanted)} packages for {target.tag}\n")
        platforms = [f"--platform={glibc}_{target.machine}" for glibc in GLIBC]
        number = target.python.replace(".", "")
        pip("download", "--no-deps", "--require-hashes", "--only-binary=:all:", "--implementation=cp",
            f"--python-version={target.python}", f"--abi=cp{number}", "--abi=abi3", "--abi=none", *platforms,
            "--dest", str(there), "--requirement", str(lock))  # fmt: skip
        stamp.write_text(made_of, "utf-8")
    return sorted(there.glob("*.whl"))


def unpacked(these: list[Path]) -> Tree:
    """What the wheels put beside each other; data, headers and scripts are left out."""
    tree: Tree = {}
    for wheel in these:
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                path = re.sub(r"^[^/]+\.data/(?:purelib|platlib)/", "", name)
                if path.endswith("/") or re.match(r"[^/]+\.data/", path) or LEFT_OUT.match(path):
                    continue
                if tree.setdefault(path, content := archive.read(name)) != content:
                    raise ValueError(f"two packages have a file {path}, each another one")
    return tree


def layered(of_each: dict[Target, Tree]) -> dict[str, bytes]:
    """Archives: "common", what is the same for all, and for each target, by its tag, the rest."""
    first, *others = of_each.values()
    common = {
        path: content
        for path, content in first.items()
        if all(tree.get(path) == content for tree in others)
    }
    layers = {"common": zipped(common)}
    for target, tree in of_each.items():
        own = {path: content for path, content in tree.items() if path not in common}
        layers[target.tag] = zipped(own)
    return layers


def zipped(files: Tree, how: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The files as an archive; the same files give the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", how, compresslevel=9) as archive:
        for path, content in sorted(files.items()):
            entry = zipfile.ZipInfo(path, _WHEN)
            entry.compress_type = how
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return made.getvalue()


def write(
    file: Path, number: str, layers: dict[str, bytes], *, targets: tuple[Target, ...] = TARGETS
) -> None:
    """Write the bundle of these layers, executable, and beside it its SHA-256."""
    digests = {tag: hashlib.sha256(layer).hexdigest() for tag, layer in layers.items()}
    places, needed = {}, {}
    for target in targets:
        mine = {f"{tag}.zip": digests[tag] for tag in ("common", target.tag)}
        together = hashlib.sha256("".join(mine.values()).encode()).hexdigest()
        places[target.ending] = f"{number}-{target.tag}-{together[:16]}"
        needed[target.ending] = mine
    files = {path.name: path.read_bytes() for path in STARTING.glob("*.py")}
    files["made.py"] = f"VERSION = {number!r}\nPLACES = {places!r}\nLAYERS = {needed!r}\n".encode()
    files |= {f"{tag}.zip": layer for tag, layer in layers.items()}
    bundle = b"#!/usr/bin/env python3\n" + zipped(files, zipfile.ZIP_STORED)
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.part")
    part.write_bytes(bundle)
    part.chmod(0o755)
    part.replace(file)
    digest = hashlib.sha256(bundle).hexdigest()
    file.with_name(f"{file.name}.sha256").write_text(f"{digest}  {file.name}\n", "utf-8")
    sys.stderr.write(f"{file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file}  "
                     f"{len(bundle) / 1e6:.1f} MB  sha256 {digest}\n")  # fmt: skip


def pip(*arguments: str) -> None:
    """Run pip of this environment; what it says is shown where it fails."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet"]
    subprocess.run([*command, *arguments], check=True, capture_output=True, text=True, cwd=ROOT)


if __name__ == "__main__":
    sys.exit(main())
