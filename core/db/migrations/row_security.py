"""Who may read and write what on PostgreSQL, by SQL typed by hand too: declared once, made anew by each upgrade.

An admin's login role is a member of ``carecall_admins`` and carries the name that the admin has as ``account``.
Every policy asks who the session belongs to (``session_user``), which no statement of the session can change, and
which stays the same inside a function that runs as the owner. The owner of the tables and its members see
everything: that is the shared role, the weaker way, where only the console tells admins apart. See
``docs/postgresql.md`` for the set-up and ``docs/threats.md`` for what is promised.

``RULES`` has a line for each table. What follows from the models is not written there: every foreign key that is
set must point at a row that the session sees, and one that points at an admin, at the admin of the session.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa

from core.db.migrations.definer_functions import FUNCTIONS, GROUP, SCHEMA, SEARCH_PATH, SIGNATURES
from core.db.models import Base
from core.db.models.duplicates import MOVED
from core.recipients.fields import TEXT_NAMES
from core.tasks.rules import TaskKind, TaskOutcome

_ROLE = f"(SELECT {SCHEMA}.carecall_role())"
_ME = f"(SELECT {SCHEMA}.carecall_admin())"
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


def _own(column: str) -> str:
    """The row belongs to the session's organization."""
    return f"({_EVERYWHERE} OR {column} = {_ORGANIZATION})"


def _mine(column: str = "@.admin_id") -> str:
    """The row is the session's admin's own."""
    return f"({OWNER} OR {column} = {_ME})"


def _both(*conditions: str) -> str:
    return "(" + " AND ".join(dict.fromkeys(conditions)) + ")"


def _either(*conditions: str) -> str:
    return "(" + " OR ".join(conditions) + ")"


def _exists(table: str, column: str, read: str) -> str:
    seen = f"seen_{table}"
    found = f"{seen}.id = {column} AND {read.replace('@', seen)}"
    return f"EXISTS (SELECT 1 FROM {SCHEMA}.{table} AS {seen} WHERE {found})"


@dataclass(frozen=True, slots=True)
class Rule:
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


