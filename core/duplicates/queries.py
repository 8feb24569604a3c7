"""Selects on pairs of recipients that may be one person. Each is limited to what the actor may see."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from core.app.actor import Actor
from core.contacts.rules import Relation
from core.db.models import Contact, Recipient, ToldApart

_one, _other = aliased(Recipient), aliased(Recipient)
PAIR: tuple[Any, ...] = (_one.id, _other.id, _one.name, _other.name, _one.phone, _other.phone)
_HALF = 4  # digits
# offices and services are many people's
_OF_ONE = (Relation.GUARDIAN.value, Relation.NEIGHBOUR.value, Relation.OTHER.value)


def _seen(actor: Actor, organization_id: int | None) -> list[sa.ColumnElement[bool]]:
    """Both exist for the actor, and one of them in the organization, where only its own are asked for."""
    seen: list[sa.ColumnElement[bool]] = []
    for one in (_one, _other):
        seen.append(one.deleted_at.is_(None))
        if not actor.sees_all:
            seen.append(one.organization_id == actor.organization_id)
    if organization_id is not None:
        seen.append(
            sa.or_(
                _one.organization_id == organization_id, _other.organization_id == organization_id
            )
        )
    return seen


def _part(
    actor: Actor, organization_id: int | None, first: int, last: int
) -> list[sa.ColumnElement[bool]]:
    told_apart = sa.select(ToldApart.first_id).where(
        ToldApart.first_id == _one.id, ToldApart.second_id == _other.id
    )
    return [
        _one.id.between(first, last),
        _one.id < _other.id,
        ~told_apart.exists(),
        *_seen(actor, organization_id),
    ]


def same_number(actor: Actor, organization_id: int | None, first: int, last: int) -> sa.Select[Any]:
    """Pairs with one number, which only two organizations can have."""
    return (
        sa.select(*PAIR)
        .join_from(_one, _other, _one.phone == _other.phone)
        .where(*_part(actor, organization_id, first, last))
    )


def near_number(actor: Actor, organization_id: int | None, first: int, last: int) -> sa.Select[Any]:
    """Pairs of one name whose numbers share four digits at the end, or the four before them.

    Numbers that differ in a digit do; so they are found along the index of names, and not each with each.
    """
    halves = [
        sa.func.substr(_one.phone, sa.func.length(_one.phone) - back, _HALF)
        == sa.func.substr(_other.phone, sa.func.length(_other.phone) - back, _HALF)
        for back in (_HALF - 1, 2 * _HALF - 1)
    ]
    return (
        sa.select(*PAIR)
        .join_from(_one, _other, _one.name == _other.name)
        .where(_one.phone != _other.phone, sa.or_(*halves))
        .where(*_part(actor, organization_id, first, last))
    )


def shared_contact(
    actor: Actor, organization_id: int | None, first: int, last: int
) -> sa.Select[Any]:
    """Pairs with a contact of one number."""
    his, theirs = aliased(Contact), aliased(Contact)
    return (
        sa.select(*PAIR)
        .distinct()
        .join_from(_one, his, his.recipient_id == _one.id)
        .join(theirs, theirs.phone == his.phone)
        .join(_other, _other.id == theirs.recipient_id)
        .where(his.relation.in_(_OF_ONE), theirs.relation.in_(_OF_ONE))
        .where(sa.func.length(his.phone) > 2 * _HALF)  # a service's number is everybody's
        .where(*_part(actor, organization_id, first, last))
    )


def last_id(actor: Actor) -> sa.Select[Any]:
    """The least and the largest ID of the recipients that the actor may see."""
    ends: list[Any] = [sa.func.min(Recipient.id), sa.func.max(Recipient.id)]
    select = sa.select(*ends)
    if actor.sees_all:
        return select
    return select.where(Recipient.organization_id == actor.organization_id)
