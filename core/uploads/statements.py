"""Statements over thousands of rows at once.

Rows arrive as JSON texts: a trigger of the search index costs more for each statement than for each row, and so
does the driver; one JSON text is the same on every database (see ``docs/adr/0005-reading-workbooks.md``). To save
them, SQLite has them in temporary tables before anybody has to wait, and saves from these what they hold.
PostgreSQL lets the admins' own roles make none.
"""

from collections.abc import Callable
from functools import partial

import sqlalchemy as sa
from msgspec import Struct

from core.contacts.rules import Relation
from core.db.models import Recipient, UtcDateTime
from core.recipients.fields import MORE, TEXT_NAMES, GuardianField, TagField
from core.uploads import staging
from core.uploads.dto import CODE, FIELD
from core.uploads.rows import GoodRow, OtherRow, position
from core.uploads.rules import DIFFERS, TAKEN

_NAME, _PHONE = (field.value for field in GuardianField)
_TAGS = TagField.TAGS.value
_OTHER_GUARDIAN, _OTHER_TAGS = f"{DIFFERS} {_PHONE}", f"{DIFFERS} {_TAGS}"
_Field = Callable[[str], str]
_COLUMNS = ", ".join(TEXT_NAMES)
_COLUMNS_OF_R = ", ".join(f"r.{name}" for name in TEXT_NAMES)


