"""The list in its order: selects that follow an index from an anchor on, and stop when a page is full.

Those without a value come last, whichever way the others are sorted: the list is walked in two stretches then.
Sorted by a column of their own, recipients have an index in that order. Sorted by the name of their organization
or campaign, they are walked group by group: the few groups in the order of their names, each by ID.
"""

import operator
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncSession

from core.db.models import Campaign, Organization, Recipient
from core.recipients import queries
from core.recipients.dto import Anchor, RecipientQuery
from core.recipients.fields import BY_NAME, FIELDS, FieldName
from core.recipients.listing import search

Conditions = Sequence[sa.ColumnElement[bool]]

IN_NO_CAMPAIGN = ""
SORT_KEYS: dict[str, Any] = {
    field.name.value: getattr(Recipient, field.stored_in) for field in FIELDS if field.index
} | {
    FieldName.ORGANIZATION.value: Organization.name_key,
    FieldName.CAMPAIGN.value: sa.func.coalesce(Campaign.list_key, IN_NO_CAMPAIGN),
}
# what stands in the column of those who have no value; less than every value
_NO_VALUES: dict[str, Any] = {
    field.name.value: field.purged for field in FIELDS if field.optional and field.index
} | {FieldName.CAMPAIGN.value: IN_NO_CAMPAIGN}
_GROUPED = (FieldName.ORGANIZATION, FieldName.CAMPAIGN)


Pages = sa.Select[Any] | sa.CompoundSelect[Any]
_Rows = TypeVar("_Rows", sa.Select[Any], Pages)


def with_index(select: sa.Select[Any], index: str) -> sa.Select[Any]:
    """The select, bound to this index on SQLite ("": to none but the IDs), whatever its planner believes."""
    hint = f"INDEXED BY {index}" if index else "NOT INDEXED"
    return select.with_hint(Recipient, hint, "sqlite")


def behind(text: str) -> str:
    """What all texts that begin so are less than."""
    return text[:-1] + chr(ord(text[-1]) + 1)


def _led_by(column: str) -> sa.ColumnElement[int]:
    # of an expression SQLite knows no index, so that it has to start from the groups
    return sa.literal_column(f"+{column}", sa.Integer())


async def fetched(session: AsyncSession, select: sa.Executable) -> Sequence[Any]:
    """The rows that the select finds."""
    found: Sequence[Any] = (await session.execute(select)).all()
    return found


