"""What a recipient may be and what may be done to it. Pure."""

import enum
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct, field
from msgspec.structs import replace

from core.recipients.fields import MORE, TEXTS, Given
from core.tags.rules import clean_change
from core.values import phone, text
from core.values.errors import InvalidInput
from core.values.hangul import sought
from core.values.i18n import N_, _
from core.values.stored import Words
from core.values.times import midnight

SEARCH_MAXIMUM = 200
PAUSE_REASON_MAXIMUM = 100


class Status(enum.IntEnum):
    """Where a recipient stands, from its campaigns; the order is that of the sorted list."""

    NONE = 0
    SCHEDULED = 1
    IN_PROGRESS = 2
    PAUSED = 3
    ENDED = 4


STATUS_WORDS = Words(
    {
        Status.NONE: N_("none"),
        Status.SCHEDULED: N_("scheduled"),
        Status.IN_PROGRESS: N_("in progress"),
        Status.PAUSED: N_("paused"),
        Status.ENDED: N_("ended"),
    }
)
STATUS_NAMES = {
    Status.NONE: "none",
    Status.SCHEDULED: "scheduled",
    Status.IN_PROGRESS: "in-progress",
    Status.PAUSED: "paused",
    Status.ENDED: "ended",
}


class RecipientDraft(Given, frozen=True, kw_only=True):
    """What a person typed into the form, or a file gave: not yet normalised."""

    organization_id: int | None = None


class ManyDraft(Struct, frozen=True):
    """What several are to have: texts by field in the place of theirs, an organization, tags more and fewer.

    Name and number, which are everybody's own, cannot be among them.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    organization_id: int | None = None
    add: Sequence[str] = ()
    remove: Sequence[str] = ()

    @property
    def fields(self) -> list[str]:
        """The names of what is changed."""
        names = set(self.texts)
        names |= {"organization_id"} if self.organization_id is not None else set()
        return sorted(names | ({"tags"} if self.add or self.remove else set()))


def clean_many(draft: ManyDraft, region: str) -> ManyDraft:
    """The draft normalised. Raises InvalidInput for the first field that breaks a rule, or where none is given."""
    own = {one.name.value: one for one in MORE}
    texts = {name: own[name].clean(typed, region) for name, typed in draft.texts.items()}
    add, remove = clean_change(draft.add, draft.remove)
    cleaned = ManyDraft(texts, draft.organization_id, add, remove)
    if not cleaned.fields:
        raise InvalidInput(_("Say what is to be changed."))
    return cleaned


def clean_pause_reason(value: str) -> str:
    """The reason of a pause as it is stored. Raises InvalidInput (field ``reason``)."""
    return text.line(value, field="reason", label=_("Reason"), maximum=PAUSE_REASON_MAXIMUM)


def check_resumes_at(moment: datetime, now: datetime) -> datetime:
    """When a pause ends by itself. Raises InvalidInput (field ``resumes_at``) where that is over."""
    if moment <= now:
        raise InvalidInput(_("The date to resume must be in the future."), field="resumes_at")
    return moment


def resumes_on(day: date, zone: ZoneInfo, now: datetime) -> datetime:
    """The moment (UTC) at which a pause until this day ends. Raises InvalidInput where that is over."""
    return check_resumes_at(midnight(day, zone), now)


def clean(draft: RecipientDraft, region: str) -> RecipientDraft:
    """The draft normalised, the phone as E.164. Raises InvalidInput for the first field that breaks a rule."""
    texts: dict[str, Any] = {
        one.name.value: one.clean(getattr(draft, one.name), region) for one in TEXTS
    }
    return replace(draft, **texts)


def search_terms(typed: str, region: str) -> tuple[str, ...]:
    """The terms that must all be in the search text. A number may be typed in any way.

    Raises InvalidInput for what is longer than any search text.
    """
    if digits := phone.typed_digits(typed, region):
        return (digits,)
    if len(typed) > SEARCH_MAXIMUM:
        raise InvalidInput(
            _("A search may have at most {maximum} characters.").format(maximum=SEARCH_MAXIMUM),
            field="search",
        )
    terms = sought(text.replace_forbidden(typed)).split()
    return tuple(phone.typed_digits(term, region) or term for term in terms)


def why_not_pause(status: Status) -> str | None:
    """The reason why a recipient in this status cannot be paused, or None where it can."""
    return {
        Status.IN_PROGRESS: None,
        Status.PAUSED: _("The recipient is paused already."),
        Status.SCHEDULED: _(
            "The campaign has not started yet; only one in progress can be paused."
        ),
        Status.ENDED: _("The campaign has ended; only one in progress can be paused."),
        Status.NONE: _("The recipient is in no campaign; there is nothing to pause."),
    }.get(status, _("The status of the recipient cannot be read."))


def why_not_resume(status: Status) -> str | None:
    """The reason why a recipient in this status cannot be resumed, or None where it can."""
    return None if status is Status.PAUSED else _("The recipient is not paused.")
