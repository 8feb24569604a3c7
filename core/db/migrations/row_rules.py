"""Who may read and write what on PostgreSQL, by SQL typed by hand too: a line for each table.

What follows from the models is not written here: every foreign key that is set must point at a row that the
session sees, and one that points at an admin, at the admin of the session (``core.db.migrations.row_security``).
"""

from collections.abc import Mapping

from msgspec import Struct, field

from core.db.migrations.definer_functions import SCHEMA
from core.recipients.fields import TEXT_NAMES
from core.tasks.rules import TaskKind, TaskOutcome

_ROLE = f"(SELECT {SCHEMA}.carecall_role())"
ME = f"(SELECT {SCHEMA}.carecall_admin())"
_ORGANIZATION = f"(SELECT {SCHEMA}.carecall_organization())"
_EVERYWHERE = f"(SELECT {SCHEMA}.carecall_sees_all())"

NOBODY = "false"
OWNER = f"{_ROLE} = 'owner'"
ANYBODY = f"{_ROLE} IS NOT NULL"
SYSTEM = f"{_ROLE} IN ('owner', 'system')"
STAFF = f"{_ROLE} IN ('owner', 'system', 'organization', 'viewer')"
WRITES = f"{_ROLE} IN ('owner', 'system', 'organization')"
STAFF_OR_DELIVERS = f"{_ROLE} IN ('owner', 'system', 'organization', 'viewer', 'ingest')"
DELIVERS = f"{_ROLE} IN ('owner', 'system', 'ingest')"
WRITES_OR_DELIVERS = f"{_ROLE} IN ('owner', 'system', 'organization', 'ingest')"


def own(column: str) -> str:
    """The row belongs to the session's organization."""
    return f"({_EVERYWHERE} OR {column} = {_ORGANIZATION})"


def _mine(column: str = "@.admin_id") -> str:
    """The row is the session's admin's own."""
    return f"({OWNER} OR {column} = {ME})"


def both(*conditions: str) -> str:
    return "(" + " AND ".join(dict.fromkeys(conditions)) + ")"


def _either(*conditions: str) -> str:
    return "(" + " OR ".join(conditions) + ")"


def exists(table: str, column: str, read: str) -> str:
    seen = f"seen_{table}"
    found = f"{seen}.id = {column} AND {read.replace('@', seen)}"
    return f"EXISTS (SELECT 1 FROM {SCHEMA}.{table} AS {seen} WHERE {found})"


class Rule(Struct, frozen=True):
    """Which rows of a table the verbs are for, as conditions in SQL; ``@`` stands for the row.

    ``fixed``: columns that no UPDATE may set. ``only``: columns that only some may change, and who. ``hidden``:
    columns that nobody reads by SELECT. ``names``: what a column that points at an admin may name, where that is
    not only the session's own.
    """

    read: str
    insert: str = NOBODY
    update: str = NOBODY
    delete: str = NOBODY
    fixed: tuple[str, ...] = ()
    only: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)


_READ_RECIPIENT = own("@.organization_id")
_OF_RECIPIENT = exists("recipients", "@.recipient_id", _READ_RECIPIENT)
_OF_BOTH, _OF_PAIR = (
    both(*(exists("recipients", f"@.{column}", _READ_RECIPIENT) for column in columns))
    for columns in (("kept_id", "merged_id"), ("first_id", "second_id"))
)
_OF_CALL = exists("calls", "@.call_id", _OF_RECIPIENT)
_OF_TASK = exists("tasks", "@.task_id", own("@.organization_id"))
# whom a task may be given to: somebody of its organization, or a system admin
_MAY_WORK = f"{SCHEMA}.carecall_may_work(@.assignee_id, @.organization_id)"
_IS_ANSWERED = both(
    "OLD.closed_at IS NULL",
    f"@.kind = '{TaskKind.UNANSWERED}'",
    f"@.outcome = '{TaskOutcome.ANSWERED}'",
)
_NOT_BY_ME = f"({OWNER} OR @.signed_by <> {ME})"
_READ_UPLOAD = both(STAFF, _either(own("@.organization_id"), _mine()))
_OF_OWN = f"@.organization_id = {_ORGANIZATION}"
_OF_PARTICIPATION = (
    f"EXISTS (SELECT 1 FROM {SCHEMA}.recipients AS r JOIN {SCHEMA}.campaigns AS c ON c.id = @.campaign_id"
    " WHERE r.id = @.recipient_id AND (c.organization_id IS NULL OR c.organization_id = r.organization_id))"
)
_DELIVERED_FOR = f"""EXISTS (SELECT 1 FROM {SCHEMA}.recipients AS r
    WHERE r.id = @.recipient_id AND r.organization_id = @.organization_id)"""