_READ_RECIPIENT = _own("@.organization_id")
_OF_RECIPIENT = _exists("recipients", "@.recipient_id", _READ_RECIPIENT)
_OF_BOTH, _OF_PAIR = (
    _both(*(_exists("recipients", f"@.{column}", _READ_RECIPIENT) for column in columns))
    for columns in (("kept_id", "merged_id"), ("first_id", "second_id"))
)
_OF_CALL = _exists("calls", "@.call_id", _OF_RECIPIENT)
_OF_TASK = _exists("tasks", "@.task_id", _own("@.organization_id"))
# whom a task may be given to: somebody of its organization, or a system admin
_MAY_WORK = f"{SCHEMA}.carecall_may_work(@.assignee_id, @.organization_id)"
_IS_ANSWERED = _both(
    "OLD.closed_at IS NULL",
    f"@.kind = '{TaskKind.UNANSWERED}'",
    f"@.outcome = '{TaskOutcome.ANSWERED}'",
)
_NOT_BY_ME = f"({OWNER} OR @.signed_by <> {_ME})"
_READ_UPLOAD = _both(STAFF, _either(_own("@.organization_id"), _mine()))
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
_PAUSE_IS_OVER = _both(DELIVERS, "@.resumes_at <= now()")
_NOT_PAUSED = _both(
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
    "organizations": Rule(read=_own("@.id"), insert=SYSTEM, update=SYSTEM, fixed=("created_at",)),
    "admins": Rule(
        read=_either(
            SYSTEM,
            "@.account = session_user::text",
            _both(STAFF, _either("@.role = 'system'", _OF_OWN, *_NAMED)),
        ),
        insert=SYSTEM,
        update=_either(SYSTEM, f"@.id = {_ME}"),
        fixed=("login", "created_at"),
        only={("account", "name", "role", "organization_id", "disabled_at", "source"): SYSTEM},
        hidden=("preferences",),
    ),
    "recipients": Rule(
        read=_READ_RECIPIENT,
        insert=WRITES,
        update=WRITES_OR_DELIVERS,
        delete=SYSTEM,
        only={
            (
                "organization_id", *TEXT_NAMES, "search_text", "registered_at",
                "upload_id", "deleted_at", "deletion_id", "version",
            ): WRITES
        },
    ),
    "campaigns": Rule(
        read=_both(ANYBODY, _either("@.organization_id IS NULL", _own("@.organization_id"))),
        insert=_either(SYSTEM, _both(WRITES, _OF_OWN)),
        # one that is open to every organization is read by all and changed by system admins only
        update=_either(SYSTEM, _both(WRITES, _OF_OWN)),
        fixed=("organization_id", "created_at"),
    ),
    "participations": Rule(
        read=_OF_RECIPIENT,
        insert=_both(WRITES_OR_DELIVERS, _either(SYSTEM, _OF_PARTICIPATION)),
        # who reads the call list may end a pause whose time has come
        update=_either(WRITES, _PAUSE_IS_OVER, _NOT_PAUSED),
        delete=WRITES,
        fixed=("recipient_id", "campaign_id", "enrolled_at"),
    ),
    "calls": Rule(
        read=_OF_RECIPIENT,
        insert=_both(DELIVERS, _DELIVERED_FOR, _OWN_FILE),
        update=DELIVERS,
        delete=SYSTEM,
        fixed=("recipient_id", "organization_id", "source", "external_id"),
        only={("voice_file", "voice_key"): _OWN_FILE},
    ),
    # personal data of whoever it is, seen by system admins and, since it is its own word, by who delivered it
    "held_deliveries": Rule(
        read=_either(SYSTEM, _both(DELIVERS, _mine())),
        insert=DELIVERS,
        delete=_either(SYSTEM, _both(DELIVERS, _mine())),
    ),
    "utterances": Rule(read=_OF_CALL, insert=DELIVERS, update=SYSTEM, delete=DELIVERS),
    # numbers of what is said, so that it can be found; told by nobody who does not see it
    "conversation_grams": Rule(
        read=_own("@.organization_id"),
        insert=_both(WRITES_OR_DELIVERS, _DELIVERED_FOR),
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
        read=_exists("memory_details", "@.memory_id", _OF_RECIPIENT),
        insert=WRITES_OR_DELIVERS,
        update=SYSTEM,
        delete=SYSTEM,
    ),
    "followup_actions": Rule(
        read=_both(STAFF, _OF_RECIPIENT),
        insert=_both(WRITES, _OF_FOLLOWUP),
        update=WRITES,
        delete=WRITES,
        fixed=("call_id", "recipient_id", "created_at"),
    ),
    # calls make them; who may write has them in hand
    "tasks": Rule(
        read=_both(STAFF_OR_DELIVERS, _own("@.organization_id")),
        insert=_both(WRITES_OR_DELIVERS, _DELIVERED_FOR),
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
        read=_both(STAFF_OR_DELIVERS, _OF_TASK),
        insert=WRITES_OR_DELIVERS,
        delete=WRITES_OR_DELIVERS,
    ),
    # signed in one's own name, confirmed once, by somebody else; what it says stays as it was, but for who is
    # erased: a system admin may blot letters out
    "handovers": Rule(
        read=_both(STAFF, _own("@.organization_id")),
        insert=_both(WRITES, "@.confirmed_at IS NULL", "@.confirmed_by IS NULL"),
        update=_both(WRITES, _either(SYSTEM, _NOT_BY_ME)),
        delete=SYSTEM,
        fixed=("organization_id", "number", "since", "signed_at", "signed_by", "report"),
        only={
            ("confirmed_at", "confirmed_by"): _both("OLD.confirmed_at IS NULL", _NOT_BY_ME),
            ("text",): _both(SYSTEM, f"{SCHEMA}.carecall_is_blotted(OLD.text, @.text)"),
        },
    ),
    "memos": Rule(
        read=_both(STAFF, _OF_RECIPIENT),
        insert=WRITES,
        update=_both(WRITES, _mine()),
        delete=_either(SYSTEM, _both(WRITES, _mine())),
        fixed=("recipient_id", "admin_id", "created_at"),
    ),
    "contacts": Rule(
        read=_both(STAFF, _OF_RECIPIENT),
        insert=WRITES,
        update=WRITES,
        delete=WRITES,
        fixed=("recipient_id", "created_at"),
    ),
    "tags": Rule(
        read=_both(STAFF, _own("@.organization_id")),
        insert=WRITES,
        update=WRITES,
        delete=WRITES,
        fixed=("organization_id", "created_at"),
    ),
    "recipient_tags": Rule(
        read=_both(STAFF, _OF_RECIPIENT),
        insert=_both(WRITES, _OF_TAG),
        delete=WRITES,
    ),
    "feedback": Rule(
        read=_both(STAFF, _OF_CALL),
        insert=WRITES,
        update=_both(WRITES, _mine()),
        delete=_either(SYSTEM, _both(WRITES, _mine())),
    ),
    "uploads": Rule(
        read=_READ_UPLOAD,
        insert=_both(WRITES, _either(SYSTEM, _OF_OWN)),
        update=WRITES,
        fixed=("admin_id", "organization_id", "created_at"),
    ),
    "header_mappings": Rule(
        read=_both(STAFF, _own("@.organization_id")),
        insert=WRITES,
        update=WRITES,
        fixed=("organization_id", "digest"),
    ),
    # one's own, for whatever role; the organization's, for who may write there
    "views": Rule(
        read=_both(
            STAFF,
            _either(
                SYSTEM, _own("@.organization_id"), _both("@.organization_id IS NULL", _mine())
            ),
        ),
        insert=_either("@.organization_id IS NULL", WRITES),
        update=_either(
            _both("@.organization_id IS NULL", _mine()),
            _both("@.organization_id IS NOT NULL", WRITES),
        ),
        delete=SYSTEM,
        fixed=("admin_id", "organization_id", "created_at"),
    ),
    # whoever sees one of its recipients sees who deleted them
    "deletions": Rule(
        read=_both(STAFF, _either(SYSTEM, _mine(), _OF_DELETED)),
        insert=WRITES,
        update=_both(WRITES, _mine()),
        delete=SYSTEM,
        fixed=("admin_id", "upload_id", "created_at"),
    ),
    "upload_rows": Rule(
        read=_exists("uploads", "@.upload_id", _READ_UPLOAD),
        insert=WRITES,
        update=WRITES,
        delete=WRITES,
    ),
    # who became part of whom, by carecall_merge() only; taken back, once, by whoever may write
    "merges": Rule(
        read=_both(STAFF, _OF_BOTH),
        update=WRITES,
        delete=SYSTEM,
        fixed=("kept_id", "merged_id", "admin_id", "created_at", "moved", "changed"),
        only={("undone_at",): "OLD.undone_at IS NULL"},
    ),
    "told_apart": Rule(read=_both(STAFF, _OF_PAIR), insert=WRITES, delete=WRITES),
    # written by carecall_record() only
    "audit_records": Rule(
        read=_either(
            SYSTEM, _both(f"{_ROLE} = 'organization'", _OF_OWN, "@.admin_id IS NOT NULL")
        ),
    ),
    "forwarded": Rule(read=SYSTEM, insert=SYSTEM, update=SYSTEM),
    # by carecall_look() and carecall_chain_looks() only
    "access_records": Rule(read=_either(SYSTEM, _both(f"{_ROLE} = 'organization'", _OF_OWN))),
}  # fmt: skip

