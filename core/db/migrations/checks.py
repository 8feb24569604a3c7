"""What the columns may hold, where the type says less: closed sets and ranges, as constraints of the database.

Declared here, from the enums of the rules, and made anew as the last step of every upgrade: on PostgreSQL as CHECK
constraints, on SQLite (which cannot add one to a table that exists without writing all of it again) as triggers
that refuse the same. Rows that are there already and break one stay, are read all the same
(``core.values.stored``), and doctor tells of them.
"""

import enum
from collections.abc import Mapping

import sqlalchemy as sa

from core.calls.refused import Reason
from core.calls.rules import Analysis, CallResult, Speaker, Verdict
from core.campaigns.rules import CampaignState
from core.contacts.rules import MOST as MOST_CONTACTS
from core.contacts.rules import Relation
from core.db.migrations.definer_functions import SCHEMA
from core.db.models import Base, UtcDateTime
from core.followups.rules import ActionType
from core.memory.rules import MemoryChange
from core.recipients.rules import Status
from core.tasks.rules import TaskKind, TaskOutcome
from core.uploads.dto import RowResult
from core.values.roles import Role
from core.values.times import EARLIEST, LATEST, NEVER

_LONGEST_QUERY = 64 * 1024  # bytes
_LARGEST = 2**53  # whole in every program that reads it


def _one_of(kind: type[enum.Enum]) -> str:
    # SQLite would make a table of each list of IN, for each row anew
    return "(" + " OR ".join(f"@ = {member.value!r}" for member in kind) + ")"


_COUNT = f"@ BETWEEN 0 AND {_LARGEST}"
_FROM_ONE = f"@ BETWEEN 1 AND {_LARGEST}"
_RATE = "(@ = -1 OR @ BETWEEN 0 AND 1)"  # -1 is NO_VALUE
_MEASURE = f"(@ = -1 OR @ BETWEEN 0 AND {_LARGEST})"
# by table and column; @ is the column
DECLARED: Mapping[str, Mapping[str, str]] = {
    "admins": {"role": _one_of(Role)},
    "recipients": {
        "status": _one_of(Status),
        "last_analysis": _one_of(Analysis),
        "unanswered_streak": _COUNT,
        "total_calls": _COUNT,
        "connection_rate": _RATE,
        "completion_rate": _RATE,
        "answer_length": _MEASURE,
        "call_duration": _MEASURE,
        "change": "@ BETWEEN -1 AND 9999",
    },
    "campaigns": {"state": _one_of(CampaignState)},
    "calls": {
        "result": _one_of(CallResult),
        "analysis": _one_of(Analysis),
        "duration_ms": _COUNT,
        "answer_count": _COUNT,
        "answer_characters": _COUNT,
    },
    "held_deliveries": {"reason": _one_of(Reason), "size": _COUNT, "line": _COUNT},
    "utterances": {"speaker": _one_of(Speaker), "position": _COUNT, "at_ms": _COUNT},
    "memory_versions": {"change": _one_of(MemoryChange), "number": _FROM_ONE},
    "followup_actions": {"action_type": _one_of(ActionType)},
    "contacts": {"relation": _one_of(Relation), "place": f"@ BETWEEN 0 AND {MOST_CONTACTS}"},
    "tasks": {
        "kind": _one_of(TaskKind),
        "outcome": _one_of(TaskOutcome),
        "rank": "@ IN (0, 1)",
        "count": _COUNT,
        "tries": _COUNT,
    },
    "handovers": {"number": _FROM_ONE},
    "feedback": {"verdict": _one_of(Verdict)},
    "uploads": dict.fromkeys(("read", "created", "unchanged", "failed", "warnings"), _COUNT),
    "upload_rows": {"result": _one_of(RowResult), "row": _COUNT},
}
_OURS = sa.text(
    f"""SELECT r.relname, c.conname, obj_description(c.oid, 'pg_constraint') AS told, c.convalidated
    FROM pg_constraint AS c JOIN pg_class AS r ON r.oid = c.conrelid
    WHERE c.contype = 'c' AND r.relnamespace = to_regnamespace('{SCHEMA}')
        AND obj_description(c.oid, 'pg_constraint') LIKE 'carecall: %'"""
)


def of_table(table: sa.Table, *, sqlite: bool) -> dict[str, str]:
    """What each column must be, with ``@`` for the column: as declared, and as follows from its type."""
    found = dict(DECLARED.get(table.name, {}))
    for column in table.columns:
        if isinstance(column.type, UtcDateTime):
            found[column.name] = _moment(sqlite=sqlite)
        elif column.name == "version":
            found[column.name] = _FROM_ONE
        elif not sqlite and column.name == "list_key":
            # unique for all: another one would take, and tell of, the name of another organization's campaign
            found[column.name] = "@ = name_key || chr(31) || coalesce(organization_id::text, '')"
        elif not sqlite and (table.name, column.name) == ("views", "query"):
            # read whole by everybody who lists views
            found[column.name] = f"octet_length(@::text) <= {_LONGEST_QUERY}"
        elif sqlite and isinstance(column.type, sa.JSON):
            found[column.name] = "(@ = '[]' OR @ = '{}' OR json_valid(@))"
        elif sqlite and isinstance(column.type, sa.Boolean):
            found[column.name] = "@ IN (0, 1)"
    return found


