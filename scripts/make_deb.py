"""Makes ``dist/carecall_VERSION_ARCHITECTURE.deb`` out of what the one file is made of, with ``dpkg-deb`` alone.

ARCHITECTURE is this machine's, or the one that is named: ``amd64`` or ``arm64``. See ``docs/adr/0030-deb.md``.
"""

import gzip
import re
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import make_bundle
from make_bundle import DIST, PYTHONS, ROOT, Target, Tree

PARTS = ROOT / "scripts" / "deb"
MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}
DOCS = "usr/share/doc/carecall"
UNITS = "usr/lib/systemd/system"
FILES = (
    ("carecall", "usr/bin/carecall", 0o755),
    ("runtime", "usr/share/python3/runtime.d/carecall.rtupdate", 0o755),
    ("sshd.conf", "usr/share/carecall/sshd_config.d/carecall.conf", 0o644),
    ("lintian", "usr/share/lintian/overrides/carecall", 0o644),
    ("copyright", f"{DOCS}/copyright", 0o644),
)
COMPLETION = {
    "bash": "bash-completion/completions/carecall",
    "zsh": "zsh/vendor-completions/_carecall",
    "fish": "fish/vendor_completions.d/carecall.fish",
}
SCRIPTS = ("postinst", "prerm", "postrm")
# what belongs into a package of Debian's, and what people read on the host
PAGES = ("installing", "upgrading", "recovery", "commands", "privacy", "postgresql", "sound")


def main() -> int:
    """Make the package."""
    if not shutil.which("dpkg-deb"):
        sys.stderr.write("make deb needs dpkg-deb, of Debian's package dpkg.\n")
        return 1
    architecture = sys.argv[1] if sys.argv[1:] else printed("dpkg", "--print-architecture")
    targets = tuple(Target(python, MACHINES[architecture]) for python in PYTHONS)
    try:
        with tempfile.TemporaryDirectory() as folder:
            project = make_bundle.project_wheel(Path(folder))
            tree = together(list(make_bundle.trees(targets, project).values()))
            root = Path(folder) / "carecall"
            lay_out(root, tree, shared(), architecture)
            DIST.mkdir(exist_ok=True)
            file = DIST / f"carecall_{make_bundle.version()}-1_{architecture}.deb"
            printed(
                "dpkg-deb", "--root-owner-group", "-Zxz", "-z1", "--build", str(root), str(file)
            )
    except subprocess.CalledProcessError as error:
        sys.stderr.write(f"{error.stderr or ''}{error.cmd[0]} ended with {error.returncode}\n")
        return 1
    sys.stderr.write(f"{file}  {file.stat().st_size / 1e6:.1f} MB\n")
    return 0


def together(trees: list[Tree]) -> Tree:
    """One tree for all of the Pythons: the names of compiled modules say whose they are."""
    tree: Tree = {}
    for one in trees:
        for path, content in one.items():
            # stable ABI: what was compiled for the oldest is for all
            differs = ".dist-info/" in path or path.endswith(".abi3.so")
            if tree.setdefault(path, content) != content and not differs:
                raise ValueError(f"{path} is another one for each Python")
    return tree


def shared() -> Tree:
    """What lies below ``usr/share``: the manual, compressed as Debian has it, and the completion of each shell."""
    with tempfile.TemporaryDirectory() as folder:
        printed(sys.executable, str(ROOT / "scripts" / "man_pages.py"), folder)
        pages = {
            f"man/{page.relative_to(folder)}.gz": compressed(page.read_bytes())
            for page in Path(folder).rglob("*.1")
        }
    return pages | {
        path: f"{printed(sys.executable, '-m', 'tui', 'completion', shell)}\n".encode()
        for shell, path in COMPLETION.items()
    }


def lay_out(root: Path, tree: Tree, share: Tree, architecture: str) -> None:
    """Everything where it is to be on the host."""
    for path, content in share.items():
        put(root / "usr/share" / path, content)
    for path, content in tree.items():
        put(root / "usr/lib/carecall" / path, content)
    for name, path, mode in FILES:
        put(root / path, (PARTS / name).read_bytes(), mode)
    for unit in sorted((PARTS / "systemd").iterdir()):
        put(root / UNITS / unit.name, unit.read_bytes())
    put(root / DOCS / "changelog.gz", compressed((ROOT / "CHANGELOG.md").read_bytes()))
    put(root / DOCS / "changelog.Debian.gz", compressed(debian_changelog().encode()))
    for page in PAGES:
        content = (ROOT / "docs" / f"{page}.md").read_bytes()
        put(root / DOCS / f"{page}.md.gz", compressed(content))
    size = sum(file.stat().st_size for file in root.rglob("*") if file.is_file()) // 1024
    control = (PARTS / "control").read_text("utf-8")
    values = {"VERSION": make_bundle.version(), "ARCHITECTURE": architecture, "SIZE": str(size)}
    control = re.sub(r"@(\w+)@", lambda found: values[found[1]], control)
    put(root / "DEBIAN/control", control.encode())
    for script in SCRIPTS:
        put(root / "DEBIAN" / script, (PARTS / script).read_bytes(), 0o755)


def debian_changelog() -> str:
    """What Debian's tools read: the version and its day; the rest is in our own."""
    number = make_bundle.version()
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    found = re.search(rf"^## {re.escape(number)} \((.+)\)$", changes, re.MULTILINE)
    day = datetime.fromisoformat(found[1]).replace(tzinfo=UTC) if found else datetime.now(UTC)
    control = (PARTS / "control").read_text("utf-8")
    maintainer = control.partition("Maintainer: ")[2].partition("\n")[0]
    return (
        f"carecall ({number}-1) unstable; urgency=medium\n\n  * What has changed is in changelog.gz.\n\n"
        f" -- {maintainer}  {format_datetime(day)}\n"
    )


def put(file: Path, content: bytes, mode: int = 0o644) -> None:
    """A file, with the directories above it, whatever the umask."""
    for folder in reversed(file.parents):
        if not folder.exists():
            folder.mkdir()
            folder.chmod(0o755)
    file.write_bytes(content)
    file.chmod(mode)


def compressed(content: bytes) -> bytes:
    """As Debian's documentation is; the same content gives the same bytes."""
    return gzip.compress(content, 9, mtime=0)


def printed(*command: str) -> str:
    """What the command prints."""
    return subprocess.run(
        command, check=True, capture_output=True, text=True, cwd=ROOT
    ).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
