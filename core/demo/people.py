"""The recipients of the sample database: who they are, and where they stand in which campaign."""

import functools
from random import Random
from typing import Any, NamedTuple

from core.demo import words
from core.demo.calendar import Calendar
from core.demo.calls import spread
from core.recipients.fields import MORE, FieldName
from core.recipients.rules import Status
from core.values.hangul import sought

_HALF_A_YEAR = 182
_GIVEN = 0.6  # the share that has a text in a field beside name and number
_OFFICE_DAY = 8 * 3_600  # seconds, from 00:00 UTC, which is 9 in the morning in Korea
_EVENING = 9 * 3_600
_KOREAN_MIDNIGHT = 15 * 3_600
_NUMBERS = 79_700_000  # 010-2000-0000 and up, but for 010-597… to 010-599…, which nobody has
_GAP = 39_700_000, 300_000
_MIXER = 48_271_123  # no common divisor with _NUMBERS, so that no number comes twice
_EXCHANGES = 8_000_000  # American numbers of one area
_RARE = 0.0003  # the share of the last organization, which is to be tiny

_IN_PROGRESS = (1, 1, 1, 1, 1, 2, 2, 2, 3, 3)
_ENDED = (5, 6)
_LOCAL = {1: 4}  # organization: its own campaign in progress
_SCHEDULED, _SCHEDULED_LOCAL = 7, {2: 8}


class Standing(NamedTuple):
    """Where a recipient stands: the columns status and campaign, participations, and calls to make."""

    status: Status
    campaign: int | None
    participations: list[tuple[Any, ...]]
    plan: list[tuple[int, int]]  # days ago, campaign


key_of = functools.lru_cache(maxsize=100_000)(sought)


def phone_of(index: int, luck: float) -> tuple[str, str]:
    """A mobile number that no other index has, as E.164, and as it is searched in Korea."""
    if luck < 0.002:
        return f"+8190{10_000_000 + index}", f"8190{10_000_000 + index}"
    if luck < 0.003:
        return f"+8490{index:07d}", f"8490{index:07d}"
    if luck < 0.004:
        area = "213" if index < _EXCHANGES else "415"
        american = f"1{area}{2_000_000 + index % _EXCHANGES}"
        return f"+{american}", american
    number = (index * _MIXER + 7_777) % _NUMBERS
    local = f"10{20_000_000 + number + (_GAP[1] if number >= _GAP[0] else 0)}"
    return f"+82{local}", f"0{local}"


