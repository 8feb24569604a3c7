"""By which fields the detailed search narrows, for the heading. Pure."""

from core.recipients.dto import RecipientFilter
from core.recipients.fields import TEXTS
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
