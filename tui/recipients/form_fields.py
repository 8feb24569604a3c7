"""An input for each field of a recipient that is typed, with its label and its rule."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from core.recipients.fields import TEXTS, Field, Kind
from tui.forms.form_field import FormField


def form_fields(
    values: Mapping[str, str],
    region: str,
    *,
    as_opened: str = "",
    fields: Sequence[Field] = TEXTS,
    hint: str = "",
) -> Iterator[FormField]:
    """The inputs, with these values. ``as_opened``: a number that may stay as it is, since it is masked."""
    for field in fields:
        assert field.typed is not None  # noqa: S101 - all texts are typed
        rule = partial(_check, field, as_opened, region)
        value = values.get(field.name, "")
        yield FormField(field.name.value, field.label, value, rule, hint, field.typed.maximum)


def _check(field: Field, as_opened: str, region: str, typed: str) -> None:
    if field.optional and not typed.strip():
        return
    if not as_opened or typed != as_opened or field.kind is not Kind.PHONE:
        field.clean(typed, region)
