"""Where a role does not see numbers, no answer tells one without a record, and not many an hour."""

import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from core.app.audit import trail
from core.db.models import Upload
from core.duplicates.dto import MergeDraft
from core.history.dto import HistoryQuery
from core.recipients import reveals
from core.recipients.deletion_dto import DeletedSelection
from core.recipients.dto import RecipientQuery, Selection
from core.recipients.masking import each_number, with_numbers, without_numbers
from core.recipients.rules import RecipientDraft
from core.uploads.dto import ResultFilter, RowResult
from core.values.errors import ActionBlocked, Conflict, InvalidInput
from core.values.roles import Role
from tests.audit_trail import records
from tests.deliveries import call, deliver
from tests.factories import World, make_services
from tests.reading_here import read_here, write_here
from tests.workbooks import workbook

TAKEN = "010-1234-5678"


@pytest.fixture
async def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    read_here(monkeypatch)
    write_here(monkeypatch)
    config = tmp_path / ".config/carecall/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('mask_phones_for = ["organization", "viewer"]\n')
    made = await make_services(tmp_path)
    body = await made.organization("Haeundae")
    await made.recipient(body, "김영희", TAKEN)
    await made.campaign("Morning", body)
    yield made
    await made.close()


async def told(world: World) -> list[tuple[str, list[int]]]:
    """The reveals on record: by which use case, and who."""
    kept = [one for one in await records(world) if one.action == "recipient.reveal"]
    return [(one.details["asked"], one.details["ids"]) for one in kept]


async def test_a_number_that_is_taken_is_told_with_a_record_and_so_often(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert reveals.TOLD_AN_HOUR == 30  # as documented
    monkeypatch.setattr(reveals, "TOLD_AN_HOUR", 3)
    kim = await world.admin("kim", Role.ORGANIZATION, 1)
    recipients, campaigns = world.services.recipients, world.services.campaigns
    with pytest.raises(InvalidInput, match="belongs to 김영희"):
        await recipients.add(kim, RecipientDraft("박철수", TAKEN))
    added = await recipients.add(kim, RecipientDraft("박철수", "010-1111-2222"))
    with pytest.raises(InvalidInput, match="belongs to 김영희"):
        await recipients.edit(kim, added.id, RecipientDraft("박철수", TAKEN), added.version)
    await campaigns.enroll(kim, "Morning", phones=["010-9999-9999", TAKEN])
    assert await told(world) == [
        ("recipients.add", [1]),
        ("recipients.edit", [1]),
        ("campaigns.enroll", [1]),
    ]
    # whatever the answer would be, it is not given any more
    for number in (TAKEN, "010-3333-4444"):
        with pytest.raises(ActionBlocked, match="does not see"):
            await recipients.add(kim, RecipientDraft("이", number))
        with pytest.raises(ActionBlocked):
            await campaigns.withdraw(kim, "Morning", phones=[number])
        with pytest.raises(ActionBlocked):
            await world.services.uploads.upload(kim, workbook([["이", number]]), dry_run=True)
    assert len(await told(world)) == 3
    # the others are not told of, nor limited
    with pytest.raises(InvalidInput):
        await recipients.add(world.system, RecipientDraft("이", TAKEN, organization_id=1))
    await recipients.edit(kim, added.id, RecipientDraft("박", "010-****-2222"), added.version)
    assert len(await told(world)) == 3


async def test_a_check_of_guesses_tells_few_and_leaves_a_record(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reveals, "TOLD_AN_HOUR", 2)
    kim = await world.admin("kim", Role.ORGANIZATION, 1)
    known = [await world.recipient(1, f"이{at}", f"010-2000-000{at}") for at in range(3)]
    uploads = world.services.uploads
    guesses = [["x", f"010-12{at:02}-5678", "", ""] for at in range(100)]
    result = await uploads.upload(kim, workbook(guesses), dry_run=True)
    assert (result.created, result.failed) == (99, 1)
    assert await told(world) == [("uploads.upload", [1])]
    # an upload that is saved tells of all that it gave, and then nothing more is told
    rows = workbook([["x", f"010-2000-000{at}", "", ""] for at in range(3)])
    saved = await uploads.upload(kim, rows)
    assert saved.failed == 3
    assert (await told(world))[-1] == ("uploads.upload", [one.id for one in known])
    with pytest.raises(ActionBlocked):
        await uploads.upload(kim, workbook([["y", "010-5555-6666", "", ""]]))


async def test_that_it_would_tell_too_many_is_an_answer_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reveals, "TOLD_AN_HOUR", 3)
    kim, lee = [await world.admin(login, Role.ORGANIZATION, 1) for login in ("kim", "lee")]
    own = [f"010-2000-000{at}" for at in range(3)]
    made = [(await world.recipient(1, f"이{at}", number)).id for at, number in enumerate(own)]
    uploads, campaigns = world.services.uploads, world.services.campaigns
    # as many as may be told are one's own, so that a refusal would tell of one guess more: and it is on record
    rows = workbook([["x", number, "", ""] for number in (*own, TAKEN)])
    with pytest.raises(ActionBlocked, match="at most 3 an hour"):
        await uploads.upload(kim, rows, dry_run=True)
    with pytest.raises(ActionBlocked, match="at most 3 an hour"):
        await campaigns.enroll(lee, "Morning", phones=[*own, TAKEN])
    everybody = [1, *made]
    assert await told(world) == [("uploads.upload", everybody), ("campaigns.enroll", everybody)]
    # it counts: the next one is refused whatever it would tell
    with pytest.raises(ActionBlocked):
        await uploads.upload(kim, workbook([["x", "010-3333-4444", "", ""]]), dry_run=True)
    with pytest.raises(ActionBlocked):
        await campaigns.enroll(lee, "Morning", phones=["010-3333-4444"])


