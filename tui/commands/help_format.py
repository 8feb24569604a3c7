"""The help of commands, laid out by cells: argparse counts characters, and Hangul takes two cells each."""

import argparse
from collections.abc import Callable
from typing import Any

from core.values.i18n import _

_FILLER = "\ue000"  # of no text; it stands behind each wide character while argparse counts


class CellFormatter(argparse.HelpFormatter):
    """What argparse puts together is as wide as it counts; then the fillers go."""

    def format_help(self) -> str:
        """The help as it is shown."""
        return super().format_help().replace(_FILLER, "")

    def _expand_help(self, action: argparse.Action) -> str:
        return _stretched(super()._expand_help(action))

    def _metavar_formatter(
        self, action: argparse.Action, default_metavar: str
    ) -> Callable[[int], tuple[str, ...]]:
        made = super()._metavar_formatter(action, default_metavar)
        return lambda size: tuple(map(_stretched, made(size)))

    def _format_text(self, text: str) -> str:
        return super()._format_text(_stretched(text))

    def _format_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None) -> str:
        return super()._format_usage(
            usage, actions, groups, _stretched(_("usage: ") if prefix is None else prefix)
        )


class WholeFormatter(CellFormatter, argparse.RawDescriptionHelpFormatter):
    """The same, with a description that has its lines."""


def _stretched(text: str) -> str:
    from rich.cells import cell_len

    return "".join(one + _FILLER * (cell_len(one) - 1) for one in text)
