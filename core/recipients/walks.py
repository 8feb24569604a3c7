"""The list in its order: selects that follow an index from an anchor on, and stop when a page is full.

Sorted by a column of their own, recipients have an index in that order. Sorted by the name of their organization
or campaign, they are walked group by group: the few groups in the order of their names, each by ID.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa

from core.models import Campaign, Organization, Recipient
from core.recipients import queries
from core.recipients.dto import Anchor, RecipientQuery, SortColumn
from core.recipients.masking import seen_number

Conditions = Sequence[sa.ColumnElement[bool]]

_IN_NO_CAMPAIGN = ""
SORT_KEYS: dict[SortColumn, sa.ColumnElement[Any]] = {
    SortColumn.ORGANIZATION: Organization.name_key,  # type: ignore[dict-item]
    SortColumn.NAME: Recipient.name,  # type: ignore[dict-item]
    SortColumn.PHONE: Recipient.phone,  # type: ignore[dict-item]
    SortColumn.OTHER_INFORMATION: Recipient.other_information,  # type: ignore[dict-item]
    SortColumn.REGISTERED_AT: Recipient.registered_at,  # type: ignore[dict-item]
    SortColumn.LAST_CALL_AT: Recipient.last_call_at,  # type: ignore[dict-item]
    SortColumn.TOTAL_CALLS: Recipient.total_calls,  # type: ignore[dict-item]
    SortColumn.CONNECTION_RATE: Recipient.connection_rate,  # type: ignore[dict-item]
    SortColumn.COMPLETION_RATE: Recipient.completion_rate,  # type: ignore[dict-item]
    SortColumn.ANSWER_LENGTH: Recipient.answer_length,  # type: ignore[dict-item]
    SortColumn.CALL_DURATION: Recipient.call_duration,  # type: ignore[dict-item]
    SortColumn.CAMPAIGN: sa.func.coalesce(Campaign.name_key, _IN_NO_CAMPAIGN),
    SortColumn.STATUS: Recipient.status,  # type: ignore[dict-item]
}
_GROUPED = (SortColumn.ORGANIZATION, SortColumn.CAMPAIGN)
_INDEXES = {
    column: f"ix_recipients_{name}"
    for column, name in {
        SortColumn.NAME: "name",
        SortColumn.PHONE: "phone",
        SortColumn.OTHER_INFORMATION: "other_information",
        SortColumn.REGISTERED_AT: "registered",
        SortColumn.LAST_CALL_AT: "last_call",
        SortColumn.TOTAL_CALLS: "total_calls",
        SortColumn.CONNECTION_RATE: "connection_rate",
        SortColumn.COMPLETION_RATE: "completion_rate",
        SortColumn.ANSWER_LENGTH: "answer_length",
        SortColumn.CALL_DURATION: "call_duration",
        SortColumn.STATUS: "status",
    }.items()
}
# an organization's own recipients, in these orders
_INDEXES_WITHIN = {
    SortColumn.REGISTERED_AT: "ix_recipients_organization",
    SortColumn.PHONE: "uq_recipients_phone",
}


_Rows = TypeVar("_Rows", sa.Select[Any], sa.CompoundSelect[Any])


def serves(index: str, narrowing: queries.Narrowing) -> bool:
    """Whether the index in order leads to what the narrowing leaves, too."""
    of_organization = narrowing.index == _INDEXES_WITHIN[SortColumn.REGISTERED_AT]
    return narrowing.index == index or (of_organization and index in _INDEXES_WITHIN.values())


def using(select: sa.Select[Any], index: str) -> sa.Select[Any]:
    """The select, bound to this index on SQLite ("": to none but the IDs), whatever its planner believes."""
    hint = f"INDEXED BY {index}" if index else "NOT INDEXED"
    return select.with_hint(Recipient, hint, "sqlite")


def _led_by(column: str) -> sa.ColumnElement[int]:
    # of an expression SQLite knows no index, so that it has to start from the groups
    return sa.literal_column(f"+{column}", sa.Integer())


@dataclass(frozen=True, slots=True)
class Walk:
    """A page of a query: from where, which way, how far. ``masked``: for a role that does not see numbers."""

    query: RecipientQuery
    anchor: Anchor | None
    backward: bool
    skip: int
    limit: int
    masked: bool

    @property
    def key(self) -> sa.ColumnElement[Any]:
        """What it is sorted by, before the ID."""
        hidden = self.masked and self.query.sort is SortColumn.PHONE
        return seen_number() if hidden else SORT_KEYS[self.query.sort]

    @property
    def down(self) -> bool:
        """Whether the values fall."""
        return self.query.descending != self.backward

    def index(self, *, within_organization: bool) -> str:
        """The index in this order, or "" where there is none."""
        if self.masked and self.query.sort is SortColumn.PHONE:
            return ""
        index = _INDEXES.get(self.query.sort, "")
        return _INDEXES_WITHIN.get(self.query.sort, index) if within_organization else index

    def order(self, key: Any) -> tuple[Any, ...]:
        """The terms to order by."""
        own = Recipient.id
        return (key.desc(), own.desc()) if self.down else (key.asc(), own.asc())

    def _after(self) -> Conditions:
        if self.anchor is None:
            return ()
        here, there = self._places(self.anchor)
        return (here < there if self.down else here > there,)

    def up_to(self, anchor: Anchor) -> Conditions:
        """What lies before the anchor, and itself."""
        here, there = self._places(anchor)
        return (here >= there if self.down else here <= there,)

    def _places(self, anchor: Anchor) -> tuple[sa.ColumnElement[Any], sa.ColumnElement[Any]]:
        value = _IN_NO_CAMPAIGN if anchor.value is None else anchor.value
        value = sa.literal(value, self.key.type)
        return sa.tuple_(self.key, Recipient.id), sa.tuple_(value, sa.literal(anchor.id))

    def select(self, conditions: Conditions, index: str | None = None) -> sa.Select[Any]:
        """The page, the sort value as last column; on SQLite by this index, or by none ("")."""
        select = queries.rows(self.key.label("sort_value")).where(*conditions, *self._after())
        select = select.order_by(*self.order(self.key))
        return self._cut(select if index is None else using(select, index))

    def boundary(self, conditions: Conditions, index: str, distance: int) -> sa.Select[Any]:
        """Sort value and ID of the recipient that so many rows lie before; read from the index alone."""
        select = sa.select(self.key, Recipient.id).where(*conditions, *self._after())
        return using(select.order_by(*self.order(self.key)).offset(distance).limit(1), index)

    @property
    def is_grouped(self) -> bool:
        """Whether recipients are sorted by something that is not their own."""
        return self.query.sort in _GROUPED

    def select_grouped(self, conditions: Conditions) -> sa.Select[Any] | sa.CompoundSelect[Any]:
        """The page, group by group."""
        arms = (
            self._of_organizations()
            if self.query.sort is SortColumn.ORGANIZATION
            else self._of_campaigns()
        )
        selects = [arm.where(*conditions) for arm in arms]
        direction = sa.desc if self.down else sa.asc
        order: tuple[Any, ...] = (direction("sort_value"), direction("id"))
        if len(selects) == 1:
            return self._cut(selects[0].order_by(*order))
        return self._cut(sa.union_all(*selects).order_by(*order))

    def _cut(self, select: _Rows) -> _Rows:
        return select.offset(self.skip or None).limit(self.limit)

    def _parts(self, key: Any) -> list[Conditions]:
        """The rest of the anchor's group, and the groups after it; all of them without an anchor."""
        if self.anchor is None:
            return [()]
        value, own = self.anchor.value, Recipient.id
        rest = (key == value, own < self.anchor.id if self.down else own > self.anchor.id)
        return [rest, (key < value if self.down else key > value,)]

    def _of_organizations(self) -> list[sa.Select[Any]]:
        key = Organization.name_key
        select: sa.Select[Any] = (
            sa.select(*queries.COLUMNS, key.label("sort_value"))
            .select_from(Organization)
            .join(Recipient, Recipient.organization_id == _led_by("organizations.id"))
            .outerjoin(Campaign, Campaign.id == Recipient.campaign_id)
        )
        select = using(select, "ix_recipients_of_organization")
        return [select.where(*part) for part in self._parts(key)]

    def _of_campaigns(self) -> list[sa.Select[Any]]:
        key = Campaign.name_key
        select: sa.Select[Any] = (
            sa.select(*queries.COLUMNS, key.label("sort_value"))
            .select_from(Campaign)
            .join(Recipient, Recipient.campaign_id == _led_by("campaigns.id"))
            .outerjoin(Organization, Organization.id == Recipient.organization_id)
        )
        # NULL, which comes before all names; of a constant SQLite would not see that it needs no sorting
        value = sa.type_coerce(Recipient.campaign_id, sa.String())
        none = queries.rows(value.label("sort_value"))
        none = none.where(Recipient.campaign_id.is_(None))
        select, none = (using(one, "ix_recipients_campaign") for one in (select, none))
        anchor, own = self.anchor, Recipient.id
        if anchor is not None and not anchor.value:
            none = none.where(own < anchor.id if self.down else own > anchor.id)
            return [none] if self.down else [none, select]
        arms = [select.where(*part) for part in self._parts(key)]
        return [*arms, none] if anchor is None or self.down else arms