# who delivers for one organization names files in its folder, by the only key that such a file has
_OWN_FILE = _either(
    _EVERYWHERE,
    "@.voice_file IS NULL",
    "starts_with(@.voice_file, 'organizations/' || @.organization_id || '/')"
    " AND @.voice_key = normalize(@.voice_file, NFC)",
)
_OF_FOLLOWUP = f"""EXISTS (SELECT 1 FROM {SCHEMA}.calls AS c
    WHERE c.id = @.call_id AND c.recipient_id = @.recipient_id)"""
_OF_TAG = f"""EXISTS (SELECT 1 FROM {SCHEMA}.recipients AS r JOIN {SCHEMA}.tags AS t ON t.id = @.tag_id
    WHERE r.id = @.recipient_id AND t.organization_id = r.organization_id)"""
_OF_DELETED = (
    f"EXISTS (SELECT 1 FROM {SCHEMA}.recipients AS r"
    f" WHERE r.deletion_id = @.id AND r.organization_id = {_ORGANIZATION})"
)
# what is deleted has a delete, of now, which can be undone until its time is over: without one it would be erased
# in the next night
_IS_NOT_DELETED = both("@.deleted_at IS NULL", "@.deletion_id IS NULL")
_IS_DELETED_OR_BACK = _either(
    _IS_NOT_DELETED,
    both(
        "OLD.deleted_at IS NULL",
        "@.deletion_id IS NOT NULL",
        "@.deleted_at BETWEEN now() - interval '1 day' AND now() + interval '1 day'",
    ),
)
_PAUSE_IS_OVER = both(DELIVERS, "@.resumes_at <= now()")
_NOT_PAUSED = both(
    DELIVERS, "@.paused_at IS NULL AND @.pause_reason IS NULL AND @.resumes_at IS NULL"
)

# Whose names stand beside what the session sees: another organization's, where a recipient came from there.
_NAMED = tuple(
    f"EXISTS (SELECT 1 FROM {SCHEMA}.{table} AS named WHERE named.{column} = @.id)"
    for table, column in (
        ("memos", "admin_id"),
        ("followup_actions", "admin_id"),
        ("feedback", "admin_id"),
        ("memory_versions", "admin_id"),
        ("uploads", "admin_id"),
        ("uploads", "undone_by"),
        ("deletions", "admin_id"),
        ("tasks", "assignee_id"),
        ("tasks", "acknowledged_by"),
        ("tasks", "closed_by"),
        ("handovers", "signed_by"),
        ("handovers", "confirmed_by"),
        ("views", "admin_id"),
    )
)

