"""What a row of a sheet must be to become a recipient, and what two rows are to each other. Pure."""

import difflib
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, Self

from msgspec import Struct
from msgspec import field as default

from core.recipients.fields import (
    BY_NAME,
    MORE,
    TAGS,
    TEXTS,
    Field,
    FieldName,
    GuardianField,
    TagField,
    search_text,
)
from core.uploads.dto import CODE, FIELD, Guardian
from core.uploads.given_tags import GivenTags
from core.uploads.plain import PlainRows
from core.uploads.rows import Existing, GoodRow, OtherRow
from core.uploads.sheet import cells
from core.uploads.sheet.cells import Mark
from core.values.errors import InvalidInput
from core.values.i18n import _
from core.values.message import kept_error
from core.values.text import bounded, replace_forbidden, search_key

GIVEN_LONGEST = 100  # characters of a cell kept of a row
_REMEMBERED = 4_096  # texts
_NEAR = 0.75  # how like a name must be to be meant
_NEAR_MAXIMUM = 50  # names for which that is looked at: it takes long
_FAILED = "failed"
TAKEN, DIFFERS = "taken", "differs"  # codes of reasons
_LONGEST_KEY = 15
_PHONE, _ORGANIZATION = FieldName.PHONE.value, FieldName.ORGANIZATION.value
_GUARDIAN, _GUARDIAN_PHONE = GuardianField.NAME.value, GuardianField.PHONE.value
_TAGS = TagField.TAGS.value
_NO_MARKS: Mapping[str, Mark] = {}


class BadRow(Struct, frozen=True):
    """A row that breaks rules: what the file gave, and why it fails, as that is kept; a field for each reason."""

    row: int
    given: dict[str, str]
    reasons: list[Any]
    fields: list[str]
    warnings: list[Any]
    phone_key: str

    @property
    def size(self) -> int:
        """How many characters its texts have."""
        return sum(map(len, map(str, (*self.given.values(), *self.reasons, *self.warnings))))

    def as_other(self) -> OtherRow:
        """The row as it is stored."""
        given = {**self.given, "fields": self.fields}
        key = self.phone_key or None
        return OtherRow(self.row, _FAILED, None, given, self.reasons, self.warnings, phone_key=key)


class Scope(Struct, frozen=True):
    """Which organizations the rows may name, by search key, and which one stands where none is named."""

    organizations: Mapping[str, int]
    chosen: int | None
    chosen_name: str
    names: Mapping[int, str] = default(default_factory=dict)


class _Findings(Struct):
    reasons: list[Any] = default(default_factory=list)
    fields: list[str] = default(default_factory=list)
    warnings: list[Any] = default(default_factory=list)

    def reason(self, error: InvalidInput, name: str) -> None:
        self.reasons.append(kept_error(error.what, error.hint))
        self.fields.append(name)


class _Text(Struct, frozen=True):
    """What checking a field's cells asks for, looked up once for a sheet."""

    name: str
    label: str
    required: bool
    dates: bool
    clean: Callable[[str], str]

    @classmethod
    def of(cls, field: Field, region: str) -> Self:
        about = field.typed
        assert about is not None  # noqa: S101 - all texts are typed
        # the same few texts come again and again in a sheet
        clean = lru_cache(_REMEMBERED)(partial(field.clean, region=region))
        return cls(field.name.value, field.label, about.required, about.dates, clean)


