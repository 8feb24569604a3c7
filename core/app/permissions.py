"""Which roles may do a use case, what it is about, what becomes of it, and whom it shows: what
``core.app.use_case`` is told.

Pure. What is not named here is not permitted, a role that is not known included.
"""

import enum

from msgspec import Struct

from core.values.errors import NotPermitted
from core.values.i18n import N_, _
from core.values.roles import Role


class Outcome(enum.Enum):
    """What becomes of a call."""

    DONE = "done"
    EMPTY = "empty"  # answered as if there were nothing of the kind
    OWN = "done in the own organization"
    NOT_FOUND = "not found"
    REFUSED = "refused"


class Shows(enum.Enum):
    """What a use case gives of people who are phoned, and so what is recorded of who asked it."""

    NOBODY = "nobody"  # numbers, organizations, settings, who works here
    ROWS = "rows"  # people; where a command prints them, that is recorded before they are given
    RECORDED = "recorded"  # people, or a change of them; the use case makes its own record


class About(enum.Enum):
    """What kind of thing an argument names."""

    NOTHING = ""
    RECIPIENT = "recipient"
    SELECTION = "recipient selection"
    DELETION = "recipient deletion"
    CALL = "call"
    CALL_OF_SYSTEM = "call of the calling system"
    MEMORY = "memory"
    FOLLOWUP = "followup"
    MEMO = "memo"
    CONTACT = "contact"
    TASK = "task"
    TAG = "tag"
    HANDOVER = "handover"
    VIEW = "view"
    ORGANIZATION = "organization"
    ORGANIZATION_NAME = "organization name"
    CAMPAIGN_NAME = "campaign name"
    UPLOAD = "upload"
    ADMIN_LOGIN = "admin login"

    @property
    def subject(self) -> str:
        """The subject of its audit records."""
        return self.value.partition(" ")[0]


class Permission(Struct, frozen=True):
    """The roles that may, and what the others are told."""

    roles: frozenset[Role]
    reason: str
    hint: str

    def why_not(self, role: Role) -> str | None:
        """The reason why this role may not, or None where it may."""
        if role in self.roles:
            return None
        return _(_ONLY_DELIVERS if role is Role.INGEST else self.reason)

    def require(self, role: Role) -> None:
        """Raise NotPermitted where this role may not."""
        if reason := self.why_not(role):
            delivers = role is Role.INGEST
            raise NotPermitted(reason, _(_FOR_DELIVERERS if delivers else self.hint))


_ONLY_DELIVERS = N_(
    "The role ingest delivers calls and reads the call list, and does nothing else."
)
_FOR_DELIVERERS = N_("Use carecall ingest and carecall call-list.")
_ASK = N_("Ask a system admin.")

READERS = Permission(
    frozenset({Role.SYSTEM, Role.ORGANIZATION, Role.VIEWER}), _ONLY_DELIVERS, _FOR_DELIVERERS
)
WRITERS = Permission(
    frozenset({Role.SYSTEM, Role.ORGANIZATION}),
    N_("The role viewer reads only."),
    N_("Ask an admin of the organization to change this."),
)
EXPORTERS = Permission(
    WRITERS.roles,
    N_("The role viewer hands out no data of a person."),
    N_("Ask an admin of the organization."),
)
AUDITORS = Permission(
    WRITERS.roles,
    N_("The role viewer does not see the audit records."),
    N_("Ask an admin of the organization."),
)
SYSTEM_ADMINS = Permission(frozenset({Role.SYSTEM}), N_("Only system admins may do this."), _ASK)
DELIVERERS = Permission(
    frozenset({Role.SYSTEM, Role.INGEST}),
    N_("Calls are delivered by the calling system only, with the role ingest."),
    _ASK,
)
CALLERS = Permission(frozenset(Role), _ONLY_DELIVERS, _FOR_DELIVERERS)
