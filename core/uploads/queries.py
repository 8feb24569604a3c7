"""Selects on uploads and their rows. Each is limited to what the actor may see."""

import re
from typing import Any

import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from core.app.actor import Actor
from core.db.models import (
    Admin,
    Call,
    Contact,
    FollowupAction,
    Memo,
    Organization,
    Participation,
    Recipient,
    Task,
    Upload,
    UploadRow,
)
from core.db.names import name_of
from core.db.rows import columns_of, made_of, one_or
from core.recipients.fields import TEXT_NAMES, TEXTS, FieldName, Kind
from core.recipients.listing.search import SEEN, others_contain, seen_digits_match
from core.recipients.listing.words import field_has, search_text_has
from core.recipients.masking import is_masked, without_digits, without_numbers
from core.recipients.rules import search_terms
from core.tags import queries as tagged
from core.tags.rules import joined
from core.uploads.dto import CODE, ResultFilter, ResultRow, RowResult, UploadSummary, failed_row
from core.uploads.rules import taken_words
from core.values.errors import NotFound
from core.values.i18n import _, told
from core.values.phone import hide, show
from core.values.settings import Settings
from core.values.stored import stored, stored_list, stored_object, stored_texts

_undoer = aliased(Admin)
_about = aliased(Recipient)
_EXAMPLES = re.compile(r"(010-1234-5678|\+82 10 1234 5678)")
_FAILED = UploadRow.result == RowResult.FAILED.value
_WARNED = sa.cast(UploadRow.warnings, sa.Text) != "[]"

_KEPT = ("row", "result", "recipient_id", "given", "reasons", "warnings", "phone_key")

_SUMMARY = columns_of(
    UploadSummary, Upload,
    admin=name_of(), undone_by=sa.func.coalesce(name_of(_undoer), ""),
    organization=sa.func.coalesce(Organization.name, ""),
)  # fmt: skip


def visible_uploads(actor: Actor) -> sa.ColumnElement[bool]:
    """The uploads that exist for the actor."""
    return sa.true() if actor.sees_all else Upload.organization_id == actor.organization_id


def summaries(actor: Actor) -> sa.Select[Any]:
    """The uploads, the newest first."""
    return (
        sa.select(*_SUMMARY)
        .join(Admin, Admin.id == Upload.admin_id)
        .outerjoin(Organization, Organization.id == Upload.organization_id)
        .outerjoin(_undoer, _undoer.id == Upload.undone_by)
        .where(visible_uploads(actor))
        .order_by(Upload.id.desc())
    )


def to_summary(row: Any) -> UploadSummary:
    """The DTO of a row of ``summaries``."""
    return replace(made_of(UploadSummary, row), notes=_told(row.notes))


async def summary(session: AsyncSession, actor: Actor, upload_id: int) -> UploadSummary:
    """One upload. Raises NotFound."""
    missing = NotFound(_("This upload does not exist (any more)."))
    select = summaries(actor).where(Upload.id == upload_id)
    return to_summary(await one_or(session, select, missing))


