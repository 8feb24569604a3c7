"""The short way to tell Korean mobile numbers is the long way: it is proved, not sampled."""

import itertools
import re
from collections.abc import Iterator
from re import _constants as names  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneMetadata

from core.values import phone
from core.values.errors import InvalidInput

_DIGITS = frozenset("0123456789")
_LENGTH = 10  # of 10-XXXX-YYYY
_BEFORE_LAST_FOUR = 6
_KINDS = (
    "general_desc",
    "fixed_line",
    "mobile",
    "toll_free",
    "premium_rate",
    "shared_cost",
    "personal_number",
    "voip",
    "pager",
    "uan",
    "voicemail",
)


def _sets(items: Any) -> list[frozenset[str]]:
    found: set[str] = set()
    for kind, value in items:
        if kind is names.LITERAL:
            found.add(chr(value))
        elif kind is names.RANGE:
            found |= {chr(code) for code in range(value[0], value[1] + 1)}
        elif kind is names.CATEGORY and value is names.CATEGORY_DIGIT:
            found |= _DIGITS
        else:
            raise AssertionError(f"a pattern has something new: {kind}")
    return [frozenset(found) & _DIGITS]


def _sequences(pattern: Any) -> Iterator[list[frozenset[str]]]:
    """Everything a pattern of digits matches up to the length, as sets of digits by place."""
    if not pattern:
        yield []
        return
    (kind, value), rest = pattern[0], pattern[1:]
    if kind is names.LITERAL:
        firsts: Any = [_sets([(kind, value)])]
    elif kind is names.IN:
        firsts = [_sets(value)]
    elif kind is names.SUBPATTERN:
        firsts = list(_sequences(list(value[-1])))
    elif kind is names.BRANCH:
        firsts = [each for branch in value[1] for each in _sequences(list(branch))]
    elif kind is names.MAX_REPEAT:
        least, most, repeated = value
        once = list(_sequences(list(repeated)))
        firsts = [
            [place for part in chosen for place in part]
            for times in range(least, min(int(most), _LENGTH) + 1)
            for chosen in itertools.product(once, repeat=times)
        ]
    else:
        raise AssertionError(f"a pattern has something new: {kind}")
    for first in firsts:
        if len(first) <= _LENGTH:
            for following in _sequences(rest):
                if len(first) + len(following) <= _LENGTH:
                    yield first + following


def test_no_pattern_of_korea_looks_at_the_last_four_digits() -> None:
    metadata = PhoneMetadata.metadata_for_region("KR")
    assert metadata is not None
    seen = 0
    for kind in _KINDS:
        description = getattr(metadata, kind)
        if description is None or description.national_number_pattern is None:
            continue
        for places in _sequences(list(parser.parse(description.national_number_pattern))):
            if len(places) != _LENGTH or "1" not in places[0] or "0" not in places[1]:
                continue
            seen += 1
            assert all(place == _DIGITS for place in places[_BEFORE_LAST_FOUR:]), (kind, places)
    assert seen


@given(st.from_regex(re.compile(r"(0|\+82[ .-]?)10[ .-]?[0-9]{4}[ .-]?[0-9]{4}"), fullmatch=True))
def test_the_short_way_gives_what_the_long_way_gives(text: str) -> None:
    try:
        long_way = phone._valid(text, "KR")
    except InvalidInput as error:
        with pytest.raises(InvalidInput, match=re.escape(error.what)):
            phone.parse(text, "KR")
    else:
        assert phone.parse(text, "KR") == long_way