# few rows, which are read once for a statement, not looked up once for a row
_FEW = frozenset({"organizations", "campaigns"})


def tables() -> list[sa.Table]:
    """The tables that have a rule; one without is closed to everybody but the owner."""
    return [table for table in Base.metadata.sorted_tables if table.name in RULES]


def _keys(table: sa.Table) -> Iterator[tuple[str, str]]:
    """The columns that point at a row of another table, and at which table's."""
    for column in table.columns:
        for key in column.foreign_keys:
            yield column.name, key.column.table.name


def _points_well(rule: Rule, column: str, at: str) -> str:
    """What this column names is nothing, or the session's to name."""
    name = f"@.{_quoted(column)}"
    if column in rule.names:
        allowed = rule.names[column]
    elif at == "admins":
        allowed = f"{name} = {_ME}"
    elif at == "deletions":
        allowed = f"{SCHEMA}.carecall_has_deleted({name})"
    elif at in _FEW:
        allowed = f"{name} IN (SELECT target.id FROM {SCHEMA}.{at} AS target)"
    else:
        allowed = _exists(at, name, RULES[at].read)
    return f"({name} IS NULL OR {OWNER} OR {allowed})"


def _quoted(column: str) -> str:
    return f'"{column}"'


def _policies(table: sa.Table) -> Iterator[str]:
    rule, keys = RULES[table.name], list(_keys(table))
    yield _policy(table, "SELECT", using=rule.read)
    if rule.insert != NOBODY:
        well = (_points_well(rule, *key) for key in keys)
        yield _policy(table, "INSERT", check=_both(rule.read, rule.insert, *well))
    if rule.update != NOBODY:
        well = (_points_well(rule, *key) for key in keys if key[1] in _FEW)
        may = _both(rule.read, rule.update)
        yield _policy(table, "UPDATE", using=may, check=_both(rule.read, rule.update, *well))