class KeysetPage(Struct, frozen=True):
    """A page of a query: from where, which way, how far. ``masked``: for a role that does not see numbers.

    ``without_value``: only those without a value to sort by, or only the others (None: all).
    """

    query: RecipientQuery
    anchor: Anchor | None
    backward: bool
    skip: int
    limit: int
    masked: bool
    without_value: bool | None = None

    def stretches(self) -> "list[KeysetPage]":
        """The keyset in parts that follow each other: those with a value, then those without."""
        if self.query.sort not in _NO_VALUES:
            return [self]
        stretches = [replace(self, without_value=without) for without in (False, True)]
        if self.backward:
            stretches.reverse()
        if self.anchor is None:
            return stretches
        begun = self.anchor.value in (self._no_value, None)
        first, last = stretches
        return [last] if begun is last.without_value else [first, replace(last, anchor=None)]

    @property
    def _no_value(self) -> Any:
        return _NO_VALUES.get(self.query.sort)

    @property
    def _within(self) -> Conditions:
        if self.without_value is None:
            return []
        if self.query.sort is FieldName.CAMPAIGN:
            own = Recipient.campaign_id
            return [own.is_(None) if self.without_value else own.is_not(None)]
        return [self.key == self._no_value if self.without_value else self.key > self._no_value]

    @property
    def key(self) -> sa.ColumnElement[Any]:
        """What it is sorted by, before the ID."""
        hidden = self.masked and self.query.sort is FieldName.PHONE
        return search.seen_number() if hidden else SORT_KEYS[self.query.sort]

    @property
    def down(self) -> bool:
        """Whether the values fall."""
        return self.query.descending != self.backward

    def index(self, *, within_organization: bool) -> str:
        """The index in this order, or "" where there is none."""
        if self.masked and self.query.sort is FieldName.PHONE:
            return ""
        if within_organization and self.query.sort is FieldName.REGISTERED_AT:
            return search.WITHIN_ORGANIZATION
        return BY_NAME[self.query.sort].index

    def select(self, conditions: Conditions) -> sa.Select[Any]:
        """The page, found and sorted as the database likes; the sort value is the last column."""
        select = queries.rows(self.key.label("sort_value")).where(*conditions, *self.left)
        return self.cut(select.order_by(*self.order(self.key, Recipient.id)))

    @property
    def left(self) -> Conditions:
        """That somebody is in the keyset, from its anchor on."""
        if self.anchor is None:
            return self._within
        value = IN_NO_CAMPAIGN if self.anchor.value is None else self.anchor.value
        here = sa.tuple_(self.key, Recipient.id)
        there = sa.tuple_(sa.literal(value, self.key.type), sa.literal(self.anchor.id))
        return [*self._within, here < there if self.down else here > there]

    def by_index(self, index: str, conditions: Conditions, end: Anchor | None = None) -> Pages:
        """The page, read along the index in this order; not beyond ``end``, where there is one."""
        select = with_index(queries.rows(self.key.label("sort_value")).where(*conditions), index)
        return self.cut(self.merged(select.where(*part) for part in self.parts(self.key, end)))

    def boundary(
        self, index: str, conditions: Conditions, distance: int, end: Anchor | None = None
    ) -> Pages:
        """Sort value and ID of the recipient so many rows further; read from the index alone."""
        columns = (self.key.label("sort_value"), Recipient.id.label("id"))
        select = with_index(sa.select(*columns).where(*conditions), index)
        merged = self.merged(select.where(*part) for part in self.parts(self.key, end))
        return merged.offset(distance).limit(1)

    def within(self, ranges: Iterable[tuple[str, str]]) -> "Iterator[tuple[KeysetPage, Anchor]]":
        """What is left of the keyset where values begin so, first and last of each range; and the end of each."""
        for first, last in sorted(ranges, reverse=self.down):
            # no recipient has the ID 0
            places: list[tuple[Any, int]] = [(first, 0), (behind(last), 0)]
            begin, end = reversed(places) if self.down else places
            if self.anchor is not None:
                here = self.anchor.value, self.anchor.id
                begin = min(begin, here) if self.down else max(begin, here)
            if begin > end if self.down else begin < end:
                yield replace(self, anchor=Anchor(*begin)), Anchor(*end)

    @property
    def is_grouped(self) -> bool:
        """Whether recipients are sorted by something that is not their own."""
        return self.query.sort in _GROUPED

    def by_group(self, conditions: Conditions) -> Pages:
        """The page, group by group."""
        of_organizations = self.query.sort is FieldName.ORGANIZATION
        branches = self._of_organizations() if of_organizations else self._of_campaigns()
        return self.cut(self.merged(branch.where(*conditions) for branch in branches))

    def order(self, *terms: Any) -> list[Any]:
        return [sa.desc(term) if self.down else sa.asc(term) for term in terms]

    def merged(self, branches: Iterable[sa.Select[Any]]) -> Pages:
        first, *others = branches
        merged: Pages = sa.union_all(first, *others) if others else first
        return merged.order_by(*self.order("sort_value", "id"))

    def cut(self, select: _Rows) -> _Rows:
        return select.offset(self.skip or None).limit(self.limit)

    def beyond(self) -> Conditions:
        """Of those who have the anchor's value, the ones that come after it."""
        own: Any = Recipient.id
        if self.anchor is None:
            return ()
        return (own < self.anchor.id if self.down else own > self.anchor.id,)

    def parts(self, key: Any, end: Any = None) -> list[Conditions]:
        """From the anchor to the end in parts, each of which is one stretch of an index by (key, ID).

        Of a comparison of pairs SQLite takes only the keys to the index, and would look through all that have
        the anchor's key: half the list, where many share one.
        """
        start: Any = self.anchor
        own: Any = Recipient.id
        after, before = (operator.lt, operator.gt) if self.down else (operator.gt, operator.lt)
        begun = self.beyond()
        up_to = operator.ge if self.down else operator.le
        ended: Conditions = () if end is None else (up_to(own, end.id),)
        if self.without_value:
            return [(key == self._no_value, *begun, *ended)]
        if start is not None and end is not None and start.value == end.value:
            return [(key == start.value, *begun, *ended)]
        between: list[sa.ColumnElement[bool]] = []
        parts: list[Conditions] = [between]
        if start is not None:
            between.append(after(key, start.value))
            parts.insert(0, (key == start.value, *begun))
        if end is not None:
            between.append(before(key, end.value))
            parts.append((key == end.value, *ended))
        if self.without_value is False and (end if self.down else start) is None:
            between.append(
                key > self._no_value
            )  # only where nothing else bounds the index on this side
        return parts

    def _of_organizations(self) -> list[sa.Select[Any]]:
        groups = (Organization, Organization.name_key, Recipient.organization_id)
        other = (Campaign, Campaign.id == Recipient.campaign_id)
        return self._of_groups(groups, other, "ix_recipients_of_organization")

    def _of_campaigns(self) -> list[sa.Select[Any]]:
        index = "ix_recipients_campaign"
        if self.without_value:
            # NULL; of a constant SQLite would not see that it needs no sorting
            value = sa.type_coerce(Recipient.campaign_id, sa.String())
            none = queries.rows(value.label("sort_value")).where(*self._within, *self.beyond())
            return [with_index(none, index)]
        groups = (Campaign, Campaign.list_key, Recipient.campaign_id)
        other = (Organization, Organization.id == Recipient.organization_id)
        return self._of_groups(groups, other, index)

    def _of_groups(
        self, groups: tuple[Any, Any, Any], other: tuple[Any, Any], index: str
    ) -> list[sa.Select[Any]]:
        """From the groups (their key, and the column that names one) to who is in each."""
        table, key, own = groups
        select: sa.Select[Any] = (
            sa.select(*queries.COLUMNS, key.label("sort_value"))
            .select_from(table)
            .join(Recipient, own == _led_by(f"{table.__tablename__}.id"))
            .outerjoin(*other)
        )
        return [with_index(select, index).where(*part) for part in self.parts(key)]