async def test_a_guess_at_the_number_of_whom_one_edits_is_told_with_a_record(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reveals, "TOLD_AN_HOUR", 1)
    kim = await world.admin("kim", Role.ORGANIZATION, 1)
    recipients = world.services.recipients
    # as it is shown, it is no guess
    renamed = await recipients.edit(kim, 1, RecipientDraft("김영이", "010-****-5678"), 1)
    assert await told(world) == []
    # right: nothing has changed, which says so
    await recipients.edit(kim, 1, RecipientDraft("김영이", TAKEN), renamed.version)
    assert await told(world) == [("recipients.edit", [1])]
    for number in (TAKEN, "010-3333-4444"):
        with pytest.raises(ActionBlocked, match="does not see"):
            await recipients.edit(kim, 1, RecipientDraft("김영이", number), renamed.version)
    await recipients.edit(kim, 1, RecipientDraft("김영희", "010-****-5678"), renamed.version)


async def test_over_a_number_that_was_changed_meanwhile_is_a_conflict_that_tells_none(
    world: World,
) -> None:
    kim = await world.admin("kim", Role.ORGANIZATION, 1)
    recipients = world.services.recipients
    await world.recipient(1, "이철수", "010-3333-4444")
    await recipients.edit(world.system, 1, RecipientDraft("김영희", "010-1234-9999"), 1)
    # what kim's form still shows, and a number that somebody has
    for number in ("010-****-5678", "010-3333-4444"):
        with pytest.raises(Conflict) as conflict:
            await recipients.edit(kim, 1, RecipientDraft("김영이", number), 1)
        assert conflict.value.current == await recipients.get(kim, 1)
    assert await told(world) == []


async def test_who_cannot_come_back_for_a_number_is_told_with_a_record(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reveals, "TOLD_AN_HOUR", 2)
    kim = await world.admin("kim", Role.ORGANIZATION, 1)
    recipients, deletions = world.services.recipients, world.services.deletions
    # while somebody is deleted nobody has the number: whichever guess is in the way then has it
    deleted = await recipients.delete(kim, Selection(frozenset({1})), 1)
    guesses = [[f"G{at}", f"010-12{at:02}-5678", "", ""] for at in range(100)]
    await world.services.uploads.upload(kim, workbook(guesses))
    assert await told(world) == []
    restored = await deletions.undo(kim, deleted.id)
    [taken] = restored.kept
    assert (taken.name, taken.holder, taken.phone) == ("김영희", "G34", "+8210****5678")
    holder = await world.services.recipients.window(kim, RecipientQuery(search="G34"))
    assert await told(world) == [("deletions.undo", [1, holder[0][0].id])]
    with pytest.raises(ActionBlocked):
        await recipients.add(kim, RecipientDraft("이", "010-3333-4444"))


