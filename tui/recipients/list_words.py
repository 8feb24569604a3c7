"""What the list says of itself: how many it lists, and why nobody is there. Pure."""

from core.recipients.dto import RecipientQuery
from core.values.i18n import _, ngettext


def count_text(matching: int, everything: int, query: RecipientQuery) -> str:
    """``1,234 recipients``, or ``56 of 1,234 recipients`` where the list is filtered."""
    if not query.is_filtered:
        return ngettext("{count} recipient", "{count} recipients", everything).format(
            count=f"{everything:,}"
        )
    return ngettext(
        "{matching} of {count} recipient", "{matching} of {count} recipients", everything
    ).format(matching=f"{matching:,}", count=f"{everything:,}")


def why_empty(*, is_view: bool, everything: int, may_add: bool, lacks_organization: bool) -> str:
    """Why nobody is listed, and the way out, in which the keys are still to be filled in.

    ``everything``: how many there are where nothing narrows the list.
    """
    if everything and is_view:
        return _("Nobody is in this view now. {keys[console.back]} leaves it.")
    if everything:
        return _(
            "No recipient matches. Press {keys[console.back]} to clear the search,"
            " {keys[recipients.detailed_search]} to change the filter."
        )
    if not may_add:
        return _("There are no recipients yet. An admin of the organization can add them.")
    if lacks_organization:
        return _(
            "There is no organization yet. Press {keys[recipients.add]} to add one, and its first recipient."
        )
    return _(
        "There are no recipients yet. Press {keys[recipients.add]} to add one,"
        " {keys[recipients.upload]} to upload an Excel file."
    )
