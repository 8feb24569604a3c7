"""A word of a search as SQL: where a text has it, and what in the search index leads there.

What a word may stand for while it is typed, ``core.values.hangul`` says. SQLite matches it with GLOB, PostgreSQL
with a regular expression. Both need something that finds few texts to match:

On SQLite the search index has every run of three characters; one or two, and ranges of characters behind them, are
ranges of such runs, since the search text goes on after its last word (see ``search_text``). On PostgreSQL the
index has such runs only; a second one holds the characters of each text, which leaves few for one or two of
them, unless they are in most, as digits are.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from core.db.models import Recipient
from core.recipients.fields import FieldName
from core.values import hangul
from core.values.hangul import Pattern

_INDEXED_FROM = 3  # characters: the search index knows runs of three
_LAST_CHARACTER = "\U0010ffff"
_MANY_CHARACTERS = 100  # one of so many finds most texts

IdSelect = sa.Select[Any] | sa.CompoundSelect[Any]


class _Fits(FunctionElement[bool]):
    """Whether the text (first) has a pattern: as a regular expression (second), as globs (the others)."""

    name = "fits"
    type = sa.Boolean()
    inherit_cache = True


@compiles(_Fits)
def _by_globs(element: _Fits, compiler: SQLCompiler, **more: Any) -> str:
    text, _regex, *globs = element.clauses
    left = compiler.process(text, **more)
    return f"({' OR '.join(f'{left} GLOB {compiler.process(glob, **more)}' for glob in globs)})"


@compiles(_Fits, "postgresql")
def _by_regex(element: _Fits, compiler: SQLCompiler, **more: Any) -> str:
    text, regex, *_globs = element.clauses
    return f"({compiler.process(text, **more)} ~ {compiler.process(regex, **more)})"


class _HasCharacters(FunctionElement[bool]):
    """Whether the text (first) has each character of a second one, and of a third, if there is one, any.

    It only helps PostgreSQL to find them.
    """

    name = "has_characters"
    type = sa.Boolean()
    inherit_cache = True


@compiles(_HasCharacters)
def _everywhere(_element: _HasCharacters, _compiler: SQLCompiler, **_more: Any) -> str:
    return "1 = 1"


@compiles(_HasCharacters, "postgresql")
def _on_postgresql(element: _HasCharacters, compiler: SQLCompiler, **more: Any) -> str:
    text, *others = (
        f"string_to_array({compiler.process(clause, **more)}, NULL)" for clause in element.clauses
    )
    tests = zip((" @> ", " && "), others, strict=False)
    return f"({' AND '.join(f'{text}{operator}{other}' for operator, other in tests)})"


class _NameSought(FunctionElement[str]):
    """The name in a search text, without blanks."""

    name = "name_sought"
    type = sa.String()
    inherit_cache = True


@compiles(_NameSought)
def _first_line(element: _NameSought, compiler: SQLCompiler, **more: Any) -> str:
    text = compiler.process(element.clauses, **more)
    return f"replace(substr({text}, 1, instr({text}, char(10)) - 1), ' ', '')"


@compiles(_NameSought, "postgresql")
def _first_line_there(element: _NameSought, compiler: SQLCompiler, **more: Any) -> str:
    text = compiler.process(element.clauses, **more)
    return f"replace(split_part({text}, chr(10), 1), ' ', '')"


def has(text: Any, word: str) -> sa.ColumnElement[bool]:
    """Whether the text has the word, as it is typed."""
    patterns = hangul.anywhere(word)
    if len(patterns) > 1 or hangul.literal(patterns[0]) != word:
        return _fits(text, patterns)
    contained: sa.ColumnElement[bool] = text.contains(word, autoescape=True)
    return contained


def field_has(field: object, text: Any, word: str) -> sa.ColumnElement[bool]:
    """Whether a field of somebody, as it is stored, has the word; one of several words is one, blanks included."""
    text = sa.func.lower(text)
    found = has(text, word)
    if field is FieldName.NAME and hangul.in_names(word):
        name = sa.func.replace(text, " ", "")
        found |= _fits(name, hangul.in_names(word.replace(" ", "")))
    return found


def _fits(text: Any, patterns: tuple[Pattern, ...]) -> sa.ColumnElement[bool]:
    return _Fits(text, hangul.as_regex(patterns), *map(hangul.as_glob, patterns))


def search_text_has(word: str) -> sa.ColumnElement[bool]:
    """Whether the quick search finds the word in a recipient's own texts."""
    text: Any = Recipient.search_text
    found = has(text, word)
    if not word.isdigit():
        found &= sa.or_(*(_with_characters(text, pattern) for pattern in hangul.anywhere(word)))
    if _is_in_name_only(word):
        begun = hangul.initials(word)
        # what stands in the name as it was typed, beside the initials
        as_typed = "".join(one for one in word[:-1] if not hangul.is_initial(one))
        found |= sa.and_(
            text.contains(begun, autoescape=True),
            _HasCharacters(text, begun + as_typed),
            sa.or_(*map(partial(_with_characters, text), hangul.anywhere(word[-1])))
            if not hangul.is_initial(word[-1])
            else sa.true(),
            _fits(_NameSought(text), hangul.in_names(word)),
        )
    return found


