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
        "*Without a screen* is the command that does the same ([commands.md](commands.md)), or why there is none.",
        "",
    ]
    keys = OwnKeys({})
    for scope in scopes():
        lines += [f"## {scope.title}", ""]
        reasons = {action.no_command for action in scope.actions}
        if len(reasons) == 1 and "" not in reasons:
            lines += [f"Without a screen: {reasons.pop()}.", ""]
            column = False
        else:
            column = True
        lines.append("| keys | what | name to remap |" + " without a screen |" * column)
        lines.append("| --- | --- | --- |" + " --- |" * column)
        for action in scope.actions:
            shown = " ".join(f"`{part}`" for part in keys.shown(action).split(" "))
            line = f"| {shown} | {action.label} | `{action.full_name}` |"
            commands = ", ".join(f"`carecall {words}`" for words in action.commands)
            lines.append(line + f" {commands or action.no_command} |" * column)
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
