"""Who may read and write what on PostgreSQL, by SQL typed by hand too: made of ``row_rules`` anew by each upgrade.

An admin's login role is a member of ``carecall_admins`` and carries the name that the admin has as ``account``.
Every policy asks who the session belongs to (``session_user``), which no statement of the session can change, and
which stays the same inside a function that runs as the owner. The owner of the tables and its members see
everything: that is the shared role, the weaker way, where only the console tells admins apart. See
``docs/postgresql.md`` for the set-up and ``docs/threats.md`` for what is promised.
"""

from collections.abc import Iterator

import sqlalchemy as sa

from core.db.migrations.definer_functions import FUNCTIONS, GROUP, SCHEMA, SEARCH_PATH, SIGNATURES
from core.db.migrations.row_rules import ME, NOBODY, OWNER, RULES, WRITES, Rule, both, exists, own
from core.db.models import Base
from core.db.models.duplicates import MOVED

_FEW = frozenset({"organizations", "campaigns"})
_MOST_VERSIONS = 1_000_000  # of a row that is new


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
        allowed = f"{name} = {ME}"
    elif at == "deletions":
        allowed = f"{SCHEMA}.carecall_has_deleted({name})"
    elif at in _FEW:
        allowed = f"{name} IN (SELECT target.id FROM {SCHEMA}.{at} AS target)"
    else:
        allowed = exists(at, name, RULES[at].read)
    return f"({name} IS NULL OR {OWNER} OR {allowed})"


def _quoted(column: str) -> str:
    return f'"{column}"'


def _policies(table: sa.Table) -> Iterator[str]:
    rule, keys = RULES[table.name], list(_keys(table))
    yield _policy(table, "SELECT", using=rule.read)
    if rule.insert != NOBODY:
        well = [_points_well(rule, *key) for key in keys]
        if "version" in table.columns:
            well.append(f"@.version BETWEEN 1 AND {_MOST_VERSIONS}")
        yield _policy(table, "INSERT", check=both(rule.read, rule.insert, *well))
    if rule.update != NOBODY:
        named = [_points_well(rule, *key) for key in keys if key[1] in _FEW]
        may = both(rule.read, rule.update)
        yield _policy(table, "UPDATE", using=may, check=both(rule.read, rule.update, *named))


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
    if "version" in table.columns and "version" not in rule.fixed:
        # whoever comes after counts on: an erasing, too, which no role is to stop by a number without a next one
        guarded[("version",)] = "@.version = OLD.version + 1"
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
        f" AND {both(rule.read, rule.delete).replace('@', table.name)};"
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
    may = both(WRITES, own("r.organization_id"))
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
    may = both(WRITES, own("r.organization_id"))
    return (
        f"CREATE FUNCTION {SCHEMA}.carecall_merge(in_kept bigint, in_merged bigint, in_deletion bigint,"
        " in_admin bigint, in_moved text, in_changed text)"
        f" RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = {SEARCH_PATH} AS $$"
        " DECLARE moment timestamptz := clock_timestamp(); BEGIN"
        f" IF NOT {OWNER} THEN in_admin := {ME}; END IF;"
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
