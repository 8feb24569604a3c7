"""The manual, made from the parsers: ``carecall.1`` and a page for each command, in roff.

What a page tells is what ``--help`` tells, so that it is never behind. ``scripts/man_pages.py`` writes them.
"""

import argparse
import re
from collections.abc import Iterator
from importlib.metadata import version

from core.values.i18n import N_, _
from core.values.settings import OF_THE_ENVIRONMENT, every
from tui.__main__ import COMMANDS, GROUPS, make_parser
from tui.commands.parsing import Parser

_WIDTH = 9_000
_EXITS = (
    (0, N_("done")),
    (1, N_("done, but some rows, numbers, lines or checks failed; each is named")),
    (
        2,
        N_("wrong usage or bad input, not found, or changed by somebody else: nothing was changed"),
    ),
    (3, N_("not permitted")),
    (4, N_("the database is missing, locked, damaged or newer: nothing was written")),
    (70, N_("something that nobody expected; the log in the state directory has it")),
)
_FILES = (
    ("$XDG_CONFIG_HOME/carecall/config.toml", N_("your settings")),
    ("/etc/carecall/config.toml", N_("the settings of the host")),
    ("$XDG_DATA_HOME/carecall/", N_("database, voice files and what was written out")),
    ("$XDG_STATE_HOME/carecall/", N_("drafts and the log")),
)


def pages() -> Iterator[tuple[str, str]]:
    """The name and the text of each page, in the language in use."""
    parser = make_parser(COMMANDS)
    commands = parser.commands
    yield "carecall.1", "\n".join(_whole(parser)) + "\n"
    for name in COMMANDS:
        yield f"carecall-{name}.1", "\n".join(_page(name, commands[name])) + "\n"


def _whole(parser: Parser) -> Iterator[str]:
    yield from _head("carecall", str(parser.description))
    yield _section(_("Synopsis"))
    yield from _usage(parser)
    yield _section(_("Description"))
    yield _text(str(parser.description))
    yield _text(_("Without a command the console opens; ? shows its keys."))
    for title, group in GROUPS.items():
        yield f".SS {_quoted(_(title))}"
        for name, (_module, words) in group.items():
            yield from (".TP", f".BR {_escaped(f'carecall-{name}')} (1)", _text(_(words)))
    yield _section(_("Options"))
    yield from _options(parser)
    yield from _exits()
    yield _section(_("Environment"))
    for setting in (*every().values(), *OF_THE_ENVIRONMENT):
        if setting.variable:
            usual = _("Default: {default}.").format(default=setting.usual or "-")
            yield from _item(setting.variable, f"{_(setting.says.meaning)}. {usual}")
    yield _text(
        _("More settings are in the file: carecall config init writes one with all of them.")
    )
    yield _section(_("Files"))
    for file, words in _FILES:
        yield from _item(file, _(words))
    yield from _see("carecall-config", "carecall-doctor", "carecall-demo")


def _page(name: str, parser: Parser) -> Iterator[str]:
    words = _(COMMANDS[name][1])
    yield from _head(f"carecall-{name}", words)
    below = parser.commands
    yield _section(_("Synopsis"))
    for at, one in enumerate(below.values() or (parser,)):
        if at:
            yield ".P"
        yield from _usage(one)
    yield _section(_("Description"))
    yield _text(str(parser.description))
    if below:
        for action, one in below.items():
            yield f".SS {_quoted(f'{name} {action}')}"
            yield _text(str(one.description))
            yield from _options(one)
    else:
        yield _section(_("Options"))
        yield from _options(parser)
    yield from _exits()
    yield from _see("carecall")


def _head(name: str, words: str) -> Iterator[str]:
    yield '.\\" -*- mode: troff; coding: utf-8 -*-'
    yield f'.TH {_escaped(name.upper())} 1 "" "carecall {version("carecall-console")}" carecall'
    yield from (".ad l", ".nh")
    yield _section(_("Name"))
    yield f"{_escaped(name)} \\- {_escaped(words.rstrip('.'))}"


def _usage(parser: Parser) -> Iterator[str]:
    """How it is called, in one paragraph: without the options that every command has."""
    usage = re.sub(r"\s+", " ", _told(parser).partition("\n\n")[0].partition(":")[2]).strip()
    rest = usage.removeprefix(parser.prog).replace(" [-h]", "", 1)
    if parser.prog != "carecall":
        rest = re.sub(r" \[--as [^]]*\]", "", rest, count=1)
    yield f".B {_escaped(parser.prog)}"
    if rest.strip():
        yield _text(rest).replace(",", ",\\:")  # where a long choice may be broken


def _options(parser: Parser) -> Iterator[str]:
    """Arguments and options; of a command, those that it has beside the ones of all."""
    for line in _told(parser).splitlines():
        found = re.fullmatch(r"  (\S.*?)(?:  +(\S.*))?", line)
        if found is None or found[1].startswith("-h,"):
            continue
        if parser.prog == "carecall" or not found[1].startswith("--as "):
            yield from _item(found[1], found[2] or "")


def _told(parser: Parser) -> str:
    """The help, each argument on one line."""
    usual, parser.formatter_class = parser.formatter_class, _OneLine
    try:
        return argparse.ArgumentParser.format_help(parser)
    finally:
        parser.formatter_class = usual


class _OneLine(argparse.HelpFormatter):
    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=_WIDTH // 2, width=_WIDTH)


def _item(name: str, words: str) -> Iterator[str]:
    yield from (".TP", f".B {_escaped(name)}", _text(words or "-"))


def _exits() -> Iterator[str]:
    yield _section(_("Exit status"))
    for code, words in _EXITS:
        yield from _item(str(code), _(words))


def _see(*names: str) -> Iterator[str]:
    yield _section(_("See also"))
    for name in names:
        yield f".BR {_escaped(name)} (1)" + ("," if name != names[-1] else "")


def _section(title: str) -> str:
    return f".SH {_quoted(title.upper())}"


def _quoted(text: str) -> str:
    return '"' + _escaped(text).replace('"', "\\(dq") + '"'


def _text(text: str) -> str:
    """A paragraph's line; what begins like a request of roff begins with nothing before it."""
    line = _escaped(" ".join(text.split()))
    return f"\\&{line}" if line[:1] in (".", "'") else line


def _escaped(text: str) -> str:
    return text.replace("\\", "\\e").replace("-", "\\-")
