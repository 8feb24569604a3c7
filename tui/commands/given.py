"""What arguments of several commands mean: a recipient, a text, a time."""

import argparse
from datetime import datetime
from typing import TYPE_CHECKING

from core.recipients.dto import RecipientFilter, RecipientQuery, Selection
from core.values import phone
from core.values.days import parse_moment
from core.values.errors import InvalidInput, NotFound
from core.values.i18n import _
from core.values.times import now, zone_of
from tui.commands.context import CommandContext
from tui.commands.parsing import ID_MAXIMUM, Parser, number
from tui.commands.streams import read_input

if TYPE_CHECKING:
    from core.app.actor import Actor
    from core.app.services import Services
    from core.calls.dto import CallRow
    from core.recipients.dto import RecipientRow

_LONGEST_MIB = 1


def add_recipient(parser: Parser) -> None:
    """RECIPIENT, and whose number it is."""
    parser.add_argument(
        "recipient", metavar=_("RECIPIENT"), help=_("an ID, or a number with --organization")
    )
    add_organization(parser, _("whose number it is"))


def add_recipients(parser: Parser) -> None:
    """Several RECIPIENTs, and whose numbers they are."""
    parser.add_argument(
        "recipient",
        nargs="+",
        metavar=_("RECIPIENT"),
        help=_("an ID, or a number with --organization"),
    )
    add_organization(parser, _("whose number it is"))


def add_call(parser: Parser) -> None:
    """CALL, and which one where several have the id."""
    parser.add_argument(
        "call", metavar=_("CALL"), help=_("the call, by the id that the calling system gave it")
    )
    add_organization(parser, _("whose, where several organizations have one"))
    parser.add_argument(
        "--source", metavar=_("NAME"), help=_("of which calling system, where several gave this id")
    )


def add_organization(parser: Parser, words: str) -> None:
    """``--organization`` NAME."""
    parser.add_argument("--organization", metavar=_("NAME"), help=words)


def add_limit(parser: Parser) -> None:
    """``--limit`` COUNT of what is listed."""
    parser.add_argument("--limit", metavar=_("COUNT"), type=number(1), help=_("at most so many"))


def add_id(parser: Parser, name: str, metavar: str) -> None:
    """An ID, as lists print it."""
    parser.add_argument(name, metavar=metavar, type=number(1), help=_("its ID"))


def add_tags(parser: Parser) -> None:
    """``--give`` and ``--take``."""
    for name, words in (("--give", _("a tag to give")), ("--take", _("a tag to take"))):
        parser.add_argument(name, metavar=_("TAG"), action="append", default=[], help=words)


def add_text(parser: Parser, words: str) -> None:
    """TEXT."""
    parser.add_argument("text", metavar=_("TEXT"), help=words)


def add_version(parser: Parser) -> None:
    """``--version``, as a form has it."""
    parser.add_argument(
        "--version",
        metavar=_("NUMBER"),
        type=number(1),
        help=_("only if nobody has changed it since this version"),
    )


def add_reason(parser: Parser) -> None:
    """``--reason`` of what shows a number; the core says which roles have to give one."""
    parser.add_argument(
        "--reason", metavar=_("TEXT"), default="", help=_("why, for the audit record")
    )


async def organization_id(services: "Services", actor: "Actor", name: str | None) -> int | None:
    """The ID of the organization of this name; None where none is named. Raises NotFound."""
    if name is None:
        return None
    return (await services.organizations.by_name(actor, name)).id


async def call(services: "Services", actor: "Actor", given: argparse.Namespace) -> "CallRow":
    """The call of an id of the calling system. Raises NotFound, and InvalidInput where several have it."""
    return await services.calls.by_external_id(actor, given.call, given.organization, given.source)


async def recipient(
    services: "Services", actor: "Actor", given: argparse.Namespace
) -> "RecipientRow":
    """The recipient of ``add_recipient``. Raises NotFound and InvalidInput."""
    return await recipient_named(services, actor, given.recipient, given.organization)


async def recipient_named(
    services: "Services", actor: "Actor", given: str, organization: str | None
) -> "RecipientRow":
    """The recipient of an ID, or with an organization of a number in it. Raises NotFound and InvalidInput."""
    if organization is None:
        return await services.recipients.get(actor, recipient_id(given))
    body_id = await organization_id(services, actor, organization)
    number = phone.parse(given, services.settings.region)
    query = RecipientQuery(organization_id=body_id, filter=RecipientFilter(phone=number))
    for row, _place in await services.recipients.window(actor, query):
        if row.phone == number:
            return row
    raise NotFound(_("No recipient of this organization has this number."))


async def recipients(
    services: "Services", actor: "Actor", given: argparse.Namespace
) -> tuple[Selection, int]:
    """All who are named, and how many they are. Raises NotFound and InvalidInput."""
    found = [
        await recipient_named(services, actor, one, given.organization) for one in given.recipient
    ]
    ids = frozenset(one.id for one in found)
    return Selection(ids), len(ids)


def recipient_id(given: str) -> int:
    """The ID that is given. Raises InvalidInput for anything else, such as a number."""
    if not (given.isascii() and given.isdecimal() and not given.startswith("0")):
        raise InvalidInput(
            _("A recipient is told by its ID, or by its number together with its organization."),
            _("Add --organization NAME."),
        )
    return min(int(given[:20]), ID_MAXIMUM)


async def text(context: CommandContext, given: str) -> str:
    """A text as it is given; with ``-``, what standard input has. Raises InvalidInput."""
    if given != "-":
        return given
    try:
        return (await read_input(context, _LONGEST_MIB)).decode()
    except UnicodeDecodeError:
        raise InvalidInput(_("Standard input is not text in UTF-8."), _("Type it again.")) from None


def moment(services: "Services", typed: str, timezone: str | None) -> datetime:
    """A time to come (UTC) as it is typed in an organization's zone. Raises InvalidInput."""
    here = now().astimezone(zone_of(timezone, services.settings.zone))
    found = parse_moment(typed, here)
    if found is None:
        raise InvalidInput(_("Say until when."))
    return found
