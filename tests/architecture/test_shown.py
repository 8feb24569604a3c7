"""Nobody sees people without a record: what use cases declare to show, and how commands come to them."""

import enum
import re
import typing
from pathlib import Path
from typing import Any

from msgspec import Struct

import core.app.services  # noqa: F401 - makes all use cases known
from core.app.actor import Actor
from core.app.permissions import Shows
from core.app.use_case import USE_CASES
from core.recipients.dto import RecipientFilter
from core.recipients.fields import TEXT_NAMES
from core.recipients.masking import TEXTS

ROOT = Path(__file__).parents[2]
# what a DTO says of somebody who is phoned, or of what was said
PERSONAL = {
    "phone", "number", "recipient", "recipient_id", "text", "content", "topic", "memo", "summary", "given",
}  # fmt: skip
# fields of texts in which nobody writes numbers of people, or which a role sees that does not see numbers: names,
# tags and what is typed of a recipient are shown whole, ``phone`` is hidden by each use case that gives it
WITHOUT_NUMBERS = {
    "account", "acknowledged_by", "action", "address", "admin", "analyses", "assignee", "author", "call",
    "campaign", "campaigns", "client", "closed_by", "confirmed_by", "counts", "deleted_by", "digest", "doing",
    "external_id", "field", "fields", "figures", "file_hash", "file_name", "gone", "guardian",
    "guardian_phone", "hash", "head", "header", "holder", "how", "kept", "key", "last_analysis", "letters",
    "login", "month", "names", "organization", "outcome", "parts", "reasons", "recipient", "results", "samples",
    "search", "shared_with", "sheet", "sheets", "signed_by", "source", "start", "subject", "tags",
    "timezone", "tried", "undone_by", "unknown", "value", "voice_file", "warnings", "what", "who", "working_hours",
    *TEXT_NAMES,
}  # fmt: skip


def given(kind: Any) -> set[type]:
    """The classes of all that a value of this type holds."""
    if inner := typing.get_args(kind):
        return set().union(*(given(one) for one in inner))
    if not (isinstance(kind, type) and issubclass(kind, Struct)):
        return set()
    hints = typing.get_type_hints(kind)
    return {kind, *set().union(*(given(hints[name]) for name in kind.__struct_fields__))}


def test_what_is_declared_to_show_nobody_gives_nothing_of_anybody() -> None:
    """A reading says so on purpose; where it says nothing, it shows people, and commands record it."""
    wrong = {
        f"{name} gives {kind.__name__}.{field}"
        for name, one in USE_CASES.items()
        if one.shows is Shows.NOBODY
        for kind in given(one.returns) - {Actor, RecipientFilter}  # what an admin searches for
        for field in kind.__struct_fields__
        if field in PERSONAL
    }
    assert not wrong, wrong


def is_text(kind: Any) -> bool:
    """Whether a value of this type holds a text that is not one of a few words."""
    if inner := typing.get_args(kind):
        return any(map(is_text, inner))
    if kind in (object, Any):
        return True
    return isinstance(kind, type) and issubclass(kind, str) and not issubclass(kind, enum.Enum)


def test_of_each_text_it_is_said_whether_numbers_in_it_are_hidden() -> None:
    """Whoever adds one names it in ``masking.TEXTS``, or here with those in which no number of anybody stands."""
    found = {
        field: f"{kind.__name__}.{field}"
        for one in USE_CASES.values()
        for kind in given(one.returns)
        if not kind.__module__.startswith("core.exports.")  # for nobody who does not see numbers
        for field, of in typing.get_type_hints(kind).items()
        if is_text(of)
    }
    assert not TEXTS & WITHOUT_NUMBERS
    assert {
        where for field, where in found.items() if field not in TEXTS | WITHOUT_NUMBERS
    } == set()
    assert WITHOUT_NUMBERS - set(found) == set()


def test_what_changes_makes_its_own_record() -> None:
    assert [
        name for name, one in USE_CASES.items() if one.opens == "write" and one.shows is Shows.ROWS
    ] == []


def test_a_command_signs_in_in_one_place_only_which_says_what_it_is() -> None:
    """An actor of another place would be taken for the console's, whose lists leave no record."""
    elsewhere = [
        file.name
        for file in (ROOT / "tui" / "commands").glob("*.py")
        if re.search(r"\.sign_in\(|\bActor\(", file.read_text(encoding="utf-8"))
    ]
    assert elsewhere == ["context.py"]