def _with_characters(text: Any, pattern: Pattern) -> sa.ColumnElement[bool]:
    """What PostgreSQL finds a pattern by that has no run of three in it."""
    begun = hangul.literal(pattern)
    if len(begun) >= _INDEXED_FROM:
        return sa.true()
    if len(begun) == len(pattern):
        return _HasCharacters(text, begun)
    any_of = hangul.characters(pattern[len(begun)])
    if len(any_of) > _MANY_CHARACTERS:
        return _HasCharacters(text, begun)
    return _HasCharacters(text, begun, "".join(any_of))


def is_vague(word: str) -> bool:
    """Whether PostgreSQL's indexes lead to many who do not have the word, as with ``김ㅇ``: all called 김."""
    if word.isdigit():
        return False
    return _is_in_name_only(word) or any(map(_is_vague, hangul.anywhere(word)))


def _is_vague(pattern: Pattern) -> bool:
    begun = hangul.literal(pattern)
    if len(begun) in (_INDEXED_FROM, len(pattern)):
        return False
    return (
        len(begun) < _INDEXED_FROM
        and len(hangul.characters(pattern[len(begun)])) > _MANY_CHARACTERS
    )


def _is_in_name_only(word: str) -> bool:
    """Whether consonants stand for syllables, and so not only as they are among the initials."""
    return bool(hangul.in_names(word)) and not hangul.are_initials(word)


def leads(word: str) -> list[list[IdSelect]]:
    """What in SQLite's search index leads to the word: IDs of recipients, each list all of them."""
    anywhere = _anywhere(word)
    if not _is_in_name_only(word):
        return [anywhere]
    others, last = word[:-1], word[-1]
    ways = [[_of_runs(hangul.initials(word))]]
    ways += [[_of_runs(one)] for one in dict.fromkeys(others) if not hangul.is_initial(one)]
    if not hangul.is_initial(last):
        ways.append(_anywhere(last))
    return [[*anywhere, *way] for way in ways]


class Beginning(Struct, frozen=True):
    """How the names begin that have a word at their beginning: first and last of each range, as it is typed first.

    ``elsewhere`` is what in SQLite's search index leads to all others who have it.
    """

    ranges: tuple[tuple[str, str], ...]
    elsewhere: tuple[IdSelect, ...]


def beginning(word: str) -> Beginning | None:
    """Where in the order of names the word is mostly found; None where it does not begin with a syllable.

    A syllable is stored as it is searched, other characters may not be. A search text begins with the name.
    """
    if not hangul.is_syllable(word[0]):
        return None
    patterns = hangul.anywhere(word)
    elsewhere: list[IdSelect] = []
    if _is_in_name_only(word):
        named = hangul.in_names(word)
        elsewhere.append(_between(word[0], word[0], behind=0))
        begun = hangul.literal(named[0])
        for count in range(1, min(len(begun) + 1, _INDEXED_FROM)):
            spaced = f"{begun[:count]} "  # these patterns leave blanks out
            elsewhere.append(_between(spaced, spaced))
        patterns = (*patterns, *named)
    ranges: list[tuple[str, str]] = []
    for first, last in dict.fromkeys(run for pattern in patterns for run in _runs(pattern)):
        if all(map(hangul.is_syllable, first + last)):
            ranges.append((first, last))
            elsewhere.append(_between(first, last, behind=0))
        else:
            elsewhere.append(_between(first, last))
    return Beginning(tuple(ranges), tuple(elsewhere))


def _anywhere(word: str) -> list[IdSelect]:
    return [found for pattern in hangul.anywhere(word) for found in _in_index(pattern)]


def _in_index(pattern: Pattern) -> Sequence[IdSelect]:
    begun = hangul.literal(pattern)
    if len(begun) >= _INDEXED_FROM:
        return [_of_runs(begun)]
    return [_between(*run) for run in _runs(pattern)]


def _runs(pattern: Pattern) -> Sequence[tuple[str, str]]:
    """First and last of the beginnings of runs with which a pattern begins, of each range of them."""
    begun = hangul.literal(pattern)[:_INDEXED_FROM]
    if len(begun) in (_INDEXED_FROM, len(pattern)):
        return [(begun, begun)]
    return [(begun + first, begun + last) for first, last in pattern[len(begun)]]


def _of_runs(text: str) -> IdSelect:
    if len(text) < _INDEXED_FROM:
        return _between(text, text)
    quoted = text.replace('"', '""')
    match = sa.text("recipient_search MATCH :match").bindparams(
        sa.bindparam("match", f'"{quoted}"', unique=True)
    )
    return sa.select(sa.column("rowid")).select_from(sa.table("recipient_search")).where(match)


def _between(first: str, last: str, behind: int | None = None) -> IdSelect:
    """Of the runs that begin with one of these; of those only that are ``behind`` this place in their text."""
    run = sa.column("term", sa.String())
    found = (
        sa.select(sa.column("doc", sa.Integer()))
        .select_from(sa.table("recipient_search_runs"))
        .where(run >= first, run < last + _LAST_CHARACTER)
    )
    return found if behind is None else found.where(sa.column("offset", sa.Integer()) > behind)
