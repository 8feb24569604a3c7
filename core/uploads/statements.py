"""Statements over thousands of rows at once, which arrive as one JSON text.

A trigger of the search index costs more for each statement than for each row, and so does the driver; one JSON
text is the same on every database (see ``docs/adr/0005-reading-workbooks.md``).
"""

from functools import partial

import sqlalchemy as sa

from core.db.models import UtcDateTime

_KINDS = ("text", "integer", "json")


class Statements:
    """The statements in the dialect of the database. ``:rows`` is a JSON array of arrays."""

    def __init__(self, dialect: str) -> None:
        self._postgresql = dialect == "postgresql"
        text, integer, json = (partial(self._field, kind) for kind in _KINDS)
        rows = self._rows()
        taken = f"r.organization_id = {integer(1)} AND r.phone = {text(3)} AND r.deleted_at IS NULL"
        # what stands in the strings is this module's own, never a value
        self.existing = sa.text(
            f"SELECT {integer(0)} AS row_number, r.id, r.name, r.other_information"  # noqa: S608
            f" FROM {rows} CROSS JOIN recipients AS r WHERE {taken}"
            " AND coalesce(r.upload_id, 0) <> :upload"
        ).bindparams(sa.bindparam("upload", type_=sa.Integer()))
        self.insert_recipients = sa.text(
            "INSERT INTO recipients (organization_id, name, phone, other_information, search_text,"  # noqa: S608
            " registered_at, upload_id, version)"
            f" SELECT {integer(1)}, {text(2)}, {text(3)}, {text(4)}, {text(5)}, :moment, :upload, 1"
            f" FROM {rows} WHERE true"
            " ON CONFLICT (organization_id, phone) WHERE deleted_at IS NULL DO NOTHING"
        ).bindparams(
            sa.bindparam("moment", type_=UtcDateTime()), sa.bindparam("upload", type_=sa.Integer())
        )
        self.insert_created = sa.text(
            "INSERT INTO upload_rows"  # noqa: S608
            ' (upload_id, "row", result, recipient_id, given, reasons, warnings)'
            f" SELECT :upload, {integer(0)}, 'created', r.id, '{{}}', '[]', {json(6)}"
            f" FROM {rows} CROSS JOIN recipients AS r WHERE {taken}"
            " AND r.upload_id = :upload"
        ).bindparams(sa.bindparam("upload", type_=sa.Integer()))
        self.insert_others = sa.text(
            "INSERT INTO upload_rows"  # noqa: S608
            ' (upload_id, "row", result, recipient_id, given, reasons, warnings, about_id, phone_key)'
            f" SELECT :upload, {integer(0)}, {text(1)}, {integer(2)}, {json(3)}, {json(4)}, {json(5)},"
            f" {integer(6)}, {text(7)}"
            f" FROM {rows}"
        ).bindparams(sa.bindparam("upload", type_=sa.Integer()))

    def _rows(self) -> str:
        if self._postgresql:
            return "jsonb_array_elements(CAST(:rows AS jsonb)) AS j(value)"
        return "json_each(:rows) AS j"

    def _field(self, kind: str, at: int) -> str:
        if not self._postgresql:
            return f"json_extract(j.value, '$[{at}]')"
        if kind == "text":
            return f"j.value ->> {at}"
        return f"CAST(j.value ->> {at} AS {kind})"