class RowQueries(Struct, frozen=True):
    """The rows of one upload that match, as the actor may see them."""

    actor: Actor
    upload_id: int
    wanted: ResultFilter
    settings: Settings

    @property
    def _masked(self) -> bool:
        return is_masked(self.actor, self.settings)

    def _conditions(self) -> list[sa.ColumnElement[bool]]:
        conditions = [UploadRow.upload_id == self.upload_id]
        if self.wanted.failed_only:
            conditions.append(_FAILED)
        if self.wanted.told_only:
            conditions.append(sa.or_(_FAILED, _WARNED))
        terms = search_terms(self.wanted.search, self.settings.region)
        return conditions + [self._contains(term) for term in terms]

    def _contains(self, term: str) -> sa.ColumnElement[bool]:
        given = UploadRow.given
        phone = given["phone"].as_string()
        for separator in "-. ":
            phone = sa.func.replace(phone, separator, "")
        if self._masked and term.isdigit():
            seen = phone.endswith(term) if len(term) <= SEEN else sa.false()
            return sa.or_(seen, *others_contain(term), seen_digits_match(term))
        texts = [field.name for field in TEXTS if field.kind is Kind.TEXT]
        found = [field_has(name, given[name.value].as_string(), term) for name in texts]
        if self._masked:
            if sum(map(str.isdigit, term)) >= SEEN:  # it may be the beginning of a number in a text
                found = others_contain(term)
            return sa.or_(field_has(FieldName.NAME, Recipient.name, term), *found)
        found.append(phone.contains(term, autoescape=True))
        return sa.or_(search_text_has(term), *found)

    def _joined(self, *columns: Any) -> sa.Select[Any]:
        # a recipient that has gone to another organization since is not shown to this one
        theirs = Recipient.id == UploadRow.recipient_id
        if not self.actor.sees_all:
            theirs = sa.and_(theirs, Recipient.organization_id == self.actor.organization_id)
        return (
            sa.select(*columns)
            .select_from(UploadRow)
            .outerjoin(Recipient, theirs)
            .outerjoin(Organization, Organization.id == Recipient.organization_id)
        )

    def _chosen(self, *columns: Any) -> sa.Select[Any]:
        select = self._joined(*columns) if self.wanted.search else sa.select(*columns)
        return select.where(*self._conditions())

    def count(self, *, failed: bool | None = None) -> sa.Select[Any]:
        """How many rows there are; ``failed``: only those that did, or did not."""
        return self._chosen(sa.func.count(UploadRow.row)).where(*_which(failed))

    def page(
        self, *, failed: bool | None = None, after: int = 0, offset: int = 0, limit: int
    ) -> sa.Select[Any]:
        """Rows in the order of the sheet, from behind row ``after``."""
        numbers = (
            self._chosen(UploadRow.row)
            .where(UploadRow.row > after, *_which(failed))
            .order_by(UploadRow.row)
            .offset(offset)
            .limit(limit)
        )
        # columns, since an object for each of very many rows costs as much as all else
        kept = (getattr(UploadRow, name) for name in _KEPT)
        recipient = (getattr(Recipient, name) for name in TEXT_NAMES)
        mine = sa.select(Upload.admin_id == self.actor.admin_id).where(Upload.id == self.upload_id)
        return (
            self._joined(*kept, *recipient, Organization.name, _about.name, mine.scalar_subquery())
            .outerjoin(_about, sa.and_(_about.id == UploadRow.about_id, *self._about_is_seen()))
            .where(UploadRow.upload_id == self.upload_id, UploadRow.row.in_(numbers))
            .order_by(UploadRow.row)
        )

    def _about_is_seen(self) -> list[sa.ColumnElement[bool]]:
        seen: list[sa.ColumnElement[bool]] = [_about.deleted_at.is_(None)]
        if not self.actor.sees_all:
            seen.append(_about.organization_id == self.actor.organization_id)
        return seen

    async def read(self, session: AsyncSession, page: sa.Select[Any]) -> list[ResultRow]:
        """The rows of a ``page``, those who are recipients with their tags."""
        found = [self._to_result(row) for row in (await session.execute(page)).all()]
        ids = {one.recipient_id for one in found if one.name and one.recipient_id is not None}
        tags = await tagged.of_each(session, sorted(ids))
        return [
            replace(one, tags=joined(tags[one.recipient_id])) if one.recipient_id in tags else one
            for one in found
        ]

    def _to_result(self, row: sa.Row[Any]) -> ResultRow:
        *texts, organization, about, mine = row[len(_KEPT) :]
        if row.result == RowResult.FAILED:
            return self._failed(row, about, mine=mine)
        given: dict[str, Any] = {
            name: text or "" for name, text in zip(TEXT_NAMES, texts, strict=True)
        }
        if phone := given[FieldName.PHONE]:
            phone = show(hide(phone) if self._masked else phone, self.settings.region)
        given[FieldName.PHONE.value] = phone
        return ResultRow(
            row=row.row,
            result=stored(RowResult, row.result),
            recipient_id=row.recipient_id,
            **given,
            organization=organization or "",
            warnings=tuple(map(self._readable, _told(row.warnings))),
        )

    def _failed(self, row: sa.Row[Any], about: str | None, *, mine: bool) -> ResultRow:
        stored_as = stored_object(row.given)
        given = {key: text for key, text in stored_as.items() if isinstance(text, str)}
        if not mine:  # what somebody uploaded is known to whoever did
            texts = {key: self._readable(text) for key, text in given.items()}
            if self._masked and FieldName.PHONE.value in texts:
                texts[FieldName.PHONE.value] = without_digits(given[FieldName.PHONE.value])
            given = texts
        taken = self._shown(row.phone_key or "")
        reasons = [
            self._readable(taken_words(one, about, taken))
            if isinstance(one, dict) and CODE in one
            else self._reason(told(one))
            for one in stored_list(row.reasons)
        ]
        return failed_row(
            row.row,
            {**given, "fields": stored_texts(stored_as.get("fields"))},
            reasons,
            list(map(self._readable, _told(row.warnings))),
        )

    def _reason(self, text: str) -> str:
        """The reason; how numbers are written, as it says, is shown whole."""
        parts = enumerate(_EXAMPLES.split(text))
        return "".join(part if at % 2 else self._readable(part) for at, part in parts)

    def _shown(self, key: str) -> str:
        return show(key, self.settings.region) if key.startswith("+") else key

    def _readable(self, text: str) -> str:
        return without_numbers(text) if self._masked else text


def _told(messages: object) -> tuple[str, ...]:
    """Messages as they are stored, in words; those of earlier versions are words already."""
    return tuple(words for words in map(told, stored_list(messages)) if words)


def _which(failed: bool | None) -> list[sa.ColumnElement[bool]]:
    if failed is None:
        return []
    return [_FAILED if failed else ~_FAILED]


def _exists(model: Any) -> sa.ColumnElement[bool]:
    return sa.exists().where(model.recipient_id == Recipient.id).correlate(Recipient)


def changed_since() -> sa.ColumnElement[bool]:
    """Whether anybody has done anything with a recipient since its upload created it, but for tags."""
    own = sa.or_(Contact.version != 1, Contact.created_at != Recipient.registered_at)
    return sa.or_(
        Recipient.version != 1,
        *map(_exists, (Participation, Call, Memo, FollowupAction, Task)),
        sa.exists().where(Contact.recipient_id == Recipient.id, own).correlate(Recipient),
    )


def created_by(upload_id: int) -> list[sa.ColumnElement[bool]]:
    """The recipients that the upload created and nobody has deleted."""
    return [Recipient.upload_id == upload_id, Recipient.deleted_at.is_(None)]
