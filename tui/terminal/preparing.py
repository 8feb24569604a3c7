"""Prepares the process for its terminal; it runs before Textual is imported, which reads some of this."""

import os
import sys
from collections.abc import Mapping, MutableMapping

from core.values.errors import CoreError
from core.values.i18n import _


def require_screen(environment: Mapping[str, str] = os.environ) -> None:
    """Raises CoreError where no screen can be drawn."""
    term = environment.get("TERM", "")
    if term in ("", "dumb", "unknown") or not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise CoreError(
            _("The console needs a terminal with a screen."),
            _(
                "Use carecall --plain, or the commands: carecall task, recipient, call, search, upload, download …"
                " (carecall --help)."
            ),
        )


def prepare(
    *,
    theme: str = "",
    rich: bool = False,
    plain: bool = False,
    environment: MutableMapping[str, str] = os.environ,
) -> None:
    """Set what Textual reads at import. Raises CoreError where no screen can be drawn, but is to be."""
    if not plain:
        require_screen(environment)
    # the kitty keyboard protocol breaks Korean input methods in common terminals
    environment.setdefault("TEXTUAL_DISABLE_KITTY_KEY", "1")
    if not rich:
        environment.setdefault("TEXTUAL_ANIMATIONS", "none")
    # one that is set later has all stylesheets parsed once more
    environment["TEXTUAL_THEME"] = theme_name(theme, rich=rich, environment=environment)


def theme_name(chosen: str, *, rich: bool, environment: Mapping[str, str] = os.environ) -> str:
    """The chosen theme; else one of the terminal's own 16 colours, whose codes are the shortest."""
    if environment.get("NO_COLOR"):
        return chosen if chosen.startswith("ansi-") else "ansi-dark"
    if chosen:
        return chosen
    return "textual-dark" if rich else "ansi-dark"