def _policy(table: sa.Table, verb: str, using: str = "", check: str = "") -> str:
    conditions = (f"USING ({using})" if using else "", f"WITH CHECK ({check})" if check else "")
    made = f"CREATE POLICY may_{verb.lower()} ON {SCHEMA}.{table.name} FOR {verb}"
    return f"{made} {' '.join(conditions)}".replace("@", table.name)


def _guard(table: sa.Table) -> Iterator[str]:
    """What a policy cannot see: which columns an UPDATE changes."""
    rule, name = RULES[table.name], f"{SCHEMA}.{table.name}"
    if rule.update == NOBODY:
        return
    guarded = dict(rule.only)
    for column, at in _keys(table):
        if at not in _FEW and column not in rule.fixed:
            guarded[(column,)] = _points_well(rule, column, at)
    if not guarded:
        return
    function = f"{SCHEMA}.carecall_guard_{table.name}"
    tests = "".join(
        f" IF {_changed(columns)} AND ({who.replace('@', 'NEW')}) IS NOT TRUE THEN RAISE insufficient_privilege"
        f" USING MESSAGE = 'not for this role to change: {', '.join(columns)}'; END IF;"
        for columns, who in guarded.items()
    )
    yield (
        f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql SET search_path = {SEARCH_PATH} AS $$"
        f" BEGIN IF {OWNER} THEN RETURN NEW; END IF;{tests} RETURN NEW; END $$"
    )
    any_of_them = tuple(dict.fromkeys(column for columns in guarded for column in columns))
    yield (
        f"CREATE TRIGGER carecall_guard BEFORE UPDATE ON {name} FOR EACH ROW"
        f" WHEN ({_changed(any_of_them)}) EXECUTE FUNCTION {function}()"
    )


def _changed(columns: tuple[str, ...]) -> str:
    new, old = (", ".join(f"{row}.{_quoted(c)}" for c in columns) for row in ("NEW", "OLD"))
    return f"ROW({new}) IS DISTINCT FROM ROW({old})"


