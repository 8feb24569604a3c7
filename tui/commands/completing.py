"""Answers a shell that completes a line: the words of commands, and names from the database.

The shell asks ``carecall`` with ``_ARGCOMPLETE`` set. Names are those of organizations, campaigns, views and tags,
as far as the account may see them: never of a recipient, and no number. Nobody is shown, so nothing is recorded.
Whatever goes wrong, there is nothing to complete, and not a word of it in the midst of what somebody types.
"""

import argparse
import asyncio
import os
import signal
from collections.abc import Callable, Iterable, MutableMapping, Sequence
from typing import TYPE_CHECKING, Any

from argcomplete import autocomplete
from argcomplete.completers import BaseCompleter, FilesCompleter

from core.io import identity
from core.io.configuration import read_configuration
from core.values import i18n
from core.values.settings import Settings
from tui.commands.parsing import Parser

if TYPE_CHECKING:
    from core.app.services import Services

ASKED_BY = "_ARGCOMPLETE"
_SECONDS = 3.0  # then the line stays as it is
# arguments of any command, and of some, by what they name
_NAMED = {
    "organization": "organizations",
    "responsible": "organizations",
    "campaign": "campaigns",
    "view": "views",
    "tag": "tags",
    "give": "tags",
}
_NAMED_BY = {
    "carecall campaign": {"name": "campaigns"},
    "carecall organization": {"name": "organizations"},
    "carecall view": {"name": "views"},
    "carecall recipient tag": {"take": "tags"},
}
_NEW = {"carecall campaign add", "carecall organization add", "carecall view save"}


def is_asked(arguments: Sequence[str]) -> bool:
    """Whether a shell asks; a client of a forced command is no shell of this host."""
    return ASKED_BY in os.environ and "--ssh" not in arguments


def answer(make_parser: Callable[[Sequence[str]], Parser]) -> None:
    """Write what the word under the cursor can become, and end the process."""
    signal.signal(signal.SIGALRM, _give_up)
    signal.setitimer(signal.ITIMER_REAL, _SECONDS)
    try:
        i18n.use(i18n.from_locale())
        settings = read_configuration().usable()
        i18n.use(settings.language)
        words = os.environ.get("COMP_LINE", "").split()
        _count_characters(os.environ)
        autocomplete(
            make_parser(words),
            always_complete_options=False,
            default_completer=_Completer(settings),
        )
    except Exception:  # noqa: BLE001 - a line that somebody types is no place to tell it
        _give_up()


def _count_characters(asked: MutableMapping[str, str]) -> None:
    """Let the place of the cursor be one in characters: bash counts bytes, of which a syllable has three."""
    if asked.get("_ARGCOMPLETE_SHELL") == "bash":
        before = asked["COMP_LINE"].encode()[: int(asked["COMP_POINT"])]
        asked["COMP_POINT"] = str(len(before.decode(errors="ignore")))


def _give_up(*_signal: Any) -> None:
    os._exit(0)


class _Completer(BaseCompleter):
    """What argcomplete asks for arguments that are no choice."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __call__(
        self,
        *,
        prefix: str,
        action: argparse.Action,
        parser: argparse.ArgumentParser,
        parsed_args: argparse.Namespace,
    ) -> Iterable[str]:
        """What the argument can be."""
        if action.dest in getattr(parser, "files", ()):
            return list(FilesCompleter()(prefix))
        kind = _kind(parser.prog, action.dest)
        if kind is None:
            return ()
        return asyncio.run(names(self._settings, kind, getattr(parsed_args, "act_as", "")))


def _kind(command: str, argument: str) -> str | None:
    if command in _NEW and argument == "name":
        return None
    for words in (command, command.rpartition(" ")[0]):
        if argument in _NAMED_BY.get(words, {}):
            return _NAMED_BY[words][argument]
    return _NAMED.get(argument)


async def names(settings: Settings, kind: str, act_as: str = "") -> list[str]:
    """Every name of this kind that the account may see."""
    from core.app.services import Services

    services = await Services.open(settings)
    try:
        actor = await services.admins.recognized(identity.of_process(act_as=act_as))
        ask, of = _ASK[kind](services)
        if actor is None or ask.why_not(actor):
            return []
        return sorted({one.name for one in of(await ask(actor))})
    finally:
        await services.close()


def _all(rows: Any) -> Any:
    return rows


_ASK: dict[str, Callable[["Services"], tuple[Any, Callable[[Any], Iterable[Any]]]]] = {
    "organizations": lambda services: (services.organizations.list, _all),
    "campaigns": lambda services: (services.campaigns.list, _all),
    "tags": lambda services: (services.tags.list, _all),
    "views": lambda services: (services.views.list, lambda found: found.views),
}
