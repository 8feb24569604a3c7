"""The fixed part of the sample database: organizations, admins, campaigns, uploads, the record of changes."""

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from core.app.audit.trail import GENESIS, chain_hash, hashed_fields
from core.db.models.campaigns import list_key
from core.demo.calendar import ZONE, Calendar
from core.demo.notes import Rows
from core.demo.words import ADMINS, CAMPAIGNS, ORGANIZATIONS
from core.recipients.dto import RecipientFilter, RecipientQuery
from core.recipients.fields import FieldName, texts_of
from core.recipients.kept_query import kept
from core.recipients.rules import RecipientDraft, clean
from core.tags.rules import key_of
from core.values.days import Ago
from core.values.errors import InvalidInput
from core.values.message import kept_error
from core.values.text import search_key

COLUMNS: dict[str, tuple[str, ...]] = {
    "organizations": ("id", "name", "name_key", "timezone", "created_at", "version"),
    "admins": (
        "id", "login", "account", "name", "role", "organization_id", "disabled_at", "preferences",
        "created_at", "version",
    ),
    "campaigns": (
        "id", "name", "name_key", "organization_id", "state", "created_at", "started_at", "ended_at",
        "version", "list_key",
    ),
    "views": (
        "id", "admin_id", "organization_id", "name", "name_key", "query", "created_at", "deleted_at",
        "version",
    ),
    "tags": ("id", "organization_id", "name", "name_key", "created_at", "version"),
    "uploads": (
        "id", "admin_id", "organization_id", "file_name", "file_hash", "created_at", "read", "created",
        "unchanged", "failed", "warnings", "notes", "undone_at", "undone_by", "version",
    ),
    "upload_rows": ("upload_id", "row", "result", "recipient_id", "given", "reasons", "warnings"),
    "audit_records": (
        "id", "at", "admin_id", "account", "client", "action", "organization_id", "subject",
        "subject_id", "details", "previous_hash", "hash",
    ),
}  # fmt: skip

_FOUNDED = 1_200  # days ago
_TAGS = ("고위험", "난청", "독거", "주 2회")  # of each organization
_GOOD_ROWS_FROM = 4  # in the sheet: the header, then two rows that fail
_FAILING = (
    RecipientDraft("홍길순", "051-123-4567"),
    RecipientDraft("", "010-3333-4444", other_information="주 1회 방문"),
)
_FILES = (
    (0.4, 2, 1, "해운대_3월.xlsx"),
    (0.7, 3, 2, "순천 신규 대상자.xlsx"),
    (0.93, 1, None, "전체 명단.xlsx"),
)
# whose (an admin's own, or the organization's), what it is called, what it asks for
_VIEWS = (
    (
        1, None, "독거, 2회 이상 부재중",
        RecipientQuery(search="독거", filter=RecipientFilter(unanswered_streak=2), sort=FieldName.LAST_CALL_AT),
    ),
    (1, None, "해운대 7일간 통화 없음", RecipientQuery(1, filter=RecipientFilter(no_call_days=7))),
    (2, 1, "보호자가 있는 분", RecipientQuery(filter=RecipientFilter(other_information="보호자"))),
    (
        3, 2, "최근 부정",
        RecipientQuery(
            filter=RecipientFilter(analyses=frozenset({"negative"}), last_call_from=Ago(7)),
            sort=FieldName.LAST_CALL_AT,
        ),
    ),
)  # fmt: skip


class PlannedUpload(Struct, frozen=True):
    """An upload, and the recipients (by index) that it brought."""

    id: int
    admin: int
    organization: int | None
    file_name: str
    indexes: range
    days_ago: int
    second: int