def _grants(table: sa.Table) -> Iterator[str]:
    """Column by column: who may UPDATE or DELETE a whole table may lock it as well, and keep everybody out.

    Rows are deleted through ``carecall_delete``.
    """
    rule, name = RULES[table.name], f"{SCHEMA}.{table.name}"
    own_ids = {column.name for column in table.primary_key if column is table.autoincrement_column}
    everything = [column.name for column in table.columns]
    changed = [c.name for c in table.columns if not c.primary_key and c.name not in rule.fixed]
    for verb, columns, who in (
        ("SELECT", [c for c in everything if c not in rule.hidden], ""),
        ("INSERT", [c for c in everything if c not in own_ids], rule.insert),
        ("UPDATE", changed, rule.update),
    ):
        if who != NOBODY:
            listed = ", ".join(map(_quoted, columns))
            what = verb if verb == "SELECT" and not rule.hidden else f"{verb} ({listed})"
            yield f"GRANT {what} ON {name} TO {GROUP}"


# an owner who may make no roles finds the group made by the server's administrator
_GROUP = f"""DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{GROUP}')
    THEN CREATE ROLE {GROUP} NOLOGIN; END IF;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"""

# what was made by an earlier version, whatever that was; a function takes its triggers and policies along
_NOTHING_LEFT = f"""DO $$ DECLARE one record; BEGIN
    FOR one IN SELECT policyname, tablename FROM pg_policies WHERE schemaname = '{SCHEMA}' LOOP
        EXECUTE format('DROP POLICY %I ON {SCHEMA}.%I', one.policyname, one.tablename);
    END LOOP;
    FOR one IN SELECT p.oid::regprocedure AS signature FROM pg_proc AS p
        WHERE p.pronamespace = '{SCHEMA}'::regnamespace AND starts_with(p.proname, 'carecall_') LOOP
        EXECUTE 'DROP FUNCTION ' || one.signature || ' CASCADE';
    END LOOP; END $$"""


def _delete() -> str:
    """The function that deletes rows by their places: those that the session may delete, whatever it names."""
    branches = "".join(
        f" WHEN '{table.name}' THEN DELETE FROM {SCHEMA}.{table.name} WHERE ctid = ANY (places)"
        f" AND {_both(rule.read, rule.delete).replace('@', table.name)};"
        for table in tables()
        if (rule := RULES[table.name]).delete != NOBODY
    )
    return (
        f"CREATE FUNCTION {SCHEMA}.carecall_delete(from_table text, places tid[]) RETURNS bigint"
        f" LANGUAGE plpgsql SECURITY DEFINER SET search_path = {SEARCH_PATH} AS $$"
        f" DECLARE deleted bigint; BEGIN CASE from_table{branches}"
        " ELSE RAISE insufficient_privilege; END CASE;"
        " GET DIAGNOSTICS deleted = ROW_COUNT; RETURN deleted; END $$"
    )


# what finds what is said goes along: the number of its document ends in which one it is (core.conversations.index)
_SAID_WITH = {
    table: f" UPDATE {SCHEMA}.conversation_grams SET recipient_id = to_recipient, organization_id ="
    f" (SELECT r.organization_id FROM {SCHEMA}.recipients AS r WHERE r.id = to_recipient)"
    f" WHERE recipient_id = of_recipient AND (id & 1) = {is_memory}"
    f" AND (id & {(1 << 33) - 1}) >> 1 IN (SELECT unnest(moved_ids));"
    for table, is_memory in (("calls", 0), ("memory_details", 1))
}