class PeopleMaker:
    """Draws names, organizations and standings."""

    def __init__(self, random: Random, calendar: Calendar, calls_each: int, seed: int) -> None:
        self._random = random
        self._calendar = calendar
        self._calls_each = calls_each
        # other information has always drawn from the one chance; a field added later moves nothing else
        self._more = [
            (
                field.typed.samples if field.typed else (),
                random.random
                if field.name is FieldName.OTHER_INFORMATION
                else Random(f"{field.name} {seed}").random,  # noqa: S311 - sample data
            )
            for field in MORE
        ]
        self._office_days = [ago for ago in range(1_095, 20, -1) if not calendar.is_weekend(ago)]
        self._late_days = [ago for ago in range(10, 0, -1) if not calendar.is_weekend(ago)]

    def registered(self, place: float) -> tuple[int, int]:
        """Days ago and second of the day; ``place`` 0…1 goes through the years, 1…2 through last week."""
        days = self._office_days if place < 1 else self._late_days
        at = min(place % 1, 0.999_999) * len(days)
        return days[int(at)], int((at % 1) * _OFFICE_DAY)

    def name(self) -> str:
        """A name; most are Korean, and a few put a terminal to the test."""
        chance = self._random.random
        luck = chance()
        if luck < 0.02:
            return str(self._pick(words.ODD_NAMES))
        surname = words.SURNAMES[int(chance() ** 2.5 * len(words.SURNAMES))]
        if luck < 0.7:
            return surname + str(self._pick(words.GIVEN_NAMES))
        return (
            surname
            + str(self._pick(words.FIRST_SYLLABLES))
            + str(self._pick(words.SECOND_SYLLABLES))
        )

    def more(self) -> list[str]:
        """A text, or nothing, for each field beside name and number."""
        return [
            samples[int(chance() * len(samples))] if samples and chance() < _GIVEN else ""
            for samples, chance in self._more
        ]

    def organization(self) -> int:
        """The number of an organization; the first is the largest, the last tiny."""
        luck, count = self._random.random(), len(words.ORGANIZATIONS) - 1
        return count + 1 if luck < _RARE else 1 + int(self._random.random() ** 2 * count)

    def standing(self, organization: int, registered: int) -> Standing:
        """Where a recipient of the organization stands that was registered so many days ago."""
        luck = self._random.random()
        if registered <= 10:
            return self._scheduled(organization, registered) if luck < 0.5 else _NOWHERE
        if luck < 0.05:
            return _NOWHERE
        if luck < 0.13:
            return self._scheduled(organization, registered)
        if luck < 0.23 and registered > 60:
            return self._ended(registered)
        return self._in_progress(organization, registered, paused=luck < 0.3)

    def _scheduled(self, organization: int, registered: int) -> Standing:
        campaign = _SCHEDULED_LOCAL.get(organization, _SCHEDULED)
        enrolled = self._enrolled(campaign, min(registered, 14))
        if registered < 200 or self._random.random() < 0.3:
            return Standing(Status.SCHEDULED, campaign, [enrolled], [])
        before = self._ended(registered)
        return Standing(Status.SCHEDULED, campaign, [*before.participations, enrolled], before.plan)

    def _ended(self, registered: int) -> Standing:
        campaign = self._pick(_ENDED) if registered > 130 else _ENDED[-1]
        about = words.CAMPAIGNS[campaign - 1]
        joined = min(registered, about.started)
        first = min(_HALF_A_YEAR, joined)
        plan = [(day, campaign) for day in spread(self._random, self._many(), first, about.ended)]
        return Standing(Status.ENDED, campaign, [self._enrolled(campaign, joined)], plan)

    def _in_progress(self, organization: int, registered: int, *, paused: bool) -> Standing:
        chance = self._random.random
        campaign = self._pick(_IN_PROGRESS)
        if organization in _LOCAL and chance() < 0.15:
            campaign = _LOCAL[organization]
        joined = min(registered, words.CAMPAIGNS[campaign - 1].started)
        since = 1 + int(chance() * min(30, joined - 5)) if paused else 0
        days = spread(self._random, self._many(), min(_HALF_A_YEAR, joined), since + 1)
        participations = [self._enrolled(campaign, joined, since)]
        plan = [(day, campaign) for day in days]
        if registered > 200 and chance() < 0.25:
            before = self._ended(registered)
            earlier = before.participations[0][0]
            over = words.CAMPAIGNS[earlier - 1].ended
            plan = [(day, earlier if over + 20 < day < 165 else now) for day, now in plan]
            participations.insert(0, before.participations[0])
        return Standing(
            Status.PAUSED if paused else Status.IN_PROGRESS, campaign, participations, plan
        )

    def _enrolled(self, campaign: int, joined: int, paused: int = 0) -> tuple[Any, ...]:
        text, chance = self._calendar.text, self._random.random
        paused_at = reason = resumes_at = None
        if paused:
            paused_at = text(paused, int(chance() * _OFFICE_DAY))
            reason = self._pick(words.PAUSE_REASONS) if chance() < 0.85 else None
            resumes_at = text(-1 - int(chance() * 40), _KOREAN_MIDNIGHT) if chance() < 0.6 else None
        return (campaign, text(joined, _EVENING), paused_at, reason, resumes_at)

    def _many(self) -> int:
        return int(self._calls_each * (0.85 + 0.75 * self._random.random()))

    def _pick(self, values: Any) -> Any:
        return values[int(self._random.random() * len(values))]


_NOWHERE = Standing(Status.NONE, None, [], [])