RULES: Mapping[str, Rule] = {
    "organizations": Rule(read=own("@.id"), insert=SYSTEM, update=SYSTEM, fixed=("created_at",)),
    "admins": Rule(
        read=_either(
            SYSTEM,
            "@.account = session_user::text",
            both(STAFF, _either("@.role = 'system'", _OF_OWN, *_NAMED)),
        ),
        insert=SYSTEM,
        update=_either(SYSTEM, f"@.id = {ME}"),
        fixed=("login", "created_at"),
        only={("account", "name", "role", "organization_id", "disabled_at", "source"): SYSTEM},
        hidden=("preferences",),
    ),
    "recipients": Rule(
        read=_READ_RECIPIENT,
        insert=both(WRITES, _either(SYSTEM, _IS_NOT_DELETED)),
        update=WRITES_OR_DELIVERS,
        delete=SYSTEM,
        only={
            (
                "organization_id", *TEXT_NAMES, "search_text", "registered_at",
                "upload_id", "deleted_at", "deletion_id", "version",
            ): WRITES,
            ("deleted_at", "deletion_id"): _either(SYSTEM, _IS_DELETED_OR_BACK),
        },
    ),
    "campaigns": Rule(
        read=both(ANYBODY, _either("@.organization_id IS NULL", own("@.organization_id"))),
        insert=_either(SYSTEM, both(WRITES, _OF_OWN)),
        # one that is open to every organization is read by all and changed by system admins only
        update=_either(SYSTEM, both(WRITES, _OF_OWN)),
        fixed=("organization_id", "created_at"),
    ),
    "participations": Rule(
        read=_OF_RECIPIENT,
        insert=both(WRITES_OR_DELIVERS, _either(SYSTEM, _OF_PARTICIPATION)),
        # who reads the call list may end a pause whose time has come
        update=_either(WRITES, _PAUSE_IS_OVER, _NOT_PAUSED),
        delete=WRITES,
        fixed=("recipient_id", "campaign_id", "enrolled_at"),
    ),
    "calls": Rule(
        read=_OF_RECIPIENT,
        insert=both(DELIVERS, _DELIVERED_FOR, _OWN_FILE),
        update=DELIVERS,
        delete=SYSTEM,
        fixed=("recipient_id", "organization_id", "source", "external_id"),
        only={("voice_file", "voice_key"): _OWN_FILE},
    ),
    # personal data of whoever it is, seen by system admins and, since it is its own word, by who delivered it
    "held_deliveries": Rule(
        read=_either(SYSTEM, both(DELIVERS, _mine())),
        insert=DELIVERS,
        delete=_either(SYSTEM, both(DELIVERS, _mine())),
    ),
    "utterances": Rule(read=_OF_CALL, insert=DELIVERS, update=SYSTEM, delete=DELIVERS),
    # numbers of what is said, so that it can be found; told by nobody who does not see it
    "conversation_grams": Rule(
        read=own("@.organization_id"),
        insert=both(WRITES_OR_DELIVERS, _DELIVERED_FOR),
        update=SYSTEM,
        delete=WRITES_OR_DELIVERS,
        fixed=("recipient_id", "grams"),
    ),
    "conversation_fill": Rule(read=ANYBODY, update=SYSTEM),
    "memory_details": Rule(
        read=_OF_RECIPIENT,
        insert=DELIVERS,
        update=WRITES_OR_DELIVERS,
        delete=SYSTEM,
        fixed=("recipient_id",),
    ),
    "memory_versions": Rule(
        read=exists("memory_details", "@.memory_id", _OF_RECIPIENT),
        insert=WRITES_OR_DELIVERS,
        update=SYSTEM,
        delete=SYSTEM,
    ),
    "followup_actions": Rule(
        read=both(STAFF, _OF_RECIPIENT),
        insert=both(WRITES, _OF_FOLLOWUP),
        update=WRITES,
        delete=WRITES,
        fixed=("call_id", "recipient_id", "created_at"),
    ),
    # calls make them; who may write has them in hand
    "tasks": Rule(
        read=both(STAFF_OR_DELIVERS, own("@.organization_id")),
        insert=both(WRITES_OR_DELIVERS, _DELIVERED_FOR),
        update=WRITES_OR_DELIVERS,
        delete=SYSTEM,
        fixed=("recipient_id", "kind", "rank", "created_at"),
        # a calling system lets calls join and an answer end one; it works on none
        only={
            ("organization_id",): SYSTEM,
            ("assignee_id", "tries", "text", "reason", "closed_by"): WRITES,
            ("due_at",): _either(WRITES, "@.due_at <= OLD.due_at"),
            ("acknowledged_at", "acknowledged_by"): _either(
                WRITES, "@.acknowledged_at IS NULL AND @.acknowledged_by IS NULL"
            ),
            ("closed_at", "outcome"): _either(WRITES, _IS_ANSWERED),
        },
        names={"assignee_id": _MAY_WORK},
    ),
    "task_calls": Rule(
        read=both(STAFF_OR_DELIVERS, _OF_TASK),
        insert=WRITES_OR_DELIVERS,
        delete=WRITES_OR_DELIVERS,
    ),
    # signed in one's own name, confirmed once, by somebody else; what it says stays as it was, but for who is
    # erased: a system admin may blot letters out
    "handovers": Rule(
        read=both(STAFF, own("@.organization_id")),
        insert=both(WRITES, "@.confirmed_at IS NULL", "@.confirmed_by IS NULL"),
        update=both(WRITES, _either(SYSTEM, _NOT_BY_ME)),
        delete=SYSTEM,
        fixed=("organization_id", "number", "since", "signed_at", "signed_by", "report"),
        only={
            ("confirmed_at", "confirmed_by"): both("OLD.confirmed_at IS NULL", _NOT_BY_ME),
            ("text",): both(SYSTEM, f"{SCHEMA}.carecall_is_blotted(OLD.text, @.text)"),
        },
    ),
    "memos": Rule(
        read=both(STAFF, _OF_RECIPIENT),
        insert=WRITES,
        update=both(WRITES, _mine()),
        delete=_either(SYSTEM, both(WRITES, _mine())),
        fixed=("recipient_id", "admin_id", "created_at"),
    ),
    "contacts": Rule(
        read=both(STAFF, _OF_RECIPIENT),
        insert=WRITES,
        update=WRITES,
        delete=WRITES,
        fixed=("recipient_id", "created_at"),
    ),
    "tags": Rule(
        read=both(STAFF, own("@.organization_id")),
        insert=WRITES,
        update=WRITES,
        delete=WRITES,
        fixed=("organization_id", "created_at"),
    ),
    "recipient_tags": Rule(
        read=both(STAFF, _OF_RECIPIENT),
        insert=both(WRITES, _OF_TAG),
        delete=WRITES,
    ),
    "feedback": Rule(
        read=both(STAFF, _OF_CALL),
        insert=WRITES,
        update=both(WRITES, _mine()),
        delete=_either(SYSTEM, both(WRITES, _mine())),
    ),
    "uploads": Rule(
        read=_READ_UPLOAD,
        insert=both(WRITES, _either(SYSTEM, _OF_OWN)),
        update=WRITES,
        fixed=("admin_id", "organization_id", "created_at"),
    ),
    "header_mappings": Rule(
        read=both(STAFF, own("@.organization_id")),
        insert=WRITES,
        update=WRITES,
        fixed=("organization_id", "digest"),
    ),
    # one's own, for whatever role; the organization's, for who may write there
    "views": Rule(
        read=both(
            STAFF,
            _either(
                SYSTEM, own("@.organization_id"), both("@.organization_id IS NULL", _mine())
            ),
        ),
        insert=_either("@.organization_id IS NULL", WRITES),
        update=_either(
            both("@.organization_id IS NULL", _mine()),
            both("@.organization_id IS NOT NULL", WRITES),
        ),
        delete=SYSTEM,
        fixed=("admin_id", "organization_id", "created_at"),
    ),
    # whoever sees one of its recipients sees who deleted them
    "deletions": Rule(
        read=both(STAFF, _either(SYSTEM, _mine(), _OF_DELETED)),
        insert=WRITES,
        update=both(WRITES, _mine()),
        delete=SYSTEM,
        fixed=("admin_id", "upload_id", "created_at"),
    ),
    "upload_rows": Rule(
        read=exists("uploads", "@.upload_id", _READ_UPLOAD),
        insert=WRITES,
        update=WRITES,
        delete=WRITES,
    ),
    # who became part of whom, by carecall_merge() only; taken back, once, by whoever may write
    "merges": Rule(
        read=both(STAFF, _OF_BOTH),
        update=WRITES,
        delete=SYSTEM,
        fixed=("kept_id", "merged_id", "admin_id", "created_at", "moved", "changed"),
        only={("undone_at",): "OLD.undone_at IS NULL"},
    ),
    "told_apart": Rule(read=both(STAFF, _OF_PAIR), insert=WRITES, delete=WRITES),
    # written by carecall_record() only
    "audit_records": Rule(
        read=_either(
            SYSTEM, both(f"{_ROLE} = 'organization'", _OF_OWN, "@.admin_id IS NOT NULL")
        ),
    ),
    "forwarded": Rule(read=SYSTEM, insert=SYSTEM, update=SYSTEM),
    # by carecall_look() and carecall_chain_looks() only
    "access_records": Rule(read=_either(SYSTEM, both(f"{_ROLE} = 'organization'", _OF_OWN))),
}  # fmt: skip

# few rows, which are read once for a statement, not looked up once for a row