def _move() -> str:
    """The function that gives rows of a recipient to another, both of whom the session may change."""
    branches = "".join(
        f" WHEN '{table}' THEN{_SAID_WITH.get(table, '')}"
        f" UPDATE {SCHEMA}.{table} SET recipient_id = to_recipient"
        " WHERE recipient_id = of_recipient AND id = ANY (moved_ids);"
        for table in MOVED
    )
    may = _both(WRITES, _own("r.organization_id"))
    return (
        f"CREATE FUNCTION {SCHEMA}.carecall_move("
        "of_table text, moved_ids bigint[], of_recipient bigint, to_recipient bigint)"
        f" RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = {SEARCH_PATH} AS $$"
        " DECLARE moved bigint; BEGIN"
        f" IF (SELECT count(*) FROM {SCHEMA}.recipients AS r"
        f" WHERE r.id IN (of_recipient, to_recipient) AND {may}) <> 2"
        " THEN RAISE insufficient_privilege USING MESSAGE = 'not for this role to move'; END IF;"
        f" CASE of_table{branches} ELSE RAISE insufficient_privilege; END CASE;"
        " GET DIAGNOSTICS moved = ROW_COUNT; RETURN moved; END $$"
    )


def _merge() -> str:
    """The function by which one recipient becomes part of another and is deleted: both are there until then.

    Whoever is part of somebody is erased along. One who was deleted becomes part of nobody: a row that says so
    could be written about somebody whom a colleague has deleted, to have it erased by others.
    """
    may = _both(WRITES, _own("r.organization_id"))
    return (
        f"CREATE FUNCTION {SCHEMA}.carecall_merge(in_kept bigint, in_merged bigint, in_deletion bigint,"
        " in_admin bigint, in_moved text, in_changed text)"
        f" RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = {SEARCH_PATH} AS $$"
        " DECLARE moment timestamptz := clock_timestamp(); BEGIN"
        f" IF NOT {OWNER} THEN in_admin := {_ME}; END IF;"
        f" IF (SELECT count(*) FROM {SCHEMA}.recipients AS r"
        f" WHERE r.id IN (in_kept, in_merged) AND r.deleted_at IS NULL AND {may}) <> 2"
        f" OR NOT EXISTS (SELECT 1 FROM {SCHEMA}.deletions AS d WHERE d.id = in_deletion"
        " AND d.admin_id = in_admin)"
        " THEN RAISE insufficient_privilege USING MESSAGE = 'not for this role to merge'; END IF;"
        f" UPDATE {SCHEMA}.recipients SET deleted_at = moment, deletion_id = in_deletion, version = version + 1"
        " WHERE id = in_merged AND deleted_at IS NULL;"
        " IF NOT FOUND THEN RAISE insufficient_privilege USING MESSAGE = 'not there any more'; END IF;"
        f" INSERT INTO {SCHEMA}.merges (kept_id, merged_id, admin_id, created_at, moved, changed)"
        " VALUES (in_kept, in_merged, in_admin, moment, in_moved::json, in_changed::json);"
        " END $$"
    )


def drop_statements() -> list[str]:
    """What takes functions, triggers and policies away."""
    return [_NOTHING_LEFT]


def statements() -> list[str]:
    """What makes functions, policies and grants, in order."""
    made = [_GROUP, *FUNCTIONS, _delete(), _move(), _merge()]
    for table in tables():
        made += [*_policies(table), *_guard(table)]
    for table in Base.metadata.sorted_tables:
        # not forced on the owner: it sees everything, and its functions have to
        for state in ("ENABLE", "NO FORCE"):
            made.append(f"ALTER TABLE {SCHEMA}.{table.name} {state} ROW LEVEL SECURITY")
    made += [
        f"REVOKE ALL ON SCHEMA {SCHEMA} FROM PUBLIC, {GROUP}",
        f"GRANT USAGE ON SCHEMA {SCHEMA} TO {GROUP}",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA {SCHEMA} FROM PUBLIC, {GROUP}",
        f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA {SCHEMA} FROM PUBLIC, {GROUP}",
        f"GRANT SELECT ON {SCHEMA}.alembic_version TO {GROUP}",
    ]
    for function in SIGNATURES:
        made.append(f"REVOKE ALL ON FUNCTION {SCHEMA}.{function} FROM PUBLIC")
        made.append(f"GRANT EXECUTE ON FUNCTION {SCHEMA}.{function} TO {GROUP}")
    for table in tables():
        made += _grants(table)
    return made
