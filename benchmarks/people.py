"""Lifelike people: a hundred family names, given names of two syllables out of many, notes mostly different."""

import random
from collections.abc import Sequence
from pathlib import Path

_FAMILIES = (
    "김이박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하곽성차주우구민진나지엄채원천방공현함변염여추도소석선설마길"
    "연위표명기반라왕금옥육인맹제모탁국어은편용예봉사부가복태목형계피두감음빈동온호범좌팽승간견"
)
_FIRST = "영순정말옥철병춘금복종상기용명성광동경재인태해선미은숙희분점봉갑을덕만월일남길창한"
_SECOND = "희자숙순옥수철식호남례분이임심선애련복연님금란임덕근섭환규석민준우구길만태택국범"
_NOTES = (
    "", "", "", "독거, 청력 약함", "보호자: 딸 {number}", "고혈압 복약 {day}시", "주 {day}회 방문",
    "치매 초기, {day}층 거주",
    "낮에는 경로당 {number}",
    "무릎 수술 {number}", "당뇨 식후 {day}시간", "이웃 {name} 님 연락",
)  # fmt: skip


def people(count: int, seed: int = 1) -> list[tuple[str, str, str]]:
    """So many different people: name, number, note. Of 100,000 about 75,000 have a name of their own."""
    chance = random.Random(seed)
    numbers = chance.sample(range(20_000_000, 59_000_000), count)
    given = [first + second for first in _FIRST for second in _SECOND]
    found = []
    for digits in numbers:
        name = chance.choice(_FAMILIES) + chance.choice(given)
        note = chance.choice(_NOTES).format(
            number=chance.randrange(10_000),
            day=chance.randrange(1, 9),
            name=chance.choice(_FAMILIES) + "씨",
        )
        found.append((name, f"010-{digits // 10_000:04}-{digits % 10_000:04}", note))
    return found


def make_workbook(
    path: Path,
    rows: int,
    organization: str = "Benchmark",
    who: Sequence[tuple[str, str, str]] | None = None,
) -> None:
    """A workbook of recipients without a fault: so many, or these."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(["수신인 이름", "휴대폰 번호", "기타 정보", "담당 기관"])
    for person in people(rows) if who is None else who:
        sheet.append([*person, organization])
    book.save(path)
