"""The words of argparse, which it asks gettext for, are in the catalogues on every Python."""

import argparse
import ast
import functools
import re
import sys
from pathlib import Path

from babel.messages.extract import extract_from_file

import core.app.services  # noqa: F401 - imports what has words
from core.recipients.rules import STATUS_NAMES
from core.values.stored import Words
from scripts import catalogues
from scripts.catalogues import KEYWORDS, texts_in_source
from tui.action import every

# read once: every text with the first place where it stands, core before tui
marked = functools.cache(texts_in_source)

# said to who writes a program, never to who uses this one
_TO_PROGRAMMERS = {
    " (default: %(default)s)",
    "'required' is an invalid argument for positionals",
    "%(prog)s: warning: %(message)s\n",
    "%r is not callable",
    ".__call__() not defined",
    "argument '%(argument_name)s' is deprecated",
    'argument "-" with mode %r',
    "can't open '%(filename)s': %(error)s",
    "cannot have multiple subparser arguments",
    "cannot merge actions - two groups are named %r",
    "command '%(parser_name)s' is deprecated",
    "conflicting option string: %s",
    "conflicting subparser alias: %s",
    "conflicting subparser: %s",
    "dest= is required for options like %r",
    "invalid conflict_resolution value: %r",
    "invalid option string %(option)r: must start with a character %(prefix_chars)r",
    "mutually exclusive arguments must be optional",
    "option '%(option)s' is deprecated",
    "subcommands",
    "unexpected option string: %s",
    "unknown parser %(parser_name)r (choices: %(choices)s)",
}


def test_the_words_of_argparse_are_in_the_catalogues() -> None:
    there = marked()
    said = [text for _, text, _, _ in extract_from_file("python", argparse.__file__, KEYWORDS)]
    first_forms = {text: text if isinstance(text, str) else text[0] for text in said}
    missing = [
        text
        for text, first in first_forms.items()
        if first not in _TO_PROGRAMMERS and text not in there
    ]
    assert missing == []


def test_no_message_of_the_core_names_a_key_of_the_screen() -> None:
    """Commands and SSH tell the same message, where nobody can press it."""
    keys = re.compile(
        r"\bctrl\+|\bpress(es|ed)?\b|\b(enter|esc|escape|tab|F1)\b(?! (name|the))", re.IGNORECASE
    )
    named = [
        f"{place} {text}"
        for text, place in marked().items()
        if place.startswith("core/")
        for one in (text if isinstance(text, tuple) else (text,))
        if one and keys.search(one)
    ]
    assert named == []


def test_no_text_to_translate_stands_within_an_f_string() -> None:
    """Up to Python 3.11 the catalogues' tool sees none there, and it would stay English for ever."""
    within = [
        f"{file}:{call.lineno}"
        for folder in ("core", "tui")
        for file in sorted(Path(folder).rglob("*.py"))
        for text in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in KEYWORDS
        and any(isinstance(one, ast.Constant) for one in call.args)
    ]
    assert within == []


def _glossary() -> list[str]:
    """What the last column of the glossary says is never used."""
    rows = re.findall(
        r"^\|[^|]*\|[^|]*\|([^|]*)\|$", Path("docs/translating.md").read_text("utf-8"), re.MULTILINE
    )
    return [word for row in rows[2:] for one in row.split(",") if (word := one.strip())]


def test_the_catalogue_keeps_to_the_glossary_and_to_one_tone() -> None:
    """One Korean word for one thing, and the formal style of an office."""
    never = _glossary()
    assert len(never) > 30
    tone = ["세요", "해요", "어요", "아요", "예요", "귀하", "당신", "주십시요", "하십시요"]
    typed = {action.also for action in every()}  # what people may call it, right or wrong
    broken = [
        f"{word}: {form}"
        for message in catalogues.read("ko")
        if message.id and message.id not in typed
        for form in catalogues.forms(message)
        for word in (*never, *tone)
        if word in form
    ]
    assert broken == []


def test_keys_in_texts_are_the_users_own() -> None:
    """A text names an action, ``{keys[recipients.undo]}``, never its key, which may be another one."""
    known = {action.full_name for action in every()}
    texts = [one for text in marked() for one in ([text] if isinstance(text, str) else text)]
    named = {name for text in texts for name in re.findall(r"\{keys\[([^]]*)\]\}", text)}
    assert named - known == set()
    assert len(named) > 10
    literal = re.compile(r"\b[Pp]ress (?!the key)[^{ ]|\b(esc|ctrl\+s)\b|; [b-zB-Z] |\([a-zA-Z]\)")
    assert [text for text in texts if literal.search(text)] == []


def test_each_value_of_a_closed_set_has_its_word() -> None:
    """One without is shown as unreadable, though nothing is wrong with it."""
    found = {
        f"{name}.{variable}": told
        for name, module in sys.modules.items()
        if name.startswith("core.")
        for variable, told in vars(module).items()
        if isinstance(told, Words) or told is STATUS_NAMES
    }
    kinds = {where: {type(key) for key in told} for where, told in found.items()}
    assert len({id(told) for told in found.values()}) > 15
    missing = {
        where: [one for kind in kinds[where] for one in kind if one not in told]
        for where, told in found.items()
    }
    assert {where: ones for where, ones in missing.items() if ones} == {}