class RowChecker:
    """Checks the rows of one sheet, one after the other; ``plain``: many at once, in the same order."""

    def __init__(self, region: str, scope: Scope) -> None:
        self._region = region
        self._scope = scope
        self._first_rows: dict[tuple[int, str], int] = {}
        self._texts = [_Text.of(field, region) for field in TEXTS]
        self._guardian = _Text.of(BY_NAME[_GUARDIAN], region)
        self._organization_of = lru_cache(_REMEMBERED)(self._find_organization)
        self.tags = GivenTags()
        self.plain = PlainRows(
            region, scope.chosen, self._organization_of, self._first_rows, self.tags
        )
        self._near = lru_cache(_REMEMBERED)(self._find_near)
        self._looked_near = 0

    def check(
        self,
        row: int,
        values: Mapping[str, object],
        marks: Mapping[str, Mark] = _NO_MARKS,
        warnings: Sequence[Any] = (),
        *,
        shared: bool = False,
    ) -> GoodRow | BadRow:
        """The row as a recipient, or every reason why it cannot be one. ``row`` counts from 1.

        ``shared``: its number stands in a cell that is merged with those above.
        """
        found = _Findings(warnings=list(warnings))
        texts: list[str] = []
        number = given_phone = ""
        for field in self._texts:
            name = field.name
            value, mark = values.get(name), marks.get(name)
            if name == _PHONE:
                number, given_phone = self._phone(value, mark, found)
                texts.append(number)
            else:
                texts.append(self._text(field, value, mark, found))
        organization = self._organization(
            values.get(_ORGANIZATION), marks.get(_ORGANIZATION), found
        )
        if number and organization is not None:
            first = self._first_rows.setdefault((organization, number), row)
            if first != row:
                found.reason(_shared(first) if shared else _twice(first), _PHONE)
        guardian = self._guardian_given(values, marks, found)
        tags = self._tags_given(values.get(_TAGS), marks.get(_TAGS), organization, found)
        if found.reasons or organization is None:
            kept = given(values)
            key = number or phone_digits(kept.get(_PHONE, ""))
            return BadRow(row, kept, found.reasons, found.fields, found.warnings, key)
        good = GoodRow(row, *texts, organization, "", found.warnings, given_phone, *guardian, tags)
        good.search_text = search_text(good, self._region)
        return good

    @staticmethod
    def _text(field: _Text, value: object, mark: Mark | None, found: _Findings) -> str:
        if not field.required and cells.is_blank(value, mark):
            return ""
        try:
            text, warning = cells.text(
                value, mark, field=field.name, label=field.label, dates=field.dates
            )
            cleaned = field.clean(text)
        except InvalidInput as error:
            found.reason(error, field.name)
            return ""
        if warning:
            found.warnings.append(warning)
        return cleaned

    def _phone(self, value: object, mark: Mark | None, found: _Findings) -> tuple[str, str]:
        if cells.is_blank(value, mark):
            found.reason(InvalidInput(_("Mobile phone number is missing.")), _PHONE)
            return "", ""
        try:
            number, given_text, warning = cells.phone_number(value, mark, self._region)
        except InvalidInput as error:
            found.reason(error, _PHONE)
            return "", ""
        if warning:
            found.warnings.append(warning)
        return number, given_text[:GIVEN_LONGEST]

    def _guardian_given(
        self, values: Mapping[str, object], marks: Mapping[str, Mark], found: _Findings
    ) -> tuple[str, str]:
        """Name and number of a guardian; one without a number, who cannot be phoned, is not taken."""
        given_name, given_phone = values.get(_GUARDIAN), values.get(_GUARDIAN_PHONE)
        name_mark, phone_mark = marks.get(_GUARDIAN), marks.get(_GUARDIAN_PHONE)
        has_name = not cells.is_blank(given_name, name_mark)
        if cells.is_blank(given_phone, phone_mark):
            if has_name:
                found.warnings.append(_("Guardian has no number in this row, and was not taken."))
            return "", ""
        name = self._text(self._guardian, given_name, name_mark, found) if has_name else ""
        try:
            label = BY_NAME[_GUARDIAN_PHONE].label
            number, warning = cells.any_number(
                given_phone, phone_mark, self._region, field=_GUARDIAN_PHONE, label=label
            )
        except InvalidInput as error:
            found.reason(error, _GUARDIAN_PHONE)
            return "", ""
        if warning:
            found.warnings.append(warning)
        return name, number

    def _tags_given(
        self, value: object, mark: Mark | None, organization: int | None, found: _Findings
    ) -> str:
        """Which tags of the organization the cell gives."""
        if cells.is_blank(value, mark):
            return ""
        try:
            text, warning = cells.text(value, mark, field=_TAGS, label=BY_NAME[_TAGS].label)
            names = self.tags.names(text)
            written = "" if organization is None else self.tags.written(organization, names)
        except InvalidInput as error:
            found.reason(error, _TAGS)
            return ""
        if warning:
            found.warnings.append(warning)
        return written

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
        key = search_key(name)
        known = self._scope.organizations.get(key)
        if known is None or (self._scope.chosen is not None and known != self._scope.chosen):
            raise self._not_this_organization(key)
        return known

    def _not_this_organization(self, key: str) -> InvalidInput:
        if self._scope.chosen is not None:
            # the same words whether another organization of that name exists or not
            return InvalidInput(
                _("Responsible organization is not {name}, for which this upload is.").format(
                    name=self._scope.chosen_name
                ),
                _("Leave the cell empty, or upload the row for its own organization."),
            )
        near = self._near(key)
        return InvalidInput(
            _("Responsible organization does not exist."),
            _("Did you mean {name}?").format(name=near)
            if near
            else _("Check how it is written, or add it first: carecall organization add."),
        )

    def _find_near(self, key: str) -> str:
        """The organization that is written nearly so, or ""."""
        known = self._scope.organizations
        bare = key.replace(" ", "")
        near = [one for one in known if one.replace(" ", "") == bare]
        self._looked_near += 1
        if not near and self._looked_near <= _NEAR_MAXIMUM:
            near = difflib.get_close_matches(key, known, 1, _NEAR)
        return self._scope.names.get(known[near[0]], near[0]) if near else ""


