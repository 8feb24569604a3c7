"""By which fields the detailed search narrows, for the heading. Pure."""

from core.recipients.dto import RecipientFilter, RecipientQuery
from core.recipients.fields import BY_NAME, TEXTS
from core.values.i18n import N_, _

_LABELS = {
    **{field.name.value: field.heading for field in TEXTS},
    "statuses": N_("Status"),
    "organization": N_("Organization"),
    "campaign": N_("Campaign"),
    "registered_from": N_("Registered at"),
    "registered_to": N_("Registered at"),
    "last_call_from": N_("Last call at"),
    "last_call_to": N_("Last call at"),
    "analyses": N_("Analysis"),
    "unanswered_streak": N_("Unanswered"),
    "results": N_("Last call"),
    "emergency_from": N_("Emergency since"),
    "resumes_within": N_("Resumes soon"),
    "no_call_days": N_("No call"),
    "getting_worse": N_("Change"),
    "tags": N_("Tags"),
}
_NOTHING = RecipientFilter()


def fields(wanted: RecipientFilter) -> list[str]:
    """The labels of the fields that are filled in, each once."""
    asked = (
        _(label)
        for name, label in _LABELS.items()
        if getattr(wanted, name) != getattr(_NOTHING, name)
    )
    return list(dict.fromkeys(asked))


def asked(query: RecipientQuery) -> list[str]:
    """What is searched for, and by what it is narrowed; nothing where all are listed."""
    found = [f"/{query.search}"] if query.search else []
    if query.filter:
        found.append(_("filtered: {fields}").format(fields=", ".join(fields(query.filter))))
    return found


def order(query: RecipientQuery) -> str:
    """By what it is sorted, and which way."""
    return f"{_(BY_NAME[query.sort].heading)} {'▼' if query.descending else '▲'}"


def asked_words(query: RecipientQuery) -> str:
    """The same in a line, with the order."""
    return " · ".join([*asked(query), order(query)])
