"""What is kept of a message is told in the language of whoever reads it, and asks nothing else of the program."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from core.values import i18n
from core.values.i18n import _, ngettext, told
from core.values.message import kept, kept_error
from tests.core.test_uploads_service import BAD, people
from tests.factories import World
from tests.workbooks import workbook


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    yield
    i18n.use("en")


async def test_what_was_uploaded_in_one_language_is_read_in_the_other(world: World) -> None:
    """Reasons, warnings and notes, those within others (a field's label) too; a number stays as it is."""
    await world.organization()
    rows = [*BAD, ["박영희", 1029990002, "", "Haeundae"], *people(1)]
    file = workbook(
        [[*row, "x"] for row in rows],
        headers=["이름", "휴대폰 번호", "기타 정보", "담당 기관", "생일"],
    )
    uploads = world.services.uploads
    made = await uploads.upload(world.system, file)
    assert made.upload_id is not None
    english = (
        "Recipient name is missing.",
        "Mobile phone number is a number in the sheet; it was read as 010-2999-0002.",
        "Column E '생일' is not known and was not read.",
    )
    korean = (
        "수신인 이름을 입력하십시오.",
        "숫자로 저장되어 있어 010-2999-0002 번호로 읽었습니다.",
        "E '생일' 열은 알 수 없어 읽지 않았습니다.",
    )
    for language, (reason, warning, note) in (("en", english), ("ko", korean), ("en", english)):
        i18n.use(language)
        missing, _number, taken, _good = await uploads.results(world.system, made.upload_id)
        upload = await uploads.get(world.system, made.upload_id)
        assert (missing.reasons, taken.warnings, upload.notes) == ((reason,), (warning,), (note,))


def test_a_message_comes_back_as_it_was_whatever_it_is_made_of() -> None:
    i18n.use("ko")
    within = _("Only sheet {name} was read; the others can be chosen: {others}.")
    messages = [
        _("The file is empty."),
        _("{field} is a formula without a value.").format(field=_("Recipient name")),
        within.format(name="을(를) {others}", others="{x}"),
        ngettext("{count} recipient", "{count} recipients", 1_234).format(count="1,234"),
        "한 줄",
    ]
    for message in messages:
        assert told(json.loads(json.dumps(kept(message)))) == message
    error = kept_error(messages[0], messages[1])
    assert told(error) == f"{messages[0]} {messages[1]}"
    assert kept_error("a", "b") == "a b"


@pytest.mark.parametrize(
    "odd",
    [
        {"says": "{a.__class__}", "of": {"a": "x"}},
        {"says": "{a[0]}", "of": {"a": "x"}},
        {"says": "{a!r}", "of": {"a": "x"}},
        {"says": "{a:>999999999}", "of": {"a": 1}},
        {"says": "{a:,}", "of": {"a": "x"}},
        {"says": "{b}", "of": {"a": "x"}},
        {"says": "{", "of": {"a": "x"}},
        {"says": "{}", "of": {"a": "x"}},
    ],
)
def test_a_text_that_asks_for_more_than_its_values_stays_as_it_is(odd: dict[str, Any]) -> None:
    assert told(odd) == odd["says"]


def test_a_kept_text_fills_nobodys_memory() -> None:
    odd: Any = {"says": "{a}" * 300, "of": {"a": "x" * 10_000}}
    for _time in range(20):
        odd = {"says": "{a}" * 300, "of": {"a": odd}, "then": odd}
    assert len(told(odd)) < 2_000_000
    assert told({"says": "x" * 5_000}) == told({"says": 5}) == told([]) == told(None) == ""
