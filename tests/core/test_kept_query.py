"""A query as it is kept: the same when it is read again, and nothing of another version's is lost."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.recipients import kept_query
from core.recipients.dto import RecipientFilter, RecipientQuery
from core.recipients.fields import FieldName
from core.recipients.kept_query import FORM, kept, read
from core.recipients.rules import Status
from core.values.days import Ago, day_of, parse_past
from core.values.errors import InvalidInput

_TEXTS = st.text(st.sampled_from("가나다 abc012[]/*\"'"), max_size=12).map(str.strip)
_DAYS = (
    st.none()
    | st.dates(date(1900, 1, 1), date(2999, 12, 31))
    | st.integers(-900, 900).map(Ago)
    | st.just(Ago(of_week=True))
)
_OF_FIELDS = {
    "statuses": st.frozensets(st.sampled_from(Status)),
    "analyses": st.frozensets(st.sampled_from(["normal", "negative", "emergency"])),
    "results": st.frozensets(st.sampled_from(["connected", "unanswered"])),
    "unanswered_streak": st.integers(0, 999),
    "resumes_within": st.none() | st.integers(0, 9_999),
    "no_call_days": st.integers(0, 9_999),
    "getting_worse": st.booleans(),
    "tags": st.lists(_TEXTS.filter(bool), max_size=3).map(tuple),
    **dict.fromkeys(
        ("registered_from", "registered_to", "last_call_from", "last_call_to", "emergency_from"),
        _DAYS,
    ),
}
_FILTERS = st.builds(
    RecipientFilter,
    **{name: _OF_FIELDS.get(name, _TEXTS) for name in RecipientFilter.__struct_fields__},
)
_QUERIES = st.builds(
    RecipientQuery,
    organization_id=st.none() | st.integers(1, 2**63 - 1),
    search=_TEXTS,
    filter=_FILTERS,
    sort=st.sampled_from(FieldName),
    descending=st.booleans(),
)
_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(_QUERIES)
def test_a_query_is_read_as_it_was_kept(query: RecipientQuery) -> None:
    for before in (None, kept(RecipientQuery(search="x"))):
        found = read(kept(query, before))
        assert (found.query, found.unknown) == (query, ())


@given(_QUERIES, _QUERIES, _ANYTHING, _ANYTHING)
def test_what_a_newer_console_added_is_told_and_not_lost(
    query: RecipientQuery, other: RecipientQuery, beside: object, within: object
) -> None:
    newer = kept(query)
    newer["later"] = beside
    newer["filter"]["mood"] = within
    assert (read(newer).query, read(newer).unknown) == (query, ("later", "mood"))
    again = kept(other, newer)
    assert (again["later"], again["filter"]["mood"]) == (beside, within)
    assert read(again).query == other


def test_a_value_that_is_not_known_is_told_and_stays_until_another_is_given() -> None:
    newer = {"form": FORM, "filter": {"statuses": ["paused", "asleep"], "results": "connected"}}
    found = read(newer)
    assert (found.query, found.unknown) == (RecipientQuery(), ("results", "statuses"))
    assert kept(found.query, newer)["filter"] == newer["filter"]
    paused = RecipientQuery(filter=RecipientFilter(statuses=frozenset({Status.PAUSED})))
    assert kept(paused, newer)["filter"]["statuses"] == ["paused"]


@given(_ANYTHING)
def test_whatever_is_kept_is_read_or_refused(anything: object) -> None:
    try:
        found = read(anything)
    except InvalidInput:
        assert isinstance(anything, dict)
        assert anything["form"] != FORM
    else:
        assert read(kept(found.query)).query == found.query


def test_a_newer_form_is_neither_read_nor_written_over() -> None:
    newer = {"form": FORM + 1, "search": "김"}
    for refused in (lambda: read(newer), lambda: kept(RecipientQuery(), newer)):
        with pytest.raises(InvalidInput, match="newer version"):
            refused()


def test_each_field_is_kept() -> None:
    assert set(RecipientFilter.__struct_fields__) == set(kept_query._FIELDS)
    assert set(RecipientQuery.__struct_fields__) == {*kept_query._OWN, "filter"}


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("-7", date(2026, 11, 18)),
        ("+0", date(2026, 11, 25)),
        ("week", date(2026, 11, 23)),
        ("이번 주", date(2026, 11, 23)),
        ("2026-12-01", date(2026, 12, 1)),
    ],
)
def test_a_day_told_from_today_moves_with_it(typed: str, day: date) -> None:
    today = date(2026, 11, 25)  # a Wednesday
    found = parse_past(typed, today)
    assert found is not None
    assert day_of(found, today) == day
    assert parse_past(str(found), date(2027, 1, 1)) == found