def planned_uploads(
    recipients: int, registered: Callable[[int], tuple[int, int]]
) -> list[PlannedUpload]:
    """The uploads made so far; none where there are too few recipients to show one.

    ``registered`` gives days ago and second at which the recipient of an index was registered.
    """
    if recipients < 50:
        return []
    made = []
    for number, (place, admin, organization, name) in enumerate(_FILES, 1):
        first, size = int(recipients * place), min(40, recipients // 20)
        indexes = range(first, first + size)
        made.append(PlannedUpload(number, admin, organization, name, indexes, *registered(first)))
    return made


def admins_of(organization: int) -> list[int]:
    """The admins who write about recipients of the organization."""
    own = [
        number
        for number, (_, _, role, body, disabled) in enumerate(ADMINS, 1)
        if body == organization and role == "organization" and not disabled
    ]
    return [1, *own, *own]


def rows(calendar: Calendar, account: str, uploads: list[PlannedUpload]) -> Rows:
    """The rows of these tables, but those of the recipients that uploads created."""
    founded = calendar.text(_FOUNDED, 3_600)
    made: Rows = {
        "organizations": [
            (number, name, search_key(name), ZONE, founded, 1)
            for number, name in enumerate(ORGANIZATIONS, 1)
        ],
        "admins": [
            (
                number, login, account if number == 1 else None, name, role, body or None,
                calendar.text(30, 7_200) if disabled else None, "{}", founded, 1,
            )
            for number, (login, name, role, body, disabled) in enumerate(ADMINS, 1)
        ],
        "campaigns": [_campaign(calendar, number) for number in range(1, len(CAMPAIGNS) + 1)],
        "tags": [
            (_tag(organization, at), organization, name, key_of(name), founded, 1)
            for organization in range(1, len(ORGANIZATIONS) + 1)
            for at, name in enumerate(_TAGS)
        ],
        "views": [_view(calendar, number) for number in range(1, len(_VIEWS) + 1)],
        "uploads": [_upload(calendar, upload) for upload in uploads],
        "upload_rows": [row for upload in uploads for row in _failed_rows(upload)],
    }  # fmt: skip
    made["audit_records"] = _records(made, account)
    return made


def _tag(organization: int, at: int) -> int:
    return (organization - 1) * len(_TAGS) + at + 1


def tags_of(index: int, organization: int) -> list[int]:
    """The IDs of the tags of a recipient: none, one or two."""
    return [_tag(organization, at) for at in sorted({index % 7, index % 11}) if at < len(_TAGS)]


def _view(calendar: Calendar, number: int) -> tuple[Any, ...]:
    admin, organization, name, query = _VIEWS[number - 1]
    asked, made = json.dumps(kept(query), ensure_ascii=False), calendar.text(20 + number, 5_400)
    return number, admin, organization, name, search_key(name), asked, made, None, 1


def _campaign(calendar: Calendar, number: int) -> tuple[Any, ...]:
    about = CAMPAIGNS[number - 1]
    started = calendar.text(about.started, 1_800) if about.started else None
    ended = calendar.text(about.ended, 36_000) if about.ended else None
    created = calendar.text(about.started + 14, 3_600)
    body = about.organization or None
    return (
        number,
        about.name,
        search_key(about.name),
        body,
        about.state,
        created,
        started,
        ended,
        1,
        list_key(search_key(about.name), body),
    )


def _upload(calendar: Calendar, upload: PlannedUpload) -> tuple[Any, ...]:
    created, failed = len(upload.indexes), len(_FAILING)
    file_hash = hashlib.sha256(upload.file_name.encode()).hexdigest()
    return (
        upload.id, upload.admin, upload.organization, upload.file_name, file_hash,
        calendar.text(upload.days_ago, upload.second), created + failed, created, 0, failed, 0, "[]",
        None, None, 1,
    )  # fmt: skip


def _failed_rows(upload: PlannedUpload) -> Iterator[tuple[Any, ...]]:
    for row, draft in enumerate(_FAILING, 2):
        try:
            clean(draft, "KR")
        except InvalidInput as error:
            given = {
                **texts_of(draft),
                "organization": ORGANIZATIONS[(upload.organization or 1) - 1],
            }
            kept: dict[str, Any] = {name: text for name, text in given.items() if text}
            kept["fields"] = [error.field]
            reasons = json.dumps([kept_error(error.what, error.hint)])
            yield (upload.id, row, "failed", None, json.dumps(kept), reasons, "[]")


def created_row(upload: PlannedUpload, index: int, recipient_id: int) -> tuple[Any, ...]:
    """The result of the row of the file that brought this recipient."""
    row = _GOOD_ROWS_FROM + index - upload.indexes.start
    return (upload.id, row, "created", recipient_id, "{}", "[]", "[]")


def _records(made: Rows, account: str) -> list[tuple[Any, ...]]:
    """What the first admin did to get here, each record chained to the one before."""
    events: list[tuple[str, str, str, int, int | None]] = []
    events += [
        (row[4], "organization.add", "organization", row[0], row[0])
        for row in made["organizations"]
    ]
    events += [(row[8], "admin.add", "admin", row[0], row[5]) for row in made["admins"][1:]]
    events += [(row[4], "tag.add", "tag", row[0], row[1]) for row in made["tags"]]
    for row in made["campaigns"]:
        moments = zip(("add", "start", "end"), row[5:8], strict=True)
        events += [
            (at, f"campaign.{what}", "campaign", row[0], row[3]) for what, at in moments if at
        ]
    for row in made["uploads"]:
        events.append((row[5], "upload.take_in", "upload", row[0], row[2]))
    previous, records = GENESIS, []
    for number, (at, action, subject, subject_id, organization) in enumerate(
        sorted(events, key=_when), 1
    ):
        moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
        fields = hashed_fields(
            moment, 1, account, "", action, organization, subject, subject_id, {}
        )
        current = chain_hash(previous, fields)
        records.append(
            (
                number, at, 1, account, "", action, organization, subject, subject_id, "{}",
                previous, current,
            )
        )  # fmt: skip
        previous = current
    return records


def _when(event: tuple[str, str, str, int, int | None]) -> str:
    return event[0]
