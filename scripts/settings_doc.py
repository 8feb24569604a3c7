"""Writes the README's table of settings from their declaration; ``--check`` fails when it is stale."""

import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from core.values.setting import Setting  # noqa: E402
from core.values.settings import OF_THE_ENVIRONMENT, can_be, every  # noqa: E402

TARGET = ROOT / "README.md"
BEGIN = "<!-- made by scripts/settings_doc.py; do not edit -->\n"
END = "<!-- until here -->\n"


def table() -> str:
    """The table, in Markdown."""
    rows = ["| setting | variable | default | what it can be | meaning |", "|---|---|---|---|---|"]
    rows += map(_row, (*every().values(), *OF_THE_ENVIRONMENT))
    return "".join(f"{row}\n" for row in rows)


def _row(setting: Setting) -> str:
    return "| " + " | ".join(one.replace("|", "\\|") for one in _cells(setting)) + " |"


def _cells(setting: Setting) -> Iterator[str]:
    yield f"`{setting.name}`" if setting.name else ""
    yield f"`{setting.variable}`" if setting.variable else ""
    in_words = setting.says.default and "$" not in setting.says.default
    yield setting.usual if in_words else f"`{setting.usual}`"
    yield "" if setting.is_text or not setting.name else can_be(setting)
    yield setting.says.meaning


def written(text: str) -> str:
    """The README with the table as it has to be. Raises ValueError where its place is not marked."""
    before, rest = text.split(BEGIN)
    return before + BEGIN + table() + END + rest.split(END)[1]


def main() -> int:
    """Write it, or compare it; gives the exit code."""
    text = TARGET.read_text("utf-8")
    if "--check" in sys.argv[1:]:
        if text != written(text):
            sys.stderr.write("README.md is stale: run python scripts/settings_doc.py\n")
            return 1
        return 0
    TARGET.write_text(written(text), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