def _moment(*, sqlite: bool) -> str:
    """A day that every zone has; as SQLite keeps it, a text of one form."""
    between = f"@ BETWEEN '{EARLIEST.date().isoformat()} 00:00:00' AND '{LATEST.date().isoformat()} 00:00:00'"
    if not sqlite:
        return between.replace(" 00:00:00'", " 00:00:00+00'")
    # looked at for each row of an upload: what is usual first; datetime() is the text itself, to the second
    fraction = ".[0-9][0-9][0-9][0-9][0-9][0-9]"
    is_moment = f"coalesce(@ GLOB datetime(@) || '{fraction}', 0) AND {between}"
    return f"(@ IS NULL OR @ = '{NEVER:%Y-%m-%d %H:%M:%S.%f}' OR {is_moment})"


def renew(connection: sa.Connection) -> None:
    """Let the tables have the constraints of this program, and no others of this kind."""
    if connection.dialect.name == "postgresql":
        _renew_on_postgresql(connection)
    else:
        _renew_on_sqlite(connection)


def broken(connection: sa.Connection) -> list[str]:
    """Tables and columns (``calls.result``) in which there is something that breaks a constraint."""
    if connection.dialect.name == "postgresql":
        left = [row for row in connection.execute(_OURS) if not row.convalidated]
        return sorted(
            row.conname.removeprefix("ck_").replace(f"{row.relname}_", f"{row.relname}.", 1)
            for row in left
        )
    found = []
    for table in Base.metadata.sorted_tables:
        checks = of_table(table, sqlite=True)
        if checks:
            counts = ", ".join(
                f"count(*) FILTER (WHERE NOT {_on(column, check)})"
                for column, check in checks.items()
            )
            row = connection.exec_driver_sql(f'SELECT {counts} FROM "{table.name}"').one()
            found += [
                f"{table.name}.{column}" for column, count in zip(checks, row, strict=True) if count
            ]
    return sorted(found)


def _on(column: str, check: str, prefix: str = "") -> str:
    return "(" + check.replace("@", f'{prefix}"{column}"') + ")"


def _renew_on_postgresql(connection: sa.Connection) -> None:
    wanted = {
        (table.name, f"ck_{table.name}_{column}"): _on(column, check)
        for table in Base.metadata.sorted_tables
        for column, check in of_table(table, sqlite=False).items()
    }
    for row in connection.execute(_OURS).all():
        place = (row.relname, row.conname)
        if row.told == f"carecall: {wanted.get(place)}" and row.convalidated:
            del wanted[place]  # stands as it should, and need not be looked through again
        else:
            connection.exec_driver_sql(
                f'ALTER TABLE {SCHEMA}.{row.relname} DROP CONSTRAINT "{row.conname}"'
            )
    for (table, name), check in wanted.items():
        told = f"carecall: {check}".replace("'", "''")
        connection.exec_driver_sql(
            f'ALTER TABLE {SCHEMA}.{table} ADD CONSTRAINT "{name}" CHECK {check} NOT VALID'
        )
        connection.exec_driver_sql(
            f"COMMENT ON CONSTRAINT \"{name}\" ON {SCHEMA}.{table} IS '{told}'"
        )
        connection.exec_driver_sql(
            f"""DO $$ BEGIN ALTER TABLE {SCHEMA}.{table} VALIDATE CONSTRAINT "{name}";
            EXCEPTION WHEN check_violation THEN NULL; END $$"""
        )


def drop_on_sqlite(connection: sa.Connection) -> None:
    """Take the triggers away: no migration could change a column that one of them names."""
    there = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'ck^_%' ESCAPE '^'"
    for (name,) in connection.exec_driver_sql(there).all():
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')


def _renew_on_sqlite(connection: sa.Connection) -> None:
    drop_on_sqlite(connection)
    for table in Base.metadata.sorted_tables:
        checks = of_table(table, sqlite=True)
        if not checks:
            continue
        columns = ", ".join(f'"{column}"' for column in checks)
        taken = {column: _on(column, check, "NEW.") for column, check in checks.items()}
        inserted = " AND ".join(taken.values())
        # a bad value that is there already keeps nobody from changing the rest of its row
        updated = " AND ".join(f'(NEW."{one}" IS OLD."{one}" OR {taken[one]})' for one in taken)
        for event, when, kept in (
            ("insert", "INSERT", inserted),
            ("update", f"UPDATE OF {columns}", updated),
        ):
            connection.exec_driver_sql(
                f'CREATE TRIGGER ck_{table.name}_{event} BEFORE {when} ON "{table.name}" WHEN NOT ({kept})'
                f" BEGIN SELECT RAISE(ABORT, 'ck_{table.name}'); END"
            )
