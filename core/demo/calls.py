"""The calls of a recipient of the sample database, and the metrics that follow from them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from random import Random
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from core.db.models import NO_VALUE
from core.demo import conversations as words
from core.demo.calendar import ZONE, Calendar
from core.demo.recorded import RECORDED, Recorded, own_voice_file
from core.demo.words import CAMPAIGNS
from core.recipients.fields import NO_CHANGE
from core.trends.rules import Sums, change, holds_until, periods

NEVER_TEXT = "1970-01-01 00:00:00.000000"
_HOURS = [0] + [campaign.hour * 3600 for campaign in CAMPAIGNS]
_TWO_HOURS = 7_199
_HEARD_DAYS = 60

# from duration_ms to content_hash
Row = tuple[int, str, bool, str | None, int, int, str | None, str]
_UNANSWERED: Row = (0, "unanswered", False, None, 0, 0, None, "")
# places in a row of calls
_STARTED, _DURATION, _RESULT, _COMPLETED, _ANALYSIS, _ANSWERS, _CHARACTERS = range(4, 11)


class Metrics(NamedTuple):
    """The columns of a recipient that its calls decide, in the order of the table."""

    last_call_at: str
    last_analysis: str | None
    unanswered_streak: int
    total_calls: int
    connection_rate: float
    completion_rate: float
    answer_length: float
    call_duration: float
    metrics_until: str | None


class Talk(NamedTuple):
    """What was said in a call, and what the machine remembers of it."""

    duration_ms: int
    completed: bool
    utterances: tuple[tuple[int, str, str], ...]
    memory: tuple[tuple[str, str], ...]
    voice_file: str | None = None


class Told(NamedTuple):
    """A call whose conversation is kept."""

    call_id: int
    days_ago: int
    second: int
    analysis: str
    talk: Talk


class Fresh(NamedTuple):
    """A call that has just been made: unanswered, or with this analysis."""

    at: datetime
    analysis: str | None
    heard: bool


class CallMaker:
    """Makes calls; ``rows`` are those of the table, ``told`` the calls with a conversation."""

    def __init__(self, random: Random, calendar: Calendar, seed: int) -> None:
        self._random = random
        self._other = Random(f"calls {seed}")  # noqa: S311 - sample data
        self._calendar = calendar
        self._window = calendar.months_ago(3)
        self._zone = ZoneInfo(ZONE)
        before, recent = periods(calendar.midnight, self._zone)
        self._before, self._recent = calendar.moment(before), calendar.moment(recent)
        self._leaving: dict[tuple[str, bool], str] = {}
        self._by_mood = {
            mood: [one for one in RECORDED if one.analysis == mood]
            for mood in ("normal", "negative", "emergency")
        }
        self.made = 0
        self.rows: list[tuple[Any, ...]] = []
        self.told: list[Told] = []

    def take(self) -> list[tuple[Any, ...]]:
        """The rows made since the last time."""
        rows, self.rows = self.rows, []
        return rows

    def make(
        self,
        recipient_id: int,
        organization: int,
        plan: list[tuple[int, int]],
        *,
        tell: bool,
        heard: bool,
    ) -> Metrics:
        """Phone the recipient as planned (days ago, campaign), oldest first.

        ``tell`` keeps what was said, ``heard`` what was recorded, too.

        It runs five million times for a million recipients, so it does by hand what would read better apart.
        """
        chance, append = self._random.random, self.rows.append
        days, seconds, window, call_id = (
            self._calendar.days,
            self._calendar.seconds,
            self._window,
            self.made,
        )
        answering = 0.97 - 0.4 * chance() ** 2
        silent_from = len(plan) - (3 + int(chance() * 6) if chance() < 0.06 else 0)
        started, analysis, until = NEVER_TEXT, None, None
        streak = total = connected = completed = answers = characters = milliseconds = 0
        for number, (days_ago, campaign) in enumerate(plan):
            call_id += 1
            second = _HOURS[campaign] + int(chance() * _TWO_HOURS)
            started = days[days_ago] + seconds[second]
            if number >= silent_from or chance() > answering:
                streak += 1
                row = _UNANSWERED
            else:
                streak = 0
                row = self._told(call_id, days_ago, second, heard) if tell else self._untold()
                analysis = row[3]
            if started >= window:
                total += 1
                until = until or started
                if not streak:
                    connected += 1
                    milliseconds += row[0]
                    completed += row[2]
                    answers += row[4]
                    characters += row[5]
            ours = (organization, "", row[6])
            append((call_id, f"demo-{call_id:09d}", recipient_id, campaign, started, *row, *ours))
        self.made = call_id
        return Metrics(
            started,
            analysis,
            streak,
            total,
            connected / total if total else NO_VALUE,
            completed / total if total else NO_VALUE,
            characters / answers if answers else NO_VALUE,
            milliseconds / (connected * 1000) if connected else NO_VALUE,
            until,
        )

    def add(
        self,
        recipient_id: int,
        organization: int,
        campaign: int,
        calls: Sequence[Fresh],
        utterances: list[tuple[Any, ...]],
    ) -> None:
        """Phone the recipient of the last rows again; it moves the chance of nothing else."""
        kept, self._random = self._random, self._other
        for call in calls:
            self.made += 1
            row = _UNANSWERED
            if call.analysis is not None:
                talk = (
                    _replayed(self._by_mood[call.analysis][0])
                    if call.heard
                    else self._talk(call.analysis)
                )
                row = _row_of(talk, call.analysis, self.made, call.heard)
                utterances += [
                    (self.made, place, *said) for place, said in enumerate(talk.utterances)
                ]
            ours = (organization, "", row[6])
            started = self._calendar.moment(call.at)
            external = f"demo-{self.made:09d}"
            self.rows.append((self.made, external, recipient_id, campaign, started, *row, *ours))
        self._random = kept

    def metrics_of(self, calls: Sequence[tuple[Any, ...]]) -> Metrics:
        """As ``make`` gives them, for these rows of a recipient (oldest first, at least one)."""
        streak, analysis = 0, None
        for call in calls:
            streak = streak + 1 if call[_RESULT] == "unanswered" else 0
            analysis = call[_ANALYSIS] or analysis
        counted = [call for call in calls if call[_STARTED] >= self._window]
        connected = [call for call in counted if call[_RESULT] == "connected"]
        seconds, completed, answers, characters = (
            sum(call[place] for call in connected)
            for place in (_DURATION, _COMPLETED, _ANSWERS, _CHARACTERS)
        )
        return Metrics(
            calls[-1][_STARTED],
            analysis,
            streak,
            len(counted),
            len(connected) / len(counted) if counted else NO_VALUE,
            completed / len(counted) if counted else NO_VALUE,
            characters / answers if answers else NO_VALUE,
            seconds / (len(connected) * 1000) if connected else NO_VALUE,
            counted[0][_STARTED] if counted else None,
        )

    def change_of(self, calls: Sequence[tuple[Any, ...]]) -> tuple[int, str | None]:
        """The columns that tell of the last weeks, for these rows of a recipient (oldest first)."""
        before = [call for call in calls if self._before <= call[_STARTED] < self._recent]
        recent = [call for call in calls if call[_STARTED] >= self._recent]
        found = change(_sums(recent), _sums(before))
        until = min(
            (
                self._leaves(part[0][_STARTED], is_recent=part is recent)
                for part in (before, recent)
                if part
            ),
            default=None,
        )
        return NO_CHANGE if found is None else found.kept, until

    def _leaves(self, started: str, *, is_recent: bool) -> str:
        hour = started[:13]
        if (hour, is_recent) not in self._leaving:
            call = datetime.fromisoformat(started).replace(tzinfo=UTC)
            before, recent = (None, call) if is_recent else (call, None)
            leaves = holds_until(before, recent, self._zone)
            assert leaves is not None  # noqa: S101 - there is a call
            self._leaving[hour, is_recent] = self._calendar.moment(leaves)
        return self._leaving[hour, is_recent]

    def _untold(self) -> Row:
        luck = self._random.random()
        answers = 2 + int(luck * 7)
        luck = luck * 7 % 1
        characters = answers * (5 + int(luck * 20))
        luck = luck * 20 % 1
        duration = 7_000 + answers * (6_000 + int(luck * 6_000))
        luck = luck * 6_000 % 1
        return (duration, "connected", luck > 0.07, self._mood(), answers, characters, None, "")

    def _told(self, call_id: int, days_ago: int, second: int, heard: bool) -> Row:
        analysis = self._mood()
        talk = self._talk(analysis)
        self.told.append(Told(call_id, days_ago, second, analysis, talk))
        return _row_of(talk, analysis, call_id, heard and days_ago <= _HEARD_DAYS)

    def _mood(self) -> str:
        luck = self._random.random()
        return "normal" if luck < 0.9 else "negative" if luck < 0.985 else "emergency"

    def _talk(self, analysis: str) -> Talk:
        if self._random.random() < 0.15:
            return _replayed(self._pick(self._by_mood[analysis]))
        lines = [
            ("ai", self._pick(words.GREETINGS)),
            ("recipient", self._pick(words.FIRST_ANSWERS)),
        ]
        blocks = self._random_blocks(words.NORMAL_BLOCKS, 1 + int(self._random.random() * 4))
        if analysis != "normal":
            hard = words.NEGATIVE_BLOCKS if analysis == "negative" else words.EMERGENCY_BLOCKS
            blocks = [*blocks[:2], self._pick(hard)]
        for block in blocks:
            lines += [("ai", block.question), ("recipient", block.answer)]
        completed = analysis != "emergency" and self._random.random() < 0.93
        if analysis == "emergency":
            lines.append(("ai", words.EMERGENCY_CLOSING))
        elif completed:
            lines += [
                ("ai", self._pick(words.CLOSINGS)),
                ("recipient", self._pick(words.LAST_ANSWERS)),
            ]
        memory = tuple((block.topic, block.memory) for block in blocks if block.memory)
        return self._timed(lines, completed, memory)

    def _timed(
        self, lines: list[tuple[str, str]], completed: bool, memory: tuple[tuple[str, str], ...]
    ) -> Talk:
        at, utterances = 500, []
        for speaker, text in lines:
            if text:
                utterances.append((at, speaker, text))
                at += 900 + 150 * len(text) + int(self._random.random() * 900)
        return Talk(at, completed, tuple(utterances), memory)

    def _random_blocks(self, blocks: tuple[words.Block, ...], count: int) -> list[words.Block]:
        chosen: dict[str, words.Block] = {}
        for _ in range(count):
            block = self._pick(blocks)
            chosen.setdefault(block.topic, block)
        return list(chosen.values())

    def _pick(self, values: Any) -> Any:
        return values[int(self._random.random() * len(values))]


def _sums(calls: Sequence[tuple[Any, ...]]) -> Sums:
    connected = [call for call in calls if call[_RESULT] == "connected"]
    analyses = [call[_ANALYSIS] for call in connected if call[_ANALYSIS]]
    return Sums(
        len(calls),
        len(connected),
        sum(call[_COMPLETED] for call in connected),
        sum(call[_ANSWERS] for call in connected),
        sum(call[_CHARACTERS] for call in connected),
        sum(call[_DURATION] for call in connected),
        len(analyses),
        analyses.count("normal"),
    )


def _row_of(talk: Talk, analysis: str, call_id: int, heard: bool) -> Row:
    file = talk.voice_file
    own = own_voice_file(file, call_id) if heard and file else None
    said = [text for _, speaker, text in talk.utterances if speaker == "recipient"]
    return (
        talk.duration_ms, "connected", talk.completed, analysis,
        len(said), sum(map(len, said)), own, "",
    )  # fmt: skip


def _replayed(recorded: Recorded) -> Talk:
    return Talk(
        recorded.duration_ms,
        recorded.completed,
        recorded.utterances,
        recorded.memory,
        recorded.voice_file,
    )


def spread(random: Random, count: int, first: int, last: int) -> list[int]:
    """So many different days between ``first`` and ``last`` days ago, oldest first, about evenly."""
    count = min(count, first - last)
    if count <= 0:
        return []
    width = (first - last) // count
    return [last + at * width + int(random.random() * width) for at in range(count - 1, -1, -1)]
