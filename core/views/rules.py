"""What a view may be called, who may change one, and the ready-made ones. Pure."""

from collections.abc import Mapping

from msgspec import Struct

from core.recipients.dto import RecipientFilter, RecipientQuery
from core.recipients.fields import FieldName
from core.recipients.rules import Status
from core.values import text
from core.values.days import Ago
from core.values.i18n import N_, _
from core.values.roles import Role

NAME_MAXIMUM = 40
MOST = 50  # of one admin, and of one organization
COUNTED = 999  # so far is counted; there may be more


class ReadyMade(Struct, frozen=True):
    """A view that everybody has."""

    name: str
    query: RecipientQuery


def _ready(name: str, **asked: object) -> ReadyMade:
    found = RecipientFilter(**asked)  # type: ignore[arg-type]
    return ReadyMade(name, RecipientQuery(filter=found, sort=FieldName.LAST_CALL_AT))


# by the name that is kept and given to commands
READY_MADE: Mapping[str, ReadyMade] = {
    "emergencies": _ready(N_("Emergencies of this week"), emergency_from=Ago(of_week=True)),
    "not-reached": _ready(N_("Not reached 3 times in a row"), unanswered_streak=3),
    "resuming": _ready(N_("Paused, resuming within 7 days"), resumes_within=7),
    "no-call": _ready(
        N_("No call for 14 days"), no_call_days=14, statuses=frozenset({Status.IN_PROGRESS})
    ),
    "getting-worse": ReadyMade(
        N_("Getting worse"),
        RecipientQuery(
            filter=RecipientFilter(getting_worse=True), sort=FieldName.CHANGE, descending=False
        ),
    ),
}


def clean_name(value: str) -> str:
    """The name as it is kept. Raises InvalidInput (field ``name``)."""
    return text.line(value, field="name", label=_("Name"), minimum=1, maximum=NAME_MAXIMUM)


def why_not_change(organization_id: int | None, role: Role) -> str | None:
    """The reason why this role cannot change a view of an organization (None: the admin's own), or None."""
    if organization_id is None or role in (Role.SYSTEM, Role.ORGANIZATION):
        return None
    return _("The organization's views are changed by its admins; viewers change their own.")
