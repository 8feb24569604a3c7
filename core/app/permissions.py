"""Which roles may do a use case, what it is about, and what becomes of it: what ``core.app.use_case`` is told.

Pure. What is not named here is not permitted, a role that is not known included.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, replace

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
    ORGANIZATION = "organization"
    ORGANIZATION_NAME = "organization name"
    CAMPAIGN_NAME = "campaign name"
    UPLOAD = "upload"
    ADMIN_LOGIN = "admin login"

    @property
    def subject(self) -> str:
        """The subject of its audit records."""
        return self.value.partition(" ")[0]


@dataclass(frozen=True, slots=True)
class Permission:
    """The roles that may, and what the others are told."""

    roles: frozenset[Role]
    reason: str
    way_out: str

    def why_not(self, role: Role) -> str | None:
        """The reason why this role may not, or None where it may."""
        if role in self.roles:
            return None
        return _(_ONLY_DELIVERS if role is Role.INGEST else self.reason)

    def require(self, role: Role) -> None:
        """Raise NotPermitted where this role may not."""
        if reason := self.why_not(role):
            delivers = role is Role.INGEST
            raise NotPermitted(reason, _(_FOR_DELIVERERS if delivers else self.way_out))


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


@dataclass(frozen=True, slots=True)
class Rule:
    """The outcomes of a use case for the roles ``organization``, ``viewer`` and ``ingest``.

    The role ``system`` may do everything everywhere; a role that is not named here may do nothing. Use cases that
    belong to no organization have the same outcome in both columns.
    """

    organization: tuple[Outcome, Outcome]
    viewer: tuple[Outcome, Outcome]
    about: About = About.NOTHING
    argument: str = ""
    ingest: tuple[Outcome, Outcome] = (Outcome.REFUSED, Outcome.REFUSED)

    def outcome(self, role: Role, *, own: bool) -> Outcome:
        """What becomes of it for this role, in its own organization or in another one."""
        if role is Role.SYSTEM:
            return Outcome.DONE
        by_role = {
            Role.ORGANIZATION: self.organization,
            Role.VIEWER: self.viewer,
            Role.INGEST: self.ingest,
        }
        return by_role[role][0 if own else 1]


_DONE, _EMPTY, _OWN = Outcome.DONE, Outcome.EMPTY, Outcome.OWN
_NOT_FOUND, _REFUSED = Outcome.NOT_FOUND, Outcome.REFUSED


def _read(about: About, argument: str) -> Rule:
    """One thing is read: whoever may see its organization."""
    return Rule((_DONE, _NOT_FOUND), (_DONE, _NOT_FOUND), about, argument)


def _list() -> Rule:
    """Things are listed: those of the own organization."""
    return Rule((_DONE, _EMPTY), (_DONE, _EMPTY))


def _write(about: About, argument: str) -> Rule:
    """One thing is changed: by all but viewers."""
    return Rule((_DONE, _NOT_FOUND), (_REFUSED, _REFUSED), about, argument)


def _system(about: About = About.NOTHING, argument: str = "") -> Rule:
    """Only for system admins; what the others may not see is not found before that."""
    elsewhere = _NOT_FOUND if argument else _REFUSED
    return Rule((_REFUSED, elsewhere), (_REFUSED, _REFUSED), about, argument)


_SELF = Rule((_DONE, _DONE), (_DONE, _DONE))

MATRIX: Mapping[str, Rule] = {
    "recipients.window": _list(),
    "recipients.count": _list(),
    "recipients.counts": _list(),
    "recipients.index_of": _list(),
    "recipients.get": _read(About.RECIPIENT, "recipient_id"),
    "recipients.reveal": _read(About.RECIPIENT, "recipient_id"),
    "recipients.add": Rule((_DONE, _OWN), (_REFUSED, _REFUSED)),
    "recipients.edit": _write(About.RECIPIENT, "recipient_id"),
    "recipients.delete": _write(About.SELECTION, "selection"),
    "deletions.window": Rule((_DONE, _EMPTY), (_REFUSED, _REFUSED)),
    "deletions.count": Rule((_DONE, _EMPTY), (_REFUSED, _REFUSED)),
    "deletions.latest": Rule((_DONE, _EMPTY), (_REFUSED, _REFUSED)),
    "deletions.undo": _write(About.DELETION, "deletion_id"),
    "deletions.restore": _write(About.SELECTION, "selection"),
    "deletions.restore_with": _write(About.RECIPIENT, "recipient_id"),
    "participations.of_recipient": _list(),
    "participations.pause": _write(About.SELECTION, "selection"),
    "participations.resume": _write(About.SELECTION, "selection"),
    "campaigns.add": _write(About.ORGANIZATION_NAME, "organization"),
    "campaigns.list": _list(),
    "campaigns.participants": _list(),
    "campaigns.start": _write(About.CAMPAIGN_NAME, "name"),
    "campaigns.end": _write(About.CAMPAIGN_NAME, "name"),
    "campaigns.enroll": _write(About.CAMPAIGN_NAME, "name"),
    "campaigns.withdraw": _write(About.CAMPAIGN_NAME, "name"),
    "campaigns.call_list": replace(
        _read(About.CAMPAIGN_NAME, "campaign"), ingest=(_DONE, _NOT_FOUND)
    ),
    "calls.window": _list(),
    "calls.count": _list(),
    "calls.index_of": _read(About.CALL, "call_id"),
    "calls.get": _read(About.CALL, "call_id"),
    "calls.by_external_id": _read(About.CALL_OF_SYSTEM, "external_id"),
    "calls.latest_without_followup": _list(),
    "calls.next_emergency": _list(),
    "ingest.take_in": Rule((_REFUSED, _REFUSED), (_REFUSED, _REFUSED), ingest=(_DONE, _EMPTY)),
    "ingest.held": _system(),
    "ingest.held_summary": _system(),
    "ingest.retry": _system(),
    "ingest.drop": _system(),
    "feedback.give": _write(About.CALL, "call_id"),
    "memory.list": _list(),
    "memory.get": _read(About.MEMORY, "memory_id"),
    "memory.history": _read(About.MEMORY, "memory_id"),
    "memory.edit": _write(About.MEMORY, "memory_id"),
    "memory.reset": _write(About.MEMORY, "memory_id"),
    "voice.look_at": _read(About.CALL, "call_id"),
    "voice.open_voice": _read(About.CALL, "call_id"),
    "voice.open_by_external_id": _read(About.CALL_OF_SYSTEM, "external_id"),
    "uploads.take_in": _write(About.ORGANIZATION_NAME, "organization"),
    "uploads.uploads": _list(),
    "uploads.count": _list(),
    "uploads.get": _read(About.UPLOAD, "upload_id"),
    "uploads.results": _read(About.UPLOAD, "upload_id"),
    "uploads.count_results": _read(About.UPLOAD, "upload_id"),
    "uploads.all_results": _read(About.UPLOAD, "upload_id"),
    "uploads.write_results": _read(About.UPLOAD, "upload_id"),
    "uploads.correct_row": _write(About.UPLOAD, "upload_id"),
    "uploads.undo": _write(About.UPLOAD, "upload_id"),
    "downloads.write": _list(),
    "written.list": _SELF,
    "written.fetch": _SELF,
    "written.delete": _SELF,
    "audit.list": Rule((_DONE, _EMPTY), (_REFUSED, _REFUSED)),
    "audit.verify": _system(),
    "retention.erase_expired": _system(),
    "backup.make": _system(),
}

# Called before anybody acts, or by the console itself.
WITHOUT_ACTOR = frozenset({"admins.sign_in", "admins.first_admin", "participations.resume_due"})
# Parts of other use cases, within their transaction and with their actor.
WITHIN_TRANSACTION = frozenset(
    {
        "recipients.insert",
        "recipients.refuse_taken",
        "recipients.telling",
        "recipients.chosen",
        "recipients.delete_these",
    }
)
