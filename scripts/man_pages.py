"""Writes the manual: ``python scripts/man_pages.py [DIRECTORY]`` makes ``man1`` and ``ko/man1`` there.

``--check`` has groff read each page, where there is one, and tells what it warns of.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from core.values import i18n  # noqa: E402
from tui.commands.man_pages import pages  # noqa: E402

PLACES = {"en": "man1", "ko": "ko/man1"}


def write(target: Path) -> list[Path]:
    """Write the pages of each language."""
    written = []
    for language, place in PLACES.items():
        i18n.use(language)
        folder = target / place
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in pages():
            (folder / name).write_text(text, "utf-8")
            written.append(folder / name)
    return written


def warnings(made: list[Path]) -> str:
    """What groff says of the pages; Hangul is broken anywhere, so nothing is said of how lines are."""
    command = ["groff", "-man", "-Tutf8", "-Kutf8", "-z", "-wmac", "-wreg", "-Wbreak"]
    told = subprocess.run([*command, *made], capture_output=True, text=True, check=False)
    return told.stderr


def main() -> int:
    """Write them, or check them; gives the exit code."""
    if sys.argv[1:] != ["--check"]:
        write(Path(sys.argv[1]) if sys.argv[1:] else ROOT / "build" / "man")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        made = write(Path(folder))
        told = warnings(made) if shutil.which("groff") else ""
    sys.stderr.write(told)
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
