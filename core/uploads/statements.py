"""Statements over thousands of rows at once.

Rows arrive as JSON texts: a trigger of the search index costs more for each statement than for each row, and so
does the driver; one JSON text is the same on every database (see ``docs/adr/0005-reading-workbooks.md``). To save
them, SQLite takes them apart into a temporary table before anybody has to wait. PostgreSQL lets the admins' own
roles make none.
"""

from collections.abc import Callable
from functools import partial

import sqlalchemy as sa

from core.db.models import UtcDateTime
from core.uploads.dto import CODE
from core.uploads.rules import DIFFERS, TAKEN

_FIELDS = 8  # of a GoodRow and of an OtherRow; the first is the number of the row
_Field = Callable[[int], str]


class Statements:
    """The statements in the dialect of the database. ``:rows`` is a JSON array of arrays, ``:part`` its number."""

    def __init__(self, dialect: str) -> None:
        self.stages = dialect == "sqlite"
        self._postgresql = dialect == "postgresql"
        text, integer, json = (partial(self._field, kind) for kind in ("text", "integer", "json"))
        rows = self._unpacked()
        # what stands in the strings is this module's own, never a value
        self.existing = sa.text(
            f"SELECT {integer(0)} AS row_number, r.id, r.name, r.other_information"  # noqa: S608
            f" FROM {rows} CROSS JOIN recipients AS r WHERE {_taken(integer, text)}"
        )
        staged = ", ".join(f"f{at}" for at in range(_FIELDS))
        self.stage_table = (
            f"CREATE TEMP TABLE staged (part, {staged}, PRIMARY KEY (part, f0)) WITHOUT ROWID"
        )
        fields = ", ".join(text(at) for at in range(_FIELDS))
        self.stage = sa.text(f"INSERT INTO staged SELECT :part, {fields} FROM {rows}")  # noqa: S608
        if self.stages:
            rows = "(SELECT * FROM temp.staged WHERE part = :part) AS j"
            text = integer = json = partial(str.format, "j.f{}")
        self.insert_recipients = _with_upload(
            "INSERT INTO recipients (organization_id, name, phone, other_information, search_text,"  # noqa: S608
            " registered_at, upload_id, version)"
            f" SELECT {integer(1)}, {text(2)}, {text(3)}, {text(4)}, {text(5)}, :moment, :upload, 1"
            f" FROM {rows} WHERE true"
            " ON CONFLICT (organization_id, phone) WHERE deleted_at IS NULL DO NOTHING"
        ).bindparams(sa.bindparam("moment", type_=UtcDateTime()))
        columns = (
            "INSERT INTO upload_rows"
            ' (upload_id, "row", result, recipient_id, given, reasons, warnings, about_id, phone_key)'
        )
        # what each row came to: the same as ``is_unchanged`` and ``why_taken``
        came_to = (
            f"SELECT r.id, {integer(0)} AS row_number, {text(3)} AS phone, {json(6)} AS warnings,"  # noqa: S608
            f" CASE WHEN r.upload_id = :upload THEN 'created'"
            f" WHEN r.name <> {text(2)} THEN '{TAKEN}'"
            f" WHEN {text(4)} NOT IN ('', r.other_information) THEN '{DIFFERS}'"
            f" ELSE 'unchanged' END AS result, {self._given(integer, text)} AS given"
            f" FROM {rows} CROSS JOIN recipients AS r WHERE {_taken(integer, text)}"
        )
        fails = f"result IN ('{TAKEN}', '{DIFFERS}')"
        self.insert_good = _with_upload(
            f"{columns} SELECT :upload, row_number, CASE WHEN {fails} THEN 'failed' ELSE result END,"  # noqa: S608
            f" CASE WHEN {fails} THEN NULL ELSE id END,"
            f" CASE WHEN {fails} THEN given ELSE {self._json('{}')} END,"
            f" CASE result WHEN '{TAKEN}' THEN {self._reason(TAKEN)} WHEN '{DIFFERS}' THEN {self._reason(DIFFERS)}"
            f" ELSE {self._json('[]')} END,"
            f" warnings, CASE WHEN {fails} THEN id END, CASE WHEN {fails} THEN phone END"
            f" FROM ({came_to}) AS j"
        )
        self.insert_bad = _with_upload(
            f"{columns} SELECT :upload, {integer(0)}, {text(1)}, {integer(2)}, {json(3)}, {json(4)}, {json(5)},"  # noqa: S608
            f" {integer(6)}, {text(7)}"
            f" FROM {rows}"
        )

    def _unpacked(self) -> str:
        if self._postgresql:
            return "jsonb_array_elements(CAST(:rows AS jsonb)) AS j(value)"
        return "json_each(:rows) AS j"

    def _field(self, kind: str, at: int) -> str:
        if not self._postgresql:
            return f"json_extract(j.value, '$[{at}]')"
        if kind == "text":
            return f"j.value ->> {at}"
        return f"CAST(j.value ->> {at} AS {kind})"

    def _json(self, written: str) -> str:
        return f"CAST('{written}' AS json)" if self._postgresql else f"'{written}'"

    def _reason(self, code: str) -> str:
        return self._json(f'[{{"{CODE}": "{code}"}}]')

    def _given(self, integer: _Field, text: _Field) -> str:
        """What the file gave of a good row that fails all the same, without what it left blank."""
        name = f"(SELECT o.name FROM organizations AS o WHERE o.id = {integer(1)})"  # noqa: S608
        given = (
            f"'name', {text(2)}, 'phone', {text(7)}, 'other_information', nullif({text(4)}, ''),"
            f" 'organization', {name}, 'fields',"
        )
        if self._postgresql:
            made = f"""jsonb_build_object({given} CAST('["phone"]' AS jsonb))"""
            return f"CAST(jsonb_strip_nulls({made}) AS json)"
        # a patch takes out what is null
        return f"""json_patch('{{}}', json_object({given} json('["phone"]')))"""


def _taken(integer: _Field, text: _Field) -> str:
    return f"r.organization_id = {integer(1)} AND r.phone = {text(3)} AND r.deleted_at IS NULL"


def _with_upload(statement: str) -> sa.TextClause:
    return sa.text(statement).bindparams(sa.bindparam("upload", type_=sa.Integer()))
