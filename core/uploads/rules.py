"""What a row of a sheet must be to become a recipient, and what two rows are to each other. Pure."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from core.recipients.rules import clean_name, clean_other_information, search_text
from core.uploads import cells
from core.uploads.cells import Mark
from core.uploads.headers import Column
from core.values.errors import InvalidInput
from core.values.i18n import _
from core.values.text import bounded, line, replace_forbidden, search_key

GIVEN_LONGEST = 100  # characters of a cell kept of a row
REASON_MAXIMUM = 200  # characters
_REMEMBERED = 4_096  # texts
_FAILED = "failed"
TAKEN, DIFFERS = "taken", "differs"  # codes of reasons
_LONGEST_KEY = 15
_NO_MARKS: Mapping[Column, Mark] = {}

# row, organization_id, name, phone, other_information, search_text, warnings, phone as the file gave it
GoodRow = tuple[int, int, str, str, str, str, list[str], str]
# row, result, recipient_id, what the file gave and the fields of the reasons, reasons, warnings,
# the recipient that it is about, its number or the digits of what is none
OtherRow = tuple[int, str, int | None, dict[str, Any], list[Any], list[str], int | None, str | None]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that breaks rules: what the file gave, and why it fails, a field for each reason."""

    row: int
    given: dict[str, str]
    reasons: list[str]
    fields: list[str]
    warnings: list[str]
    phone_key: str

    @property
    def size(self) -> int:
        """How many characters its texts have."""
        return sum(map(len, (*self.given.values(), *self.reasons, *self.warnings)))

    def as_other(self) -> OtherRow:
        """The row as it is stored."""
        given = {**self.given, "fields": self.fields}
        key = self.phone_key or None
        return (self.row, _FAILED, None, given, self.reasons, self.warnings, None, key)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which organizations the rows may name, by search key, and which one stands where none is named."""

    organizations: Mapping[str, int]
    chosen: int | None
    chosen_name: str


@dataclass(slots=True)
class _Findings:
    reasons: list[str] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def reason(self, error: InvalidInput, name: str) -> None:
        self.reasons.append(str(error))
        self.fields.append(name)


class RowChecker:
    """Checks the rows of one sheet, one after the other."""

    def __init__(self, region: str, scope: Scope) -> None:
        self._region = region
        self._scope = scope
        self._first_rows: dict[tuple[int, str], int] = {}
        # the same few texts come again and again in a sheet
        self._clean_name = lru_cache(_REMEMBERED)(clean_name)
        self._clean_other = lru_cache(_REMEMBERED)(clean_other_information)
        self._organization_of = lru_cache(_REMEMBERED)(self._find_organization)

    def check(
        self,
        row: int,
        values: Mapping[Column, object],
        marks: Mapping[Column, Mark] = _NO_MARKS,
        warnings: Sequence[str] = (),
    ) -> GoodRow | BadRow:
        """The row as a recipient, or every reason why it cannot be one. ``row`` counts from 1."""
        found = _Findings(warnings=list(warnings))
        name = self._name(values.get(Column.NAME), marks.get(Column.NAME), found)
        number, given_phone = self._phone(values.get(Column.PHONE), marks.get(Column.PHONE), found)
        other = self._other(
            values.get(Column.OTHER_INFORMATION), marks.get(Column.OTHER_INFORMATION), found
        )
        organization = self._organization(
            values.get(Column.ORGANIZATION), marks.get(Column.ORGANIZATION), found
        )
        if number and organization is not None:
            first = self._first_rows.setdefault((organization, number), row)
            if first != row:
                found.reason(_twice(first), "phone")
        if found.reasons or organization is None:
            kept = given(values)
            key = number or phone_digits(kept.get(Column.PHONE.value, ""))
            return BadRow(row, kept, found.reasons, found.fields, found.warnings, key)
        text = search_text(name, number, other, self._region)
        return (row, organization, name, number, other, text, found.warnings, given_phone)

    def _name(self, value: object, mark: Mark | None, found: _Findings) -> str:
        try:
            text, warning = cells.text(value, mark, field="name", label=_("Recipient name"))
            name = self._clean_name(text)
        except InvalidInput as error:
            found.reason(error, "name")
            return ""
        if warning:
            found.warnings.append(warning)
        return name

    def _phone(self, value: object, mark: Mark | None, found: _Findings) -> tuple[str, str]:
        if cells.is_blank(value, mark):
            found.reason(InvalidInput(_("Mobile phone number is missing.")), "phone")
            return "", ""
        try:
            number, given_text, warning = cells.phone_number(value, mark, self._region)
        except InvalidInput as error:
            found.reason(error, "phone")
            return "", ""
        if warning:
            found.warnings.append(warning)
        return number, given_text[:GIVEN_LONGEST]

    def _other(self, value: object, mark: Mark | None, found: _Findings) -> str:
        if cells.is_blank(value, mark):
            return ""
        label = _("Other information")
        try:
            text, warning = cells.text(
                value, mark, field="other_information", label=label, dates=True
            )
            other = self._clean_other(text)
        except InvalidInput as error:
            found.reason(error, "other_information")
            return ""
        if warning:
            found.warnings.append(warning)
        return other

    def _organization(self, value: object, mark: Mark | None, found: _Findings) -> int | None:
        if cells.is_blank(value, mark):
            if self._scope.chosen is None:
                missing = InvalidInput(_("Responsible organization is missing."))
                found.reason(missing, "organization_id")
            return self._scope.chosen
        try:
            label = _("Responsible organization")
            text, _warning = cells.text(value, mark, field="organization", label=label)
            return self._organization_of(text)
        except InvalidInput as error:
            found.reason(error, "organization_id")
            return None

    def _find_organization(self, name: str) -> int:
        known = self._scope.organizations.get(search_key(name))
        if known is None or (self._scope.chosen is not None and known != self._scope.chosen):
            raise self._not_this_organization()
        return known

    def _not_this_organization(self) -> InvalidInput:
        if self._scope.chosen is not None:
            # the same words whether another organization of that name exists or not
            return InvalidInput(
                _("Responsible organization is not {name}, for which this upload is.").format(
                    name=self._scope.chosen_name
                ),
                _("Leave the cell empty, or upload the row for its own organization."),
            )
        return InvalidInput(
            _("Responsible organization does not exist."),
            _("Check how it is written, or add it first: carecall organization add."),
        )


def clean_reason(value: str) -> str:
    """The reason of a download as it is recorded. Raises InvalidInput (field ``reason``)."""
    return line(value, field="reason", label=_("Reason"), minimum=1, maximum=REASON_MAXIMUM)


def _twice(first: int) -> InvalidInput:
    return InvalidInput(
        _("Mobile phone number is in row {row} already.").format(row=first),
        _("Keep one of the two rows."),
    )


def given(values: Mapping[Column, object]) -> dict[str, str]:
    """The cells as the file gave them, fit to be stored and corrected."""
    return {
        column.value: replace_forbidden(cells.raw(value))[:GIVEN_LONGEST]
        for column, value in values.items()
        if not cells.is_blank(value)
    }


@dataclass(frozen=True, slots=True)
class Existing:
    """A recipient that has a row's number already, in the row's organization."""

    id: int
    name: str
    other_information: str


def is_unchanged(row: GoodRow, existing: Existing) -> bool:
    """Whether all that the row gives is what the recipient has; a blank cell gives nothing."""
    name, other = row[2], row[4]
    return name == existing.name and other in ("", existing.other_information)


def phone_digits(written: str) -> str:
    """The digits of what may be no number, as plain ones."""
    plain = unicodedata.normalize("NFKC", bounded(written, GIVEN_LONGEST))
    return "".join(filter(str.isdecimal, plain))[-_LONGEST_KEY:]


def why_taken(row: GoodRow, existing: Existing) -> str:
    """The code of the reason why a row fails whose number another recipient has; its name is not kept."""
    return DIFFERS if row[2] == existing.name else TAKEN


def taken_words(code: str, name: str | None, phone: str) -> str:
    """The reason in words; ``name`` is that of the recipient as long as it is there and may be seen."""
    if name is None:
        return _("Mobile phone number {phone} belonged to another recipient.").format(phone=phone)
    if code == DIFFERS:
        return _("Other information differs from that of {name}, who has {phone} already.").format(
            name=name, phone=phone
        )
    return _("Mobile phone number {phone} belongs to {name} in this organization already.").format(
        phone=phone, name=name
    )
