"""The keys by which the columns of a sheet get their fields: the digits."""

from collections.abc import Callable
from typing import Any

from core.recipients.fields import SHEET
from core.values.i18n import N_
from tui.action import Need, Scope, place
from tui.everywhere import IN_DIALOGS
from tui.forms import actions as forms

COLUMNS = Scope("columns", N_("Columns of a sheet"))


def _choose(field: str) -> Callable[[Any], None]:
    return lambda columns: columns.set_field(field)


for _at, _field in enumerate(SHEET, 1):
    COLUMNS.declare(
        f"field_{_field.name}", str(_at), _field.typed.label if _field.typed else "",
        do=_choose(_field.name.value), needs=Need.NOTHING, command="upload",
    )  # fmt: skip
COLUMNS.declare(
    "field_none", "0", N_("not read"), do=_choose(""), needs=Need.NOTHING, command="upload"
)
COLUMNS_DIALOG = place(COLUMNS, forms.CHOICES, forms.FORM, IN_DIALOGS)