def clean_guardian(given: Guardian, region: str) -> Guardian:
    """The guardian as it is stored. Raises InvalidInput naming the field."""
    name, number = BY_NAME[_GUARDIAN], BY_NAME[_GUARDIAN_PHONE]
    return Guardian(name.clean(given.name, region), number.clean(given.phone, region))


def _twice(first: int) -> InvalidInput:
    return InvalidInput(
        _("Mobile phone number is in row {row} already.").format(row=first),
        _("Keep one of the two rows."),
    )


def _shared(first: int) -> InvalidInput:
    return InvalidInput(
        _("Mobile phone number is that of row {row}: the cells are merged.").format(row=first),
        _("One number is one recipient: write who else answers into Other information."),
    )


def given(values: Mapping[str, object]) -> dict[str, str]:
    """The cells as the file gave them, fit to be stored and corrected."""
    return {
        name: replace_forbidden(cells.raw(value))[:GIVEN_LONGEST]
        for name, value in values.items()
        if not cells.is_blank(value)
    }


def is_unchanged(row: GoodRow, existing: Existing) -> bool:
    """Whether all that the row gives is what the recipient has; a blank cell gives nothing."""
    return bool(row.name == existing.name) and _differing(row, existing) is None


def _differing(row: GoodRow, existing: Existing) -> str | None:
    """The first field beside name and number for which the row gives something else."""
    for field in MORE:
        if getattr(row, field.name) not in ("", getattr(existing, field.name)):
            return field.name.value
    if existing.has_other_guardian:
        return _GUARDIAN_PHONE
    return _TAGS if existing.has_other_tags else None


def phone_digits(written: str) -> str:
    """The digits of what may be no number, as plain ones."""
    plain = unicodedata.normalize("NFKC", bounded(written, GIVEN_LONGEST))
    return "".join(filter(str.isdecimal, plain))[-_LONGEST_KEY:]


def why_taken(row: GoodRow, existing: Existing) -> dict[str, str]:
    """The reason why a row fails whose number another recipient has, as a code; its name is not kept."""
    if row.name != existing.name:
        return {CODE: TAKEN}
    return {CODE: DIFFERS, FIELD: _differing(row, existing) or ""}


def taken_words(reason: Mapping[str, str], name: str | None, phone: str) -> str:
    """The reason in words; ``name`` is that of the recipient as long as it is there and may be seen."""
    if name is None:
        return _("Mobile phone number {phone} belonged to another recipient.").format(phone=phone)
    if reason.get(CODE) == DIFFERS:
        # reasons of earlier versions tell no field: there was but one
        other = BY_NAME[FieldName.OTHER_INFORMATION]
        field = BY_NAME.get(str(reason.get(FIELD)), other)
        if field is TAGS:
            return _("{name}, who has {phone} already, has other tags.").format(
                name=name, phone=phone
            )
        return _("{field} differs from that of {name}, who has {phone} already.").format(
            field=field.label, name=name, phone=phone
        )
    return _("Mobile phone number {phone} belongs to {name} in this organization already.").format(
        phone=phone, name=name
    )
