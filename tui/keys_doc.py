"""Writes ``docs/keys.md`` from the declared actions; ``--check`` fails when the file is stale."""

import sys
from pathlib import Path

from tui.action import scopes
from tui.own_keys import OwnKeys

TARGET = Path(__file__).parent.parent / "docs" / "keys.md"


def document() -> str:
    """The page, in Markdown."""
    lines = [
        "# Keys",
        "",
        "Made from the declared actions by `python -m tui.keys_doc`; do not edit.",
        "",
    ]
    keys = OwnKeys({})
    for scope in scopes():
        lines += [f"## {scope.title}", ""]
        has_commands = any(action.command for action in scope.actions)
        lines.append("| keys | what | name to remap |" + " without a screen |" * has_commands)
        lines.append("| --- | --- | --- |" + " --- |" * has_commands)
        for action in scope.actions:
            shown = " ".join(f"`{part}`" for part in keys.shown(action).split(" "))
            line = f"| {shown} | {action.label} | `{action.full_name}` |"
            command = f"`carecall {action.command}`" if action.command else ""
            lines.append(line + f" {command} |" * has_commands)
        lines.append("")
    return "\n".join(lines)


def main() -> int:
    """Write the page, or compare it; gives the exit code."""
    if "--check" in sys.argv[1:]:
        if not TARGET.is_file() or TARGET.read_text("utf-8") != document():
            sys.stderr.write("docs/keys.md is stale: run python -m tui.keys_doc\n")
            return 1
        return 0
    TARGET.write_text(document(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
