"""What a memo may say and who may change it. Pure."""

from core.values import text
from core.values.i18n import _

TEXT_MAXIMUM = 500


def clean_text(value: str) -> str:
    """The memo as it is stored. Raises InvalidInput (field ``text``)."""
    return text.note(value, field="text", label=_("Memo"), minimum=1, maximum=TEXT_MAXIMUM)


def why_not_change(author_id: int, admin_id: int) -> str | None:
    """The reason why this admin cannot edit or delete a memo of that author, or None."""
    if author_id == admin_id:
        return None
    return _("Only the author of a memo may edit or delete it.")