async def test_of_very_many_who_were_told_each_counts(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail, "IDS_PER_RECORD", 2)
    kim = await world.admin("kim", Role.ORGANIZATION, 1)
    rows = [[f"이{at}", f"010-2000-{at:04}", "", ""] for at in range(reveals.TOLD_AN_HOUR)]
    uploads = world.services.uploads
    await uploads.upload(kim, workbook(rows))
    await uploads.upload(kim, workbook(rows), again=True)  # told of all of them, as one run of IDs
    with pytest.raises(ActionBlocked):
        await uploads.upload(kim, workbook([["y", "010-5555-6666", "", ""]]), dry_run=True)


async def test_results_tell_no_number_to_who_did_not_upload_it(world: World) -> None:
    lee = await world.admin("lee", Role.VIEWER, 1)
    park = await world.admin("park", Role.ORGANIZATION, 1)
    rows = [
        ["박철수", "010-1234-5678", "", ""],
        ["이순자", 1077778888, "", ""],
        ["전화 010 3333 4444", "０１０-1234-56", "02-312-3456", ""],
        ["댁 tel:01055551111", "010국2468번8765", "", ""],
    ]
    uploads = world.services.uploads
    await uploads.upload(world.system, workbook(rows), organization=1)
    for admin in (lee, park):
        shown = await uploads.results(admin, 1)
        said = repr(shown).replace("like 010-1234-5678", "")  # which is an example, and nobody's
        assert "belongs to 김영희" in said
        for hidden in ("1234-5", "7777", "3333", "1234-56", "312", "5555", "2468"):
            assert hidden not in said, hidden
        taken, wrong, odd, made = shown
        assert "Write it like 010-1234-5678 or +82 10 1234 5678." in odd.reasons[0]
        assert (odd.name, odd.phone) == ("댁 tel:010****1111", "010국****번8765")
        assert (taken.phone, made.phone) == ("010-****-5678", "010-****-8888")
        assert wrong.name == "전화 010 **** 4444"
        assert made.warnings == (
            "Mobile phone number is a number in the sheet; it was read as 010-****-8888.",
        )
        for guess, found in (
            ("1234", 0),
            ("0101234", 0),
            ("5678", 1),
            ("8888", 1),
            ("12345678", 0),
            ("tel:0105", 0),
            ("tel:", 1),
        ):
            wanted = ResultFilter(search=guess)
            assert await uploads.count_results(admin, 1, wanted) == found, guess
    assert (await uploads.results(world.system, 1))[0].phone == TAKEN
    # corrected with the number that is not seen, which stays
    row = await uploads.correct_row(park, 1, 4, RecipientDraft("전화", "010-4444-3333"))
    assert row.result is RowResult.CREATED


async def test_a_masked_number_of_a_failed_row_stays_as_it_was_given(world: World) -> None:
    park = await world.admin("park", Role.ORGANIZATION, 1)
    uploads = world.services.uploads
    rows = [["이름이 스무 글자보다 훨씬 더 길어서 실패하는 사람", "010-6666-7777", "", ""]]
    await uploads.upload(world.system, workbook(rows), organization=1)
    [row] = await uploads.results(park, 1)
    assert row.phone == "010-****-7777"
    await uploads.correct_row(park, 1, row.row, RecipientDraft("이길동", row.phone))
    [now] = await uploads.results(world.system, 1)
    assert now.phone == "010-6666-7777"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("010-1234-5678", "010-****-5678"),
        ("(010) 1234 5678.", "(010) **** 5678."),
        ("+82 10-1234-5678", "+82 10-****-5678"),
        ("０１０１２３４５６７８", "０１０****５６７８"),
        ("123-4567", "***-4567"),
        ("101동 1203호", "101동 1203호"),
        ("2026-11", "2026-11"),
        ("010-1234-5678 / 010-9876-5432", "***-****-**** / ***-****-5432"),
        ("010-1234-567890123", "***-****-*****0123"),
        ("010·1234·5678", "010·****·5678"),
        ("010_1234_5678", "010_****_5678"),
        ("010, 1234, 5678", "010, ****, 5678"),
        ("010〜1234〜5678", "010〜****〜5678"),
    ],
)
def test_what_looks_like_a_number_is_hidden_in_any_text(text: str, shown: str) -> None:
    assert without_numbers(text) == shown