class Statements:
    """The statements in the dialect of the database.

    ``:rows`` is a JSON array of arrays. Where rows were staged, no statement that saves has any: it is about all
    that were, and recipients have their IDs by the places of their rows, beyond ``:last``.

    Where a file gives tags, ``:tag_ids`` and ``:tag_names`` are JSON arrays by their numbers in the file; of a
    tag that is not there yet the ID is null.
    """

    def __init__(self, dialect: str) -> None:
        self.stages = dialect == "sqlite"
        self._postgresql = dialect == "postgresql"
        self.last = sa.select(sa.func.coalesce(sa.func.max(Recipient.id), 0))
        rows = self._unpacked()
        text, integer, json = self._fields_of(GoodRow)
        # what stands in the strings is this module's own, never a value
        self.existing = sa.text(
            f"SELECT {integer('row')} AS row_number, r.id, {_differs_in_guardian(text)}, {_COLUMNS_OF_R}"  # noqa: S608
            f" FROM {rows} CROSS JOIN recipients AS r WHERE {_taken(integer, text)}"
        )
        id_column, its_id = "", ""
        if self.stages:
            rows = f"{staging.table(GoodRow)} AS j"
            text = integer = json = partial(_staged, GoodRow)
            id_column, its_id = "id, ", f":last + j.{staging.PLACE}, "
        self.insert_recipients = _with_upload(
            f"INSERT INTO recipients ({id_column}organization_id, {_COLUMNS}, search_text,"  # noqa: S608
            " registered_at, upload_id, version)"
            f" SELECT {its_id}{integer('organization_id')}, {', '.join(map(text, TEXT_NAMES))},"
            f" {text('search_text')}, :moment, :upload, 1 FROM {rows} WHERE true"
            " ON CONFLICT (organization_id, phone) WHERE deleted_at IS NULL DO NOTHING"
        ).bindparams(sa.bindparam("moment", type_=UtcDateTime()))
        # behind all of them, which is quicker than one by one (SQLite only)
        self.make_found = _with_upload(
            "INSERT INTO recipient_search (rowid, search_text)"
            " SELECT id, search_text FROM recipients WHERE id > :last AND upload_id = :upload"
        )
        self.insert_guardians = _with_upload(
            "INSERT INTO contacts"  # noqa: S608
            " (recipient_id, place, relation, name, phone, created_at, updated_at, version)"
            f" SELECT r.id, 1, '{Relation.GUARDIAN}', {text(_NAME)}, {text(_PHONE)}, :moment, :moment, 1"
            f" FROM {rows} CROSS JOIN recipients AS r WHERE {_taken(integer, text)}"
            f" AND r.upload_id = :upload AND {text(_PHONE)} <> ''"
        ).bindparams(sa.bindparam("moment", type_=UtcDateTime()))
        given = f"{rows} CROSS JOIN recipients AS r CROSS JOIN {self._numbers(text)} AS n"
        created = f"{_taken(integer, text)} AND r.upload_id = :upload AND {text(_TAGS)} <> ''"
        # the numbers of the tags that are given to new recipients, and giving them
        self.tags_of_created = _with_upload(
            f"SELECT DISTINCT {self._number} FROM {given} WHERE {created}"  # noqa: S608
        )
        self.insert_tags = _with_upload(
            f"INSERT INTO recipient_tags (tag_id, recipient_id) SELECT {self._tag('ids', 'bigint')}, r.id"  # noqa: S608
            f" FROM {given} WHERE {created}"
        )
        columns = (
            "INSERT INTO upload_rows"
            ' (upload_id, "row", result, recipient_id, given, reasons, warnings, about_id, phone_key)'
        )
        # where all of them were created, and were staged
        self.insert_created = _with_upload(
            f"{columns} SELECT :upload, {integer('row')}, 'created', {its_id}'{{}}', '[]',"  # noqa: S608
            f" {json('warnings')}, NULL, NULL FROM {rows}"
        )
        # what each row came to: the same as ``is_unchanged`` and ``why_taken``
        self.insert_good = self._insert_good(columns, rows, (text, integer, json))
        self.insert_good_tagged = self._insert_good(
            columns, rows, (text, integer, json), tagged=True
        )
        text, integer, json = self._fields_of(OtherRow)
        if self.stages:
            rows = f"{staging.table(OtherRow)} AS j"
            text = integer = json = partial(_staged, OtherRow)
        self.insert_bad = _with_upload(
            f"{columns} SELECT :upload, {integer('row')}, {text('result')}, {integer('recipient_id')},"  # noqa: S608
            f" {json('given')}, {json('reasons')}, {json('warnings')}, {integer('about_id')},"
            f" {text('phone_key')} FROM {rows}"
        )

    def _insert_good(
        self,
        columns: str,
        rows: str,
        fields: tuple[_Field, _Field, _Field],
        *,
        tagged: bool = False,
    ) -> sa.TextClause:
        """The results of good rows; ``tagged``: of which some give tags."""
        text, integer, json = fields
        differs = {f"{DIFFERS} {field.name}": field.name.value for field in MORE}
        other_tags = f" WHEN {self._differs_in_tags(text)} THEN '{_OTHER_TAGS}'" if tagged else ""
        came_to = (
            f"SELECT r.id, {integer('row')} AS row_number, {text('phone')} AS phone,"  # noqa: S608
            f" {json('warnings')} AS warnings, CASE WHEN r.upload_id = :upload THEN 'created'"
            f" WHEN r.name <> {text('name')} THEN '{TAKEN}'"
            + "".join(
                f" WHEN {text(name)} NOT IN ('', r.{name}) THEN '{result}'"
                for result, name in differs.items()
            )
            + f" WHEN {_differs_in_guardian(text)} THEN '{_OTHER_GUARDIAN}'"
            f"{other_tags} ELSE 'unchanged' END AS result,"
            f" {self._given(integer, text, tagged=tagged)} AS given"
            f" FROM {rows} CROSS JOIN recipients AS r WHERE {_taken(integer, text)}"
        )
        reasons = {TAKEN: self._reason(TAKEN)} | {
            result: self._reason(DIFFERS, name)
            for result, name in {
                **differs,
                _OTHER_GUARDIAN: _PHONE,
                _OTHER_TAGS: _TAGS,
            }.items()
        }
        fails = f"result IN ({', '.join(map(_quoted, reasons))})"
        reason = " ".join(f"WHEN '{result}' THEN {made}" for result, made in reasons.items())
        return _with_upload(
            f"{columns} SELECT :upload, row_number, CASE WHEN {fails} THEN 'failed' ELSE result END,"  # noqa: S608
            f" CASE WHEN {fails} THEN NULL ELSE id END,"
            f" CASE WHEN {fails} THEN given ELSE {self._json('{}')} END,"
            f" CASE result {reason} ELSE {self._json('[]')} END,"
            f" warnings, CASE WHEN {fails} THEN id END, CASE WHEN {fails} THEN phone END"
            f" FROM ({came_to}) AS j"
        )

    def _unpacked(self) -> str:
        if self._postgresql:
            return "jsonb_array_elements(CAST(:rows AS jsonb)) AS j(value)"
        return "json_each(:rows) AS j"

    def _fields_of(self, struct: type[Struct]) -> tuple[_Field, _Field, _Field]:
        """What takes a named field out of the array of such a row: as text, integer, JSON."""

        def field_as(kind: str) -> _Field:
            return lambda name: self._at(kind, position(struct, name))

        return field_as("text"), field_as("integer"), field_as("json")

    def _at(self, kind: str, at: int) -> str:
        if not self._postgresql:
            return f"json_extract(j.value, '$[{at}]')"
        if kind == "text":
            return f"j.value ->> {at}"
        return f"CAST(j.value ->> {at} AS {kind})"

    def _json(self, written: str) -> str:
        return f"CAST('{written}' AS json)" if self._postgresql else f"'{written}'"

    def _reason(self, code: str, field: str = "") -> str:
        about = f', "{FIELD}": "{field}"' if field else ""
        return self._json(f'[{{"{CODE}": "{code}"{about}}}]')

    def _numbers(self, text: _Field) -> str:
        """The numbers of the tags of a row, one each."""
        given = f"nullif({text(_TAGS)}, '')"
        if self._postgresql:
            return f"jsonb_array_elements_text(CAST({given} AS jsonb))"
        return f"json_each({given})"

    @property
    def _number(self) -> str:
        return "CAST(n.value AS integer)"

    def _tag(self, what: str, kind: str) -> str:
        """What is given of the tag with the number: of ``ids`` or ``names``."""
        if self._postgresql:
            return f"CAST(CAST(:tag_{what} AS jsonb) ->> {self._number} AS {kind})"
        return f"json_extract(:tag_{what}, '$[' || n.value || ']')"

    def _differs_in_tags(self, text: _Field) -> str:
        """Whether tags are given, and those of the recipient are not the same."""
        has = "SELECT 1 FROM recipient_tags AS t WHERE t.recipient_id = r.id"
        return (
            f"({text(_TAGS)} <> '' AND ((SELECT count(*) FROM recipient_tags AS t WHERE t.recipient_id = r.id)"  # noqa: S608
            f" <> (SELECT count(*) FROM {self._numbers(text)}) OR EXISTS (SELECT 1 FROM {self._numbers(text)} AS n"
            f" WHERE NOT EXISTS ({has} AND t.tag_id = {self._tag('ids', 'bigint')}))))"
        )

    def _given(self, integer: _Field, text: _Field, *, tagged: bool) -> str:
        """What the file gave of a good row that fails all the same, without what it left blank."""
        name = f"(SELECT o.name FROM organizations AS o WHERE o.id = {integer('organization_id')})"  # noqa: S608
        texts = {one: f"nullif({text(one)}, '')" for one in (*TEXT_NAMES, _NAME, _PHONE)}
        texts["phone"] = text("given_phone")
        if tagged:
            join = "string_agg" if self._postgresql else "group_concat"
            texts[_TAGS] = (
                f"(SELECT {join}({self._tag('names', 'text')}, ', ') FROM {self._numbers(text)} AS n)"  # noqa: S608
            )
        pairs = ", ".join(f"'{one}', {value}" for one, value in texts.items())
        given = f"{pairs}, 'organization', {name}, 'fields',"
        if self._postgresql:
            made = f"""jsonb_build_object({given} CAST('["phone"]' AS jsonb))"""
            return f"CAST(jsonb_strip_nulls({made}) AS json)"
        # a patch takes out what is null
        return f"""json_patch('{{}}', json_object({given} json('["phone"]')))"""


def _taken(integer: _Field, text: _Field) -> str:
    return (
        f"r.organization_id = {integer('organization_id')} AND r.phone = {text('phone')}"
        " AND r.deleted_at IS NULL"
    )


def _differs_in_guardian(text: _Field) -> str:
    """Whether a guardian is given who is none of the recipient's."""
    return (
        f"({text(_PHONE)} <> '' AND NOT EXISTS (SELECT 1 FROM contacts AS c WHERE c.recipient_id = r.id"  # noqa: S608
        f" AND c.relation = '{Relation.GUARDIAN}' AND c.phone = {text(_PHONE)}"
        f" AND {text(_NAME)} IN ('', c.name)))"
    )


def _staged(struct: type[Struct], name: str) -> str:
    return f"j.{staging.column(struct, name)}"


def _quoted(text: str) -> str:
    return f"'{text}'"


def _with_upload(statement: str) -> sa.TextClause:
    return sa.text(statement).bindparams(sa.bindparam("upload", type_=sa.Integer()))
