"""What the calls of the sample database led to: memory details, follow-up actions, feedback, memos."""

from random import Random
from typing import Any

from core.demo.calls import Told
from core.demo.clock import Clock
from core.demo.words import ACTION_DETAILS, MEMOS
from core.text import search_key

Rows = dict[str, list[tuple[Any, ...]]]
_HOUR = 3_600
_FEEDBACK = 0.08
_MEMORY_TOPICS = 6


class NoteMaker:
    """Makes the rows of the tables that hang on calls and recipients."""

    def __init__(self, random: Random, clock: Clock) -> None:
        self._random = random
        self._clock = clock
        self._memories = self._actions = self._memos = 0

    def make(self, rows: Rows, recipient_id: int, told: list[Told], admins: list[int]) -> None:
        """Add what is known of the recipient; ``admins`` are those who may write about it."""
        for call in told:
            rows["utterances"] += [
                (call.call_id, position, *said)
                for position, said in enumerate(call.talk.utterances)
            ]
            self._act(rows, recipient_id, call, admins)
        self._remember(rows, recipient_id, told, admins)
        self._note(rows, recipient_id, told, admins)

    def _act(self, rows: Rows, recipient_id: int, call: Told, admins: list[int]) -> None:
        chance = self._random.random
        if chance() < _FEEDBACK:
            verdict = "positive" if chance() < 0.8 else "negative"
            at = self._clock.text(call.days_ago, call.second + 2 * _HOUR)
            rows["feedback"].append((call.call_id, self._pick(admins), verdict, at))
        if call.analysis == "normal" or chance() < 0.25:
            return
        kinds = [
            "phoned",
            "visited",
            "service linked",
            "guardian contacted",
            "no issue found",
            "other",
        ]
        kind = "emergency dispatched" if call.analysis == "emergency" else self._pick(kinds)
        if chance() < 0.2:
            kind = "guardian contacted"
        at = self._clock.text(call.days_ago, call.second + int((0.2 + chance()) * _HOUR))
        self._actions += 1
        details = self._pick(ACTION_DETAILS[kind])
        rows["followup_actions"].append(
            (
                self._actions,
                call.call_id,
                recipient_id,
                self._pick(admins),
                kind,
                details,
                at,
                at,
                1,
            )
        )

    def _remember(self, rows: Rows, recipient_id: int, told: list[Told], admins: list[int]) -> None:
        learned: dict[str, tuple[Told, str]] = {}
        for call in told:
            for topic, content in call.talk.memory:
                if len(learned) < _MEMORY_TOPICS:
                    learned.setdefault(topic, (call, content))
        for topic, (call, content) in learned.items():
            self._learn(rows, recipient_id, topic, content, call, admins)

    def _learn(
        self, rows: Rows, recipient_id: int, topic: str, content: str, call: Told, admins: list[int]
    ) -> None:
        self._memories += 1
        memory_id, fate = self._memories, self._random.random()
        learned = changed = self._clock.text(call.days_ago, call.second + 60)
        rows["memory_versions"].append(
            (memory_id, 1, "learned", content, call.call_id, None, learned)
        )
        admin, reset, version = None, None, 1
        if fate < 0.12:
            admin, version = self._pick(admins), 2
            changed = self._clock.text(call.days_ago, call.second + 3 * _HOUR)
            change = "edited" if fate < 0.08 else "reset"
            content = f"{content} (확인함)" if change == "edited" else content
            reset = changed if change == "reset" else None
            rows["memory_versions"].append((memory_id, 2, change, content, None, admin, changed))
        rows["memory_details"].append(
            (
                memory_id, recipient_id, topic, search_key(topic), content, search_key(content),
                call.call_id, learned, changed, admin, None, None, reset, version,
            )
        )  # fmt: skip

    def _note(self, rows: Rows, recipient_id: int, told: list[Told], admins: list[int]) -> None:
        if not told:
            return
        for _ in range(int(self._random.random() ** 2 * 3)):
            call = self._pick(told)
            at = self._clock.text(
                call.days_ago, call.second + int(self._random.random() * 2 * _HOUR)
            )
            self._memos += 1
            text = self._pick(MEMOS)
            rows["memos"].append((self._memos, recipient_id, self._pick(admins), text, at, at, 1))

    def _pick(self, values: Any) -> Any:
        return values[int(self._random.random() * len(values))]
