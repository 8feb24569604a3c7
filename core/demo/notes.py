"""What the calls of the sample database led to: memory details, follow-up actions, feedback, memos."""

from random import Random
from typing import Any

from core.demo.calendar import Calendar
from core.demo.calls import Told
from core.demo.people import phone_of
from core.demo.words import ACTION_DETAILS, GUARDIANS, MEMOS
from core.values.text import search_key

Rows = dict[str, list[tuple[Any, ...]]]
_HOUR = 3_600
_FEEDBACK = 0.08
_MEMORY_DETAILS = 8
# places in a row of memory_details
_CONTENT_KEY, _ADMIN, _NEWER, _NEWER_CALL, _RESET_AT, _VERSION = 5, 9, 10, 11, 12, 13

_CONTACTS_SINCE = 20  # days
_BEHIND_ALL, _FAR = 50_000_000, 12_000_000  # recipients have the first ten millions


def _nobody_s(number: int) -> str:
    """A mobile number that no recipient has."""
    return phone_of(_BEHIND_ALL + number, 1)[0]


class NoteMaker:
    """Makes the rows of the tables that hang on calls and recipients."""

    def __init__(self, random: Random, calendar: Calendar) -> None:
        self._random = random
        self._calendar = calendar
        self._memories = self._actions = self._memos = self._contacts = 0

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
        self._turn_to(rows, recipient_id)

    def _act(self, rows: Rows, recipient_id: int, call: Told, admins: list[int]) -> None:
        chance = self._random.random
        if chance() < _FEEDBACK:
            verdict = "positive" if chance() < 0.8 else "negative"
            at = self._calendar.text(call.days_ago, call.second + 2 * _HOUR)
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
        at = self._calendar.text(call.days_ago, call.second + int((0.2 + chance()) * _HOUR))
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
        details: dict[tuple[str, str], list[Any]] = {}
        edited: dict[str, list[Any]] = {}
        for call in told:
            for topic, content in call.talk.memory:
                if beside := edited.pop(topic, None):
                    self._show_beside(rows, beside, call, content)
                elif (topic, content) not in details and len(details) < _MEMORY_DETAILS:
                    detail = self._learn(rows, recipient_id, topic, content, call, admins)
                    details[topic, content] = detail
                    if detail[_ADMIN] and not detail[_RESET_AT]:
                        edited[topic] = detail
        rows["memory_details"] += map(tuple, details.values())

    def _show_beside(self, rows: Rows, detail: list[Any], call: Told, content: str) -> None:
        if search_key(content) == detail[_CONTENT_KEY]:
            return
        detail[_NEWER], detail[_NEWER_CALL] = content, call.call_id
        detail[_VERSION] += 1
        at = self._calendar.text(call.days_ago, call.second)
        rows["memory_versions"].append((detail[0], 3, "learned", content, call.call_id, None, at))

    def _learn(
        self, rows: Rows, recipient_id: int, topic: str, content: str, call: Told, admins: list[int]
    ) -> list[Any]:
        self._memories += 1
        memory_id, fate = self._memories, self._random.random()
        at = learned = self._calendar.text(call.days_ago, call.second)
        versions = rows["memory_versions"]
        versions.append((memory_id, 1, "learned", content, call.call_id, None, learned))
        admin, reset_at, version = None, None, 1
        if fate < 0.12:
            admin, version = self._pick(admins), 2
            at = self._calendar.text(call.days_ago, call.second + 3 * _HOUR)
            change = "edited" if fate < 0.08 else "reset"
            content = f"{content} (확인함)" if change == "edited" else content
            reset_at = at if change == "reset" else None
            versions.append((memory_id, 2, change, content, None, admin, at))
        return [
            memory_id, recipient_id, topic, search_key(topic), content, search_key(content),
            call.call_id, learned, at, admin, None, None, reset_at, version,
        ]  # fmt: skip

    def _note(self, rows: Rows, recipient_id: int, told: list[Told], admins: list[int]) -> None:
        if not told:
            return
        for _ in range(int(self._random.random() ** 2 * 3)):
            call = self._pick(told)
            at = self._calendar.text(
                call.days_ago, call.second + int(self._random.random() * 2 * _HOUR)
            )
            self._memos += 1
            text = self._pick(MEMOS)
            rows["memos"].append((self._memos, recipient_id, self._pick(admins), text, at, at, 1))

    def _turn_to(self, rows: Rows, recipient_id: int) -> None:
        """Contacts, from the ID alone: here and there two recipients have one guardian."""
        of_two = recipient_id - (recipient_id % 12 == 1)
        told = []
        if recipient_id % 3 != 2:
            told.append(("guardian", GUARDIANS[of_two % len(GUARDIANS)], _nobody_s(of_two)))
        if recipient_id % 4 == 0:
            told.append(("neighbour", "경로당 회장님", _nobody_s(recipient_id + _FAR)))
        if recipient_id % 2 == 0:
            told += [
                ("town office", "행정복지센터", "+82212345678"),
                ("emergency service", "", "119"),
            ]
        at = self._calendar.text(_CONTACTS_SINCE, 3 * _HOUR)
        for place, (relation, name, phone) in enumerate(told, 1):
            self._contacts += 1
            rows["contacts"].append(
                (self._contacts, recipient_id, place, relation, name, phone, at, at, 1)
            )

    def _pick(self, values: Any) -> Any:
        return values[int(self._random.random() * len(values))]
