"""The rows of the sample database, table by table, in batches.

The same plan gives the same rows, byte for byte, on every Python: all chance comes from one ``Random`` with
the plan's seed, and all times count back from the plan's day. (Another day moves every time. The first
admin's account is that of whoever makes it, and why a row of an upload failed is told in their language.)
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any

from msgspec import Struct

from core.demo import office, tasks
from core.demo.calendar import Calendar
from core.demo.calls import CallMaker
from core.demo.duplicates import Person, Twins
from core.demo.notes import NoteMaker, Rows
from core.demo.people import PeopleMaker, Standing, key_of, phone_of
from core.demo.tasks import DAYS, Brought, Morning, WorkMaker, fresh_calls
from core.recipients.fields import MORE, TEXT_NAMES, search_lines
from core.recipients.rules import Status

MOST = 10_000_000
BATCH = 5_000
_NEW = 20  # at most so many have just come
_FEW = 2_000  # up to here everybody has been phoned every week
_HEARD = 40  # so many, the last, have calls that can be heard: each voice file is one call's own
_TOLD = 20_000  # about so many have conversations, memory details and memos, however many there are

COLUMNS: dict[str, tuple[str, ...]] = {
    **office.COLUMNS,
    "recipients": (
        "id", "organization_id", *TEXT_NAMES, "search_text", "registered_at",
        "upload_id", "deleted_at", "deletion_id", "version", "status", "campaign_id", "last_call_at",
        "last_analysis", "unanswered_streak", "total_calls", "connection_rate", "completion_rate",
        "answer_length", "call_duration", "metrics_until", "change", "change_until",
    ),
    "participations": (
        "id", "recipient_id", "campaign_id", "enrolled_at", "paused_at", "pause_reason", "resumes_at",
    ),
    "calls": (
        "id", "external_id", "recipient_id", "campaign_id", "started_at", "duration_ms", "result",
        "completed", "analysis", "answer_count", "answer_characters", "voice_file", "content_hash",
        "organization_id", "source", "voice_key",
    ),
    "utterances": ("call_id", "position", "at_ms", "speaker", "text"),
    "memory_details": (
        "id", "recipient_id", "topic", "topic_key", "content", "content_key", "call_id", "learned_at",
        "changed_at", "admin_id", "newer_content", "newer_call_id", "reset_at", "version",
    ),
    "memory_versions": (
        "memory_id", "number", "change", "content", "call_id", "admin_id", "changed_at",
    ),
    "followup_actions": (
        "id", "call_id", "recipient_id", "admin_id", "action_type", "details", "created_at",
        "updated_at", "version",
    ),
    "memos": ("id", "recipient_id", "admin_id", "text", "created_at", "updated_at", "version"),
    "contacts": (
        "id", "recipient_id", "place", "relation", "name", "phone", "created_at", "updated_at", "version",
    ),
    "recipient_tags": ("tag_id", "recipient_id"),
    "feedback": ("call_id", "admin_id", "verdict", "given_at"),
    **tasks.COLUMNS,
}  # fmt: skip


class Plan(Struct, frozen=True):
    """What is to be made: how many recipients, from which seed, as of which (Korean) day, for whom.

    ``minute`` of that day is when it is made: what there is to do has come just before.
    """

    recipients: int
    seed: int
    today: date
    account: str
    minute: int = 9 * 60 + 40

    @property
    def calls_each(self) -> int:
        """About how often everybody is phoned in the half year."""
        return 26 if self.recipients <= _FEW else 5


class Sample:
    """Makes the rows of a plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        random, calendar = Random(plan.seed), Calendar(plan.today, plan.minute)  # noqa: S311 - sample data
        self._calendar = calendar
        self._random = random
        self._people = PeopleMaker(random, calendar, plan.calls_each, plan.seed)
        self._calls = CallMaker(random, calendar, plan.seed)
        self._notes = NoteMaker(random, calendar)
        self._morning = Morning(plan.recipients, plan.seed)
        self._work = WorkMaker(calendar, plan.seed)
        self._uploads = office.planned_uploads(plan.recipients, self._registered_at_least)
        self._twins = Twins(plan.recipients)
        self._participations = 0
        self._rows: Rows = defaultdict(list)

    def batches(self) -> Iterator[tuple[int, Rows]]:
        """Rows by table, and how many recipients are made by then. Parents come before their children."""
        yield 0, office.rows(self._calendar, self.plan.account, self._uploads)
        for index in range(self.plan.recipients):
            self._recipient(index)
            if (index + 1) % BATCH == 0 or index + 1 == self.plan.recipients:
                rows, self._rows = self._rows, defaultdict(list)
                rows["calls"] = self._calls.take()
                if index + 1 == self.plan.recipients:
                    rows["handovers"] = self._work.handovers()
                yield index + 1, rows

    def _recipient(self, index: int) -> None:
        people, rows, recipient_id = self._people, self._rows, index + 1
        upload = next((one for one in self._uploads if index in one.indexes), None)
        organization = people.organization()
        registered = people.registered(self._place(index))
        if upload is not None:
            organization = upload.organization or organization
            registered = (upload.days_ago, upload.second)
        name, more = people.name(), people.more()
        phone, digits = phone_of(index, self._random.random())
        made = self._twins.made(index, Person(organization, name, phone, digits))
        name, phone, digits = made.name, made.phone, made.digits
        standing = people.standing(organization, registered[0])
        told, first_call = self._is_told(index), len(self._calls.rows)
        heard = index >= self.plan.recipients - _HEARD
        metrics = self._calls.make(
            recipient_id, organization, standing.plan, tell=told, heard=heard
        )
        brought = self._brought(index, standing)
        if brought and standing.campaign and (fresh := fresh_calls(brought, self._calendar)):
            self._calls.add(
                recipient_id, organization, standing.campaign, fresh, rows["utterances"]
            )
            metrics = self._calls.metrics_of(self._calls.rows[first_call:])
        rows["recipients"].append(
            (
                recipient_id, organization, name, phone, *more,
                _search_text(name, digits, more), self._calendar.text(*registered),
                upload.id if upload else None, None, None, 1, int(standing.status), standing.campaign,
                *metrics, *self._calls.change_of(self._calls.rows[first_call:]),
            )
        )  # fmt: skip
        for participation in standing.participations:
            self._participations += 1
            rows["participations"].append((self._participations, recipient_id, *participation))
        if upload is not None:
            rows["upload_rows"].append(office.created_row(upload, index, recipient_id))
        acted = len(rows["followup_actions"])
        if told:
            tags = office.tags_of(index, organization)
            rows["recipient_tags"] += [(tag_id, recipient_id) for tag_id in tags]
            self._notes.make(rows, recipient_id, self._calls.told, office.admins_of(organization))
            self._calls.told.clear()
        calls, actions = self._calls.rows[first_call:], rows["followup_actions"][acted:]
        self._work.make(rows, recipient_id, organization, calls, actions, brought)

    def _brought(self, index: int, standing: Standing) -> Brought | None:
        if standing.status is not Status.IN_PROGRESS or not standing.plan:
            return None
        days_ago, _campaign = standing.plan[-1]
        return self._morning.next(index) if days_ago > DAYS else None

    def _registered_at_least(self, index: int) -> tuple[int, int]:
        return self._people.registered(self._place(index, 0.0))

    def _place(self, index: int, luck: float | None = None) -> float:
        """Where in the years of registering: IDs go with time, as they do in life; the last came just now."""
        count = self.plan.recipients
        new = min(count // 100, _NEW)
        part = self._random.random() if luck is None else luck
        if index >= count - new:
            return 1 + (index - count + new + part) / new
        return (index + part) / (count - new)

    def _is_told(self, index: int) -> bool:
        every = -(-self.plan.recipients // _TOLD)
        return index % every == 0 or index >= self.plan.recipients - 200


def _search_text(name: str, digits: str, more: list[str]) -> str:
    """As ``core.recipients.fields.search_text`` makes it; texts come again and again here."""
    lines = [key_of(text) for field, text in zip(MORE, more, strict=True) if field.searched]
    return search_lines((key_of(name), digits, *lines))


def sizes(rows: Rows) -> dict[str, int]:
    """How many rows of each table."""
    return {table: len(of_table) for table, of_table in rows.items()}


def insert_statement(table: str) -> str:
    """The SQL that stores a row of the table."""
    columns: Any = COLUMNS[table]
    marks = ", ".join("?" * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - own names
