"""``carecall call-list``: what the calling system reads."""

import contextlib
import csv
import io
import json
import sqlite3
from pathlib import Path

import pytest

from core.io.identity import of_process
from tests.commands import Carecall
from tests.factories import World, make_services


@pytest.fixture
async def world(tmp_path: Path) -> World:
    return await make_services(tmp_path, account=of_process().account)


@pytest.fixture
async def carecall(world: World, tmp_path: Path) -> Carecall:
    """Two recipients in a campaign, one of them with a name that a spreadsheet would run."""
    own = await world.organization("해운대")
    people = [
        await world.recipient(own, "김영희", "010-1234-5678"),
        await world.recipient(own, "=1+1", "010-8765-4321"),
    ]
    await world.campaign("아침", recipients=[one.id for one in people])
    await world.campaign("Evening", recipients=[people[0].id])
    await world.close()
    return Carecall(tmp_path)


def test_a_line_is_one_object_with_the_promised_fields(carecall: Carecall) -> None:
    lines = [json.loads(line) for line in carecall.done("call-list").out.splitlines()]
    assert lines[0] == {
        "campaign": "아침",
        "organization": "해운대",
        "recipient": 1,
        "name": "김영희",
        "phone": "+821012345678",
    }
    assert [(line["campaign"], line["name"]) for line in lines] == [
        ("아침", "김영희"),
        ("아침", "=1+1"),
        ("Evening", "김영희"),
    ]


def test_one_campaign_can_be_asked_for(carecall: Carecall) -> None:
    lines = carecall.done("call-list", "--campaign", "evening").out.splitlines()
    assert [json.loads(line)["campaign"] for line in lines] == ["Evening"]
    outcome = carecall("call-list", "--campaign", "Noon")
    assert (outcome.code, outcome.out) == (2, "")
    assert "no campaign Noon" in outcome.err


def test_csv_has_a_head_and_no_formulas(carecall: Carecall) -> None:
    rows = list(csv.reader(io.StringIO(carecall.done("call-list", "--format", "csv").out)))
    assert rows[0] == ["campaign", "organization", "recipient", "name", "phone"]
    assert rows[1] == ["아침", "해운대", "1", "김영희", "+821012345678"]
    assert rows[2][3] == "'=1+1"


def test_csv_of_nobody_is_the_head_alone(carecall: Carecall) -> None:
    for name in ("아침", "Evening"):
        carecall.done("campaign", "end", name)
    outcome = carecall.done("call-list", "--format", "csv")
    assert outcome.out.splitlines() == ["campaign,organization,recipient,name,phone"]
    assert carecall.done("call-list").out == ""


@pytest.mark.parametrize("locale", ["C", "POSIX", "ko_KR.EUC-KR"])
def test_it_is_utf8_in_every_locale(carecall: Carecall, locale: str) -> None:
    more = {"LANG": locale, "LC_ALL": locale, "PYTHONUTF8": "0", "PYTHONIOENCODING": "latin-1"}
    outcome = carecall.cold_process("call-list", more=more)
    assert outcome.code == 0
    assert "김영희" in outcome.out


def test_old_data_that_a_terminal_would_act_on_is_replaced(carecall: Carecall) -> None:
    file = carecall.directory / "carecall.db"
    with contextlib.closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(
            "UPDATE recipients SET name = char(27) || '[2J' || char(155) WHERE id = 1"
        )
    first = carecall.done("call-list").out.splitlines()[0]
    assert "\x1b" not in first
    assert "\x9b" not in first
    assert json.loads(first)["phone"] == "+821012345678"
    assert "\x1b" not in carecall.done("call-list", "--format", "csv").out
