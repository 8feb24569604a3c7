"""What a release is made of, and what is known against it: ``make sbom`` and ``make audit``.

Both read the lock files, not what happens to be installed; their own packages live in an environment of theirs,
``build/release``. ``sbom`` needs no network, ``audit`` asks for known weaknesses and does.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import make_bundle
from make_bundle import DIST, ROOT

TOOLS = ROOT / "build" / "release" / "bin"
LOCKS = make_bundle.LOCKS["x86_64"]


def main() -> int:
    """Do what is named; gives the exit code of the tool that does it."""
    with tempfile.TemporaryDirectory() as folder:
        lock = Path(folder) / "requirements.txt"
        lock.write_text(make_bundle.locked(LOCKS), "utf-8")
        return {"sbom": sbom, "audit": audit}[sys.argv[1]](lock)


def sbom(lock: Path) -> int:
    """Name all that is in the one file and in the Debian package, with hashes, as CycloneDX."""
    DIST.mkdir(exist_ok=True)
    file = DIST / f"carecall-{make_bundle.version()}.cdx.json"
    code = run(
        "cyclonedx-py", "requirements", str(lock), "--pyproject", str(ROOT / "pyproject.toml"),
        "--mc-type", "application", "--output-reproducible", "--output-format", "JSON",
        "--output-file", str(file),
    )  # fmt: skip
    if code:
        return code
    told = {part["name"] for part in json.loads(file.read_text("utf-8"))["components"]}
    meant = set(re.findall(r"^([\w.-]+)==", lock.read_text("utf-8"), re.MULTILINE))
    if told != meant:
        sys.stderr.write(f"Not told, or too much: {', '.join(sorted(told ^ meant))}\n")
        return 1
    sys.stderr.write(f"{file}: {len(told)} packages\n")
    return 0


def audit(lock: Path) -> int:
    """Ask what is known against the locked versions; 1 where something is, or where nobody could tell."""
    return run(
        "pip-audit", "--strict", "--disable-pip", "--require-hashes", "--requirement", str(lock)
    )


def run(tool: str, *arguments: str) -> int:
    """Run a tool of the environment; gives its exit code."""
    quiet = {**os.environ, "PYTHONWARNINGS": "ignore"}  # a lock file knows no tree of dependencies
    return subprocess.run([TOOLS / tool, *arguments], check=False, env=quiet).returncode


if __name__ == "__main__":
    sys.exit(main())
