"""What a recipient may be and what may be done to it. Pure."""

import enum
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from core.values import phone, text
from core.values.errors import InvalidInput
from core.values.i18n import N_, _
from core.values.stored import Words

NAME_MAXIMUM = 20
SEARCH_MAXIMUM = 200
OTHER_INFORMATION_MAXIMUM = 30
PAUSE_REASON_MAXIMUM = 100

# Kept where a metric is none: sort columns are never NULL, so that one comparison finds the next page.
NO_VALUE = -1.0


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


@dataclass(frozen=True, slots=True)
class RecipientDraft:
    """What a person typed into the form, or a file gave: not yet normalised."""

    name: str
    phone: str
    other_information: str = ""
    organization_id: int | None = None


def clean_name(value: str) -> str:
    """The recipient name as it is stored. Raises InvalidInput (field ``name``)."""
    return text.line(
        value, field="name", label=_("Recipient name"), minimum=1, maximum=NAME_MAXIMUM
    )


def clean_other_information(value: str) -> str:
    """The other information as it is stored. Raises InvalidInput (field ``other_information``)."""
    return text.line(
        value,
        field="other_information",
        label=_("Other information"),
        maximum=OTHER_INFORMATION_MAXIMUM,
    )


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
    return check_resumes_at(datetime.combine(day, time(), zone).astimezone(UTC), now)


def clean(draft: RecipientDraft, region: str) -> RecipientDraft:
    """The draft normalised, the phone as E.164. Raises InvalidInput for the first field that breaks a rule."""
    return RecipientDraft(
        name=clean_name(draft.name),
        phone=phone.parse(draft.phone, region),
        other_information=clean_other_information(draft.other_information),
        organization_id=draft.organization_id,
    )


def search_text(name: str, e164: str, other_information: str, region: str) -> str:
    """What the quick search looks in: name, digits of the number, other information, a line each.

    It ends in two empty lines, so that each of its characters begins a run of three, as the search index
    wants it.
    """
    return "\n".join(
        (
            text.search_key(name),
            phone.search_digits(e164, region),
            text.search_key(other_information),
            "\n",
        )
    )


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
    terms = text.search_key(text.replace_forbidden(typed)).split()
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
