"""What may be done with a recipient, and what is searched: at the edge of each rule."""

from datetime import UTC, date, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from core.recipients import rules
from core.recipients.rules import ManyDraft, Status
from core.values.errors import InvalidInput

NOW = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)
SEOUL = ZoneInfo("Asia/Seoul")


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (Status.IN_PROGRESS, None),
        (Status.PAUSED, "is paused already"),
        (Status.SCHEDULED, "has not started yet"),
        (Status.ENDED, "has ended"),
        (Status.NONE, "in no campaign"),
        (9, "cannot be read"),  # put there by hand
    ],
)
def test_only_who_is_phoned_now_can_be_paused(status: Status | int, reason: str | None) -> None:
    why_not = rules.why_not_pause(cast("Status", status))
    assert why_not is None if reason is None else reason in str(why_not)


@pytest.mark.parametrize("status", Status)
def test_only_who_is_paused_can_be_resumed(status: Status) -> None:
    assert (rules.why_not_resume(status) is None) == (status is Status.PAUSED)


def test_a_pause_ends_after_this_moment_at_the_earliest() -> None:
    soon = NOW + timedelta(microseconds=1)
    assert rules.check_resumes_at(soon, NOW) == soon
    with pytest.raises(InvalidInput, match="in the future") as refused:
        rules.check_resumes_at(NOW, NOW)
    assert refused.value.field == "resumes_at"


def test_a_pause_until_a_day_ends_as_the_day_begins_there() -> None:
    found = rules.resumes_on(date(2026, 11, 28), SEOUL, NOW)
    assert found == datetime(2026, 11, 27, 15, 0, tzinfo=UTC)
    with pytest.raises(InvalidInput, match="in the future"):
        rules.resumes_on(date(2026, 11, 27), SEOUL, NOW)


@pytest.mark.parametrize(
    ("draft", "fields"),
    [
        (ManyDraft({"other_information": " 독거 "}), ["other_information"]),
        (ManyDraft(organization_id=7), ["organization_id"]),
        (ManyDraft(add=["독거"]), ["tags"]),
        (ManyDraft(remove=["독거"]), ["tags"]),
    ],
)
def test_what_several_are_to_have_names_its_fields(draft: ManyDraft, fields: list[str]) -> None:
    cleaned = rules.clean_many(draft, "KR")
    assert cleaned.fields == fields
    assert set(cleaned.texts.values()) <= {"독거"}


def test_to_change_nothing_of_several_is_refused() -> None:
    with pytest.raises(InvalidInput, match="what is to be changed"):
        rules.clean_many(ManyDraft(), "KR")


def test_a_search_may_be_as_long_as_what_it_looks_in() -> None:
    longest = "가" * rules.SEARCH_MAXIMUM
    assert len(rules.search_terms(longest, "KR")) == 1
    with pytest.raises(InvalidInput, match="at most 200") as refused:
        rules.search_terms(longest + "가", "KR")
    assert refused.value.field == "search"


def test_a_number_among_words_is_searched_by_its_digits() -> None:
    found = rules.search_terms("김영수 010-1234-5678", "KR")
    assert found == (*rules.search_terms("김영수", "KR"), "01012345678")


def test_the_reason_of_a_pause_fits_its_column() -> None:
    longest = "가" * rules.PAUSE_REASON_MAXIMUM
    assert rules.clean_pause_reason(f" {longest} ") == longest
    with pytest.raises(InvalidInput) as refused:
        rules.clean_pause_reason(longest + "가")
    assert refused.value.field == "reason"