async def test_numbers_in_texts_are_hidden_and_survive_an_edit(world: World) -> None:
    """Whoever sees no numbers reads none in what was said, remembered, noted and done, and overwrites none."""
    said = {
        "at_s": 0.0,
        "speaker": "recipient",
        "text": "딸 번호는 010-1234-5678이고 2026-11-27에 와요.",
    }
    await deliver(
        world,
        call(
            recipient_phone="+821012345678", organization="Haeundae", campaign="Morning",
            utterances=[said], summary="01012345678 로 전화 요청",
            memory=[{"topic": "가족", "content": "딸 010 1234 5678"}],
        ),
    )  # fmt: skip
    services = world.services
    kim = await world.admin("kim", Role.ORGANIZATION, 1)
    eve = await world.admin("eve", Role.VIEWER, 1)
    memo = await services.memos.add(kim, 1, "이웃 (010)1234-5678, 오후")
    followup = await services.followups.add(kim, 1, "other", "010.1234.5678 부재")
    whole = "딸 번호는 010-1234-5678이고 2026-11-27에 와요."
    assert (await services.calls.get(world.system, 1)).utterances[0].text == whole
    for admin in (kim, eve):
        shown = await services.calls.get(admin, 1)
        assert shown.utterances[0].text == whole.replace("1234", "****")
        assert shown.summary == "010****5678 로 전화 요청"
        [detail] = await services.memory.list(admin, 1)
        assert detail.content == "딸 010 **** 5678"
        told = [
            *(one.text for one in await services.memos.list(admin, 1)),
            *(one.details for one in await services.followups.list(admin, 1)),
            *(one.content for one in await services.memory.history(admin, detail.id)),
            *(one.text for one, _ in await services.history.window(admin, HistoryQuery(1))),
        ]
        assert "1234" not in "".join(told)
        assert "".join(told).count("****") >= 5
    # what is sent back as it was shown is as it was
    await services.memos.edit(kim, memo.id, "이웃 (010)****-5678, 저녁", 1)
    await services.memory.edit(kim, detail.id, "아들, 딸 010 **** 5678", detail.version)
    await services.followups.edit(kim, followup.id, "visited", "010.****.5678 부재", 1)
    root = world.system
    assert (await services.memos.list(root, 1))[0].text == "이웃 (010)1234-5678, 저녁"
    assert (await services.memory.list(root, 1))[0].content == "아들, 딸 010 1234 5678"
    assert (await services.followups.list(root, 1))[0].details == "010.1234.5678 부재"
    with pytest.raises(Conflict) as late:
        await services.followups.edit(kim, followup.id, "visited", "x", 1)
    assert late.value.current.details == "010.****.5678 부재"  # type: ignore[attr-defined]


async def test_numbers_in_reasons_and_notes_of_files_are_hidden_too(world: World) -> None:
    """What somebody wrote about a pause, a download or beside a table is read by others."""
    kim = await world.admin("kim", Role.ORGANIZATION, 1)
    services, root = world.services, world.system
    await world.campaign("Evening", 1, recipients=[1])
    await world.pause(1, reason=f"딸 {TAKEN} 요청")
    await services.downloads.write(
        root, RecipientQuery(organization_id=1), io.BytesIO(), reason=TAKEN
    )
    sheet = workbook([["이민호", "010-3333-4444", "", ""], ["", "", "", f"문의 {TAKEN}"]])
    await services.uploads.upload(root, sheet, organization=1)
    async with world.database.transaction() as session:
        await session.execute(
            sa.update(Upload).values(notes=[{"says": "Row {row}", "of": {"row": f"9: {TAKEN}"}}])
        )
    for admin, middle in ((kim, "****"), (root, "1234")):
        [(row, _anchor)] = await services.recipients.window(admin, RecipientQuery(search="김영희"))
        [place] = await services.participations.of_recipient(admin, 1)
        upload = await services.uploads.get(admin, 1)
        reasons = [
            one.details["reason"]
            async for one in services.audit.list(admin)
            if "reason" in one.details
        ]
        told = (row.pause_reason, place.pause_reason, *upload.notes, *reasons)
        assert [f"010-{middle}-5678" in (one or "") for one in told] == [True] * 4, told


