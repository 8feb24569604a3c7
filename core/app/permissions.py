"""Who may do what: every use case by role, in the own organization and in another one.

This is the contract; the services keep it within their transactions, and ``tests/core/test_permissions.py`` calls
every use case as every role on both sides and compares. A use case that is missing here fails that test.

``about`` says what a use case is about and in which argument it is named, so that a try on what belongs to
another organization, which is told as "not found", can be recorded as refused (``core.app.refusals``).
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, replace

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
    "admins.add": _system(),
    "admins.list": _list(),
    "admins.disable": _system(About.ADMIN_LOGIN, "login"),
    "admins.enable": _system(About.ADMIN_LOGIN, "login"),
    "admins.present": _SELF,
    "admins.preferences": _SELF,
    "admins.prefer": _SELF,
    "organizations.add": _system(),
    "organizations.list": _list(),
    "organizations.get": _read(About.ORGANIZATION, "organization_id"),
    "organizations.by_name": _read(About.ORGANIZATION_NAME, "name"),
    "organizations.rename": _system(About.ORGANIZATION, "organization_id"),
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
    "followups.list": _list(),
    "followups.get": _read(About.FOLLOWUP, "followup_id"),
    "followups.add": _write(About.CALL, "call_id"),
    "followups.edit": _write(About.FOLLOWUP, "followup_id"),
    "followups.delete": _write(About.FOLLOWUP, "followup_id"),
    "memos.list": _list(),
    "memos.get": _read(About.MEMO, "memo_id"),
    "memos.add": _write(About.RECIPIENT, "recipient_id"),
    "memos.edit": _write(About.MEMO, "memo_id"),
    "memos.delete": _write(About.MEMO, "memo_id"),
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
