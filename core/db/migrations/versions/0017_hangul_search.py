"""Names are found by their initial consonants, which stand behind them in what is searched."""

import json
from collections.abc import Callable, Iterator

import sqlalchemy as sa
from alembic import context, op

from core.recipients.fields import search_lines
from core.values.hangul import sought

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_BATCH = 10_000
_KEPT_UP = (
    """CREATE TRIGGER recipient_search_insert AFTER INSERT ON recipients BEGIN
        INSERT INTO recipient_search(rowid, search_text) VALUES (new.id, new.search_text);
    END""",
    """CREATE TRIGGER recipient_search_delete AFTER DELETE ON recipients BEGIN
        INSERT INTO recipient_search(recipient_search, rowid, search_text)
        VALUES ('delete', old.id, old.search_text);
    END""",
    """CREATE TRIGGER recipient_search_update AFTER UPDATE OF search_text ON recipients
    WHEN old.search_text <> new.search_text BEGIN
        INSERT INTO recipient_search(recipient_search, rowid, search_text)
        VALUES ('delete', old.id, old.search_text);
        INSERT INTO recipient_search(rowid, search_text) VALUES (new.id, new.search_text);
    END""",
)
_INDEXES = (
    # the extension may lie in any schema, on the path or not
    """DO $$ BEGIN EXECUTE format(
        'CREATE INDEX ix_recipients_search ON recipients USING gin (search_text %I.gin_trgm_ops)
        WHERE deleted_at IS NULL',
        (SELECT nspname FROM pg_extension JOIN pg_namespace AS n ON n.oid = extnamespace
            WHERE extname = 'pg_trgm'));
    END $$""",
    """CREATE INDEX ix_recipients_characters ON recipients USING gin (string_to_array(search_text, NULL))
    WHERE deleted_at IS NULL""",
)


def upgrade() -> None:
    """Make what is searched anew, and the index of it."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        _on_sqlite(connection)
        return
    for name in ("search", "characters"):
        op.drop_index(f"ix_recipients_{name}", "recipients")
    # SQLite keeps texts of any length
    op.alter_column("recipients", "search_text", type_=sa.String(240))
    for rows in _parts(connection):
        connection.execute(
            sa.text(
                "UPDATE recipients SET search_text = j.value ->> 1"
                " FROM jsonb_array_elements(CAST(:rows AS jsonb)) AS j(value)"
                " WHERE recipients.id = CAST(j.value ->> 0 AS bigint)"
            ),
            {"rows": json.dumps(rows)},
        )
    for statement in _INDEXES:
        op.execute(statement)


def _on_sqlite(connection: sa.Connection) -> None:
    for name in ("insert", "delete", "update"):
        op.execute(f"DROP TRIGGER recipient_search_{name}")
    op.execute("INSERT INTO recipient_search(recipient_search) VALUES ('delete-all')")
    for rows in _parts(connection):
        given = {"rows": json.dumps(rows), "first": rows[0][0], "last": rows[-1][0]}
        connection.execute(
            sa.text(
                "UPDATE recipients SET search_text = json_extract(j.value, '$[1]') FROM json_each(:rows) AS j"
                " WHERE recipients.id = json_extract(j.value, '$[0]')"
            ),
            given,
        )
        connection.execute(
            sa.text(
                "INSERT INTO recipient_search(rowid, search_text)"
                " SELECT id, search_text FROM recipients WHERE id BETWEEN :first AND :last"
                " AND search_text <> ''"
            ),
            given,
        )
    for statement in _KEPT_UP:
        op.execute(statement)


def _parts(connection: sa.Connection) -> Iterator[list[tuple[int, str]]]:
    """The IDs of all that can be found, and what is searched from now on."""
    progress: Callable[[int, int], None] = context.config.attributes.get("progress", _unheard)
    total = connection.scalar(sa.text("SELECT count(*) FROM recipients WHERE search_text <> ''"))
    done = last = 0
    select = sa.text(
        "SELECT id, search_text FROM recipients WHERE id > :last AND search_text <> '' ORDER BY id LIMIT :most"
    )
    while found := connection.execute(select, {"last": last, "most": _BATCH}).all():
        yield [(recipient_id, _anew(kept)) for recipient_id, kept in found]
        last = found[-1][0]
        done += len(found)
        progress(done, total)


def _anew(kept: str) -> str:
    return search_lines(map(sought, kept.removesuffix("\n\n").split("\n")))


def _unheard(_done: int, _total: int) -> None:
    pass