async def test_no_guess_finds_the_number_that_somebody_had_before_a_merge(world: World) -> None:
    """The merge gives it back, unless somebody has it: whoever could try that, would know it."""
    kim = await world.admin("kim", Role.ORGANIZATION, 1)
    services, root = world.services, world.system
    other = await world.recipient(1, "김영히", "010-5555-6666")
    await services.duplicates.merge(
        root, 1, MergeDraft(1, other.id, other.version, frozenset({"phone"}))
    )
    await services.recipients.add(kim, RecipientDraft("이민호", TAKEN))
    for admin, error in ((kim, ActionBlocked), (root, InvalidInput)):
        with pytest.raises(error) as refused:
            await services.deletions.restore(admin, DeletedSelection(frozenset({other.id})))
        assert ("1234" in refused.value.what) == (admin is root)


# what was there, what is saved over what of it was shown, and what is there then; None where it is refused
SHOWN = (
    ("딸 010-1234-5678", "큰딸 010-****-5678, 저녁", "큰딸 010-1234-5678, 저녁"),
    ("딸 010-1234-5678", "딸", "딸"),
    ("딸 010-1234-5678", "집 051-123-4567, 딸 010-****-5678", "집 051-123-4567, 딸 010-1234-5678"),
    ("딸 010-1234-5678", "딸 010-****-5678 111", None),
    ("딸 010-1234-5678", "1 010-****-5678", None),
    ("딸 02-123-4567", "딸 ***-***-4567 05", None),
    ("딸 010-1234-5678", "딸 010-****-567", None),
    ("딸 010-1234-5678", "딸 *** 5678", None),
    ("010-1111-2222, 010-3333-4444", "***-****-****, 딸 ***-****-4444", None),
    ("아들 010-1111-5678, 딸 010-2222-5678", "딸 010-****-5678", None),
    ("집 010-1111-5678, 딸 010-2222-5678", "010-****-5678, 딸 010-****-5678", "010-1111-5678, 딸 010-2222-5678"),
    ("*** 급함", "*** 급함, 저녁", "*** 급함, 저녁"),
)  # fmt: skip


@pytest.mark.parametrize(("there", "saved", "then"), SHOWN)
def test_a_hidden_number_is_kept_whole_or_the_save_is_refused(
    there: str, saved: str, then: str | None
) -> None:
    if then is None:
        with pytest.raises(InvalidInput):
            with_numbers(saved, there)
    else:
        assert with_numbers(saved, there) == then


def numbers_in(text: str) -> list[str]:
    found: list[str] = []
    each_number(text, lambda number: found.append(number) or "")  # type: ignore[func-returns-value]
    return found


@given(
    st.lists(
        st.sampled_from(("딸 ", ", ", " 1", "9", "010-2222-5678", "02 123 4567", "01012345678"))
    ),
    st.lists(st.sampled_from(("1", " 22", "딸", ", ", "12345678")), min_size=3, max_size=3),
)
def test_no_digit_that_was_hidden_is_shown_after_a_save(was: list[str], typed: list[str]) -> None:
    """Whatever is typed around and into what is shown: each number is seen as before, or gone."""
    there = "".join(was)
    shown = without_numbers(there)
    middle = len(shown) // 2
    saved = f"{typed[0]}{shown[:middle]}{typed[1]}{shown[middle:]}{typed[2]}"
    try:
        then = with_numbers(saved, there)
    except InvalidInput:
        return
    runs, were = numbers_in(then), numbers_in(there)
    for number in were:
        # one may be the end of another that was there
        assert number in saved or all(run in were for run in runs if number in run)
