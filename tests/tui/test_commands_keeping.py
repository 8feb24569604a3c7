"""Organizations, admins and campaigns kept from the command line."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.commands import Carecall, columns
from tests.factories import make_services

OWN = "김영희", "+821012345678"


@pytest.fixture
async def carecall(tmp_path: Path) -> Carecall:
    """A database with one organization of two recipients, kept by the account of this process."""
    from core.io.identity import of_process

    world = await make_services(tmp_path, account=of_process().account)
    own = await world.organization("해운대")
    await world.recipient(own, *OWN)
    await world.recipient(own, "Lee", "+821087654321")
    await world.close()
    return Carecall(tmp_path)


def phoned(carecall: Carecall) -> list[str]:
    lines = carecall.done("call-list").out.splitlines()
    return [json.loads(line)["name"] for line in lines]


def test_organizations_are_added_renamed_and_listed(carecall: Carecall) -> None:
    carecall.done("organization", "add", "Haeundae", "--timezone", "Asia/Seoul")
    told = carecall.done("organization", "rename", "haeundae", "수영 Centre").err
    assert told == "The organization Haeundae is called 수영 Centre now.\n"
    assert columns(carecall.done("organization", "list").out) == [
        ["Organization", "Time zone", "Own voice files"],
        ["수영 Centre", "Asia/Seoul", "organizations/2/"],
        ["해운대", "", "organizations/1/"],
    ]
    found = columns(carecall.done("organization", "list", "--search", "CENT").out)
    assert [row[0] for row in found[1:]] == ["수영 Centre"]
    nothing = carecall.done("organization", "list", "--search", "없음")
    assert nothing.out == ""
    assert nothing.err == "No organization has this in its name.\n"


def test_a_name_with_a_blank_more_or_less_is_asked_for(carecall: Carecall) -> None:
    carecall.done("organization", "add", "수영구 복지관")
    carecall.done("admin", "add", "kim", "--role", "organization", "--organization", "해운대")
    for written in ("수영구복지관", "수영 구 복지관"):
        refused = carecall("campaign", "add", "아침", "--organization", written)
        assert refused.code == 2
        assert refused.err.endswith(f"no organization {written}. Did you mean 수영구 복지관?\n")
    # to whom it does not exist, it is not told
    refused = carecall("campaign", "add", "아침", "--organization", "수영구복지관", "--as", "kim")
    assert "수영구 복지관" not in refused.err
    assert "carecall organization list" in refused.err


def test_times_are_the_organizations_and_name_their_zone(carecall: Carecall) -> None:
    carecall.done("organization", "add", "Lima", "--timezone", "America/Lima")
    for name in ("해운대", "Lima"):
        carecall.done("campaign", "add", name, "--organization", name)
        carecall.done("campaign", "start", name, "--organization", name)
    times = {row[0]: row[4] for row in columns(carecall.done("campaign", "list").out)[1:]}
    own, lima = (datetime.fromisoformat(times[name]) for name in ("해운대", "Lima"))
    assert lima.utcoffset() == timedelta(hours=-5)
    assert abs(own - lima) < timedelta(hours=1)
    listed = carecall.done("audit", "list", "--action", "campaign.start").out
    assert times["Lima"][:13] in listed
    assert "-05:00" in listed


def test_what_lists_and_what_changes_give_json(carecall: Carecall) -> None:
    def given(*words: str) -> list[dict[str, object]]:
        return [json.loads(line) for line in carecall.done(*words, "--json").out.splitlines()]

    assert given("organization", "add", "Lima")[0]["name"] == "Lima"
    assert [one["name"] for one in given("organization", "list")] == ["Lima", "해운대"]
    assert given("admin", "add", "kim", "--role", "system")[0]["login"] == "kim"
    assert given("admin", "disable", "kim")[0]["disabled_at"]
    assert [one["login"] for one in given("admin", "list")] == ["kim", "root"]
    assert given("campaign", "add", "아침")[0]["state"] == "scheduled"
    assert given("campaign", "enroll", "아침", "--all") == [
        {"changed": 2, "unchanged": 0, "left": 0, "refused": []}
    ]
    assert given("campaign", "list")[0]["recipients"] == 2
    assert given("audit", "list", "--limit", "1")[0]["action"] == "campaign.enroll"
    assert given("files", "list") == []
    assert given("call-list") == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("add", "해운대"), "already"),
        (("add", ""), "missing"),
        (("add", "x" * 101), "at most 100"),
        (("add", "New", "--timezone", "Mars/Base"), "not a time zone"),
        (("rename", "Nowhere", "New"), "no organization Nowhere"),
    ],
)
def test_what_cannot_be_kept_ends_with_2_and_the_reason(
    carecall: Carecall, arguments: tuple[str, ...], words: str
) -> None:
    outcome = carecall("organization", *arguments)
    assert outcome.code == 2
    assert words in outcome.err
    assert len(outcome.told) == 1


def test_what_a_terminal_would_act_on_does_not_come_back(carecall: Carecall) -> None:
    outcome = carecall("organization", "rename", "\x1b]52;c;eA==\x07", "New")
    assert outcome.code == 2
    assert "\x1b" not in outcome.err
    assert "\x07" not in outcome.err


def test_admins_are_added_disabled_enabled_and_listed(carecall: Carecall) -> None:
    told = carecall.done(
        "admin", "add", "kim", "--role", "organization", "--organization", "해운대",
        "--name", "김철수", "--account", "kim.cs",
    )  # fmt: skip
    assert "kim, for the OS account kim.cs" in told.err
    carecall.done("admin", "disable", "kim")
    rows = columns(carecall.done("admin", "list").out)
    assert rows[1] == ["kim", "kim.cs", "김철수", "organization", "해운대", "disabled"]
    carecall.done("admin", "enable", "kim")
    assert columns(carecall.done("admin", "list").out)[1][-1] == "enabled"
    assert carecall("admin", "disable", "root").code == 2
    assert carecall("admin", "disable", "nobody").code == 2
    assert carecall("admin", "add", "Kim", "--role", "system").code == 2


def test_an_organization_admin_may_not_keep_admins(carecall: Carecall) -> None:
    carecall.done("admin", "add", "kim", "--role", "viewer", "--organization", "해운대")
    outcome = carecall("--as", "kim", "admin", "add", "lee", "--role", "system")
    assert outcome.code == 3
    assert carecall("--as", "kim", "campaign", "add", "Morning").code == 3


def test_a_campaign_lives_from_add_to_end(carecall: Carecall) -> None:
    assert "no campaign yet" in carecall.done("campaign", "list").err
    assert "Next: carecall campaign enroll" in carecall.done("campaign", "add", "아침").err
    enrolled = carecall.done("campaign", "enroll", "아침", "--phone", "010-1234-5678")
    assert enrolled.told == ["Enrolled 1 recipient."]
    assert phoned(carecall) == []
    carecall.done("campaign", "start", "아침")
    assert phoned(carecall) == ["김영희"]
    again = carecall.done("campaign", "enroll", "아침", "--all")
    assert again.told == ["Enrolled 1 recipient.", "1 were in the campaign already."]
    assert phoned(carecall) == ["김영희", "Lee"]
    row = columns(carecall.done("campaign", "list").out)[1]
    assert row[:4] == ["아침", "every organization", "in progress", "2"]
    carecall.done("campaign", "withdraw", "아침", "--phone", "01087654321")
    assert phoned(carecall) == ["김영희"]
    carecall.done("campaign", "end", "아침")
    assert phoned(carecall) == []
    ended = carecall("campaign", "start", "아침")
    assert (ended.code, "cannot be started again" in ended.err) == (2, True)


def test_numbers_that_cannot_be_taken_end_with_1_and_are_named(carecall: Carecall) -> None:
    carecall.done("campaign", "add", "Morning", "--organization", "해운대")
    outcome = carecall(
        "campaign", "enroll", "Morning", "--phone", "01012345678", "--phone", "0212345678",
        "--phone", "01099990000",
    )  # fmt: skip
    assert outcome.code == 1
    assert outcome.told[0] == "Enrolled 1 recipient."
    assert outcome.told[1].startswith("0212345678: Mobile phone number is not")
    assert outcome.told[2] == "01099990000: No recipient has this number."
