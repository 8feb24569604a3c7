"""The organization of a whole file, which a system admin may choose."""

from typing import Any

from core.values.i18n import _
from tui.forms.organization_field import OrganizationField
from tui.uploads.asked import HowToRead

_NONE = "-"


class FileOrganization(OrganizationField):
    """The one that stands for all rows, or none: then each names its own."""

    def __init__(self, how: HowToRead) -> None:
        hint = _("Optional, for the whole file; enter chooses. Without it each row names its own.")
        super().__init__(
            how.organization_id,
            how.organization,
            hint=hint,
            required=False,
            clears=True,
            none=_NONE,
        )

    @property
    def given(self) -> dict[str, Any]:
        """What of ``HowToRead`` was chosen."""
        name = "" if self.chosen is None else self.value
        return {"organization_id": self.chosen, "organization": name}
