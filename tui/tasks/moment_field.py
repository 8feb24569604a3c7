"""A field for a time to come, which says how it reads what is typed."""

from datetime import datetime

from core.tasks.rules import check_later
from core.values.days import parse_moment
from core.values.errors import InvalidInput
from core.values.i18n import _
from core.values.times import now
from tui.format import CellFormat
from tui.forms.form_field import FormField


class MomentField(FormField):
    """Times are those of the recipient's organization. ``required``: nothing is no time."""

    def __init__(
        self, name: str, label: str, form: CellFormat, timezone: str | None, *, required: bool
    ) -> None:
        self._examples = _("2h, 14:30, +1 (tomorrow), mon 9:00, 2026-12-01 9:00")
        super().__init__(name, label, "", self._check, self._examples)
        self._form = form
        self._timezone = timezone
        self._required = required

    def moment(self) -> datetime | None:
        """The time that is typed, in UTC; None for nothing. Raises InvalidInput."""
        return self._parse(self.value)

    def required_moment(self) -> datetime:
        """The time that is typed, in UTC. Raises InvalidInput where none is."""
        moment = self.moment()
        if moment is None:
            raise _missing(self.field_name)
        return moment

    def _parse(self, typed: str) -> datetime | None:
        moment = now()
        found = parse_moment(typed, self._form.here(moment, self._timezone), field=self.field_name)
        if found is not None:
            check_later(found, moment)
        return found

    def _check(self, typed: str) -> None:
        if self._parse(typed) is None and self._required:
            raise _missing(self.field_name)

    def on_input_changed(self) -> None:
        """Say how it is read, as far as it can be."""
        try:
            found = self._parse(self.value)
        except InvalidInput:
            found = None
        self._hint = (
            _("that is {time}").format(time=self._form.near(found, now(), self._timezone))
            if found is not None
            else self._examples
        )
        self.show_reason("")


def _missing(field: str) -> InvalidInput:
    return InvalidInput(_("Say until when."), field=field)
