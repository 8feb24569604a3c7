"""The arguments of commands that narrow the list of recipients, named as on screen."""

import argparse
from typing import TYPE_CHECKING, Any

from core.calls.rules import Analysis, CallResult
from core.recipients.dto import RecipientFilter, RecipientQuery
from core.recipients.fields import BY_NAME, FieldName, Kind
from core.recipients.rules import STATUS_NAMES
from core.values.days import parse_past
from core.values.i18n import _
from core.values.times import now
from tui.commands import given as arguments
from tui.commands.parsing import Parser, number

if TYPE_CHECKING:
    from core.app.actor import Actor
    from core.app.services import Services

_STATUSES = {name: status for status, name in STATUS_NAMES.items()}
_DAYS = ("registered_from", "registered_to", "last_call_from", "last_call_to", "emergency_from")


def add_filters(parser: Parser) -> None:
    """Those of the search and the detailed search."""
    arguments.add_organization(parser, _("only its recipients"))
    parser.add_argument(
        "--search",
        metavar=_("TEXT"),
        default="",
        help=_("only those whose name, number or other information has it"),
    )
    parser.add_argument(
        "--status",
        action="append",
        choices=list(_STATUSES),
        help=_("only recipients in this status"),
    )
    parser.add_argument("--campaign", metavar=_("TEXT"), default="", help=_("a part of its name"))
    parser.add_argument(
        "--analysis",
        action="append",
        choices=[one.value for one in Analysis],
        help=_("of the last connected call"),
    )
    parser.add_argument(
        "--result",
        action="append",
        choices=[one.value for one in CallResult],
        help=_("of the last call"),
    )
    parser.add_argument(
        "--streak",
        metavar=_("COUNT"),
        type=number(1, 999),
        default=0,
        help=_("so many unanswered in a row"),
    )
    for name, words in zip(
        _DAYS,
        (
            _("registered on this day or later: 2026-12-01, -7 or week"),
            _("registered on this day or earlier"),
            _("last call on this day or later"),
            _("last call on this day or earlier"),
            _("an emergency on this day or later"),
        ),
        strict=True,
    ):
        parser.add_argument(f"--{name.replace('_', '-')}", metavar=_("DAY"), help=words)
    parser.add_argument(
        "--resumes-within",
        metavar=_("DAYS"),
        type=number(0, 9_999),
        help=_("paused, and resumed by then"),
    )
    parser.add_argument(
        "--no-call-days",
        metavar=_("DAYS"),
        type=number(1, 9_999),
        default=0,
        help=_("not phoned for so long"),
    )
    parser.add_argument(
        "--tag", metavar=_("TAG"), action="append", default=[], help=_("only those who have it")
    )
    parser.add_argument("--getting-worse", action="store_true", help=_("by the column Change"))
    parser.set_defaults(sort=None, descending=None)


def add_order(parser: Parser) -> None:
    """The order of what is found."""
    parser.add_argument(
        "--sort", choices=[one.value for one in FieldName], help=_("the column to sort by")
    )
    turned = parser.add_mutually_exclusive_group()
    turned.add_argument(
        "--descending", action="store_true", default=None, help=_("the largest first")
    )
    turned.add_argument(
        "--ascending", dest="descending", action="store_false", help=_("the smallest first")
    )


async def query_of(
    services: "Services", actor: "Actor", given: argparse.Namespace
) -> RecipientQuery:
    """What the arguments ask for. Raises NotFound for an organization, and InvalidInput for a day."""
    today = now().astimezone(services.settings.zone).date()
    days: dict[str, Any] = {name: parse_past(getattr(given, name) or "", today) for name in _DAYS}
    sort = FieldName(given.sort) if given.sort else FieldName.REGISTERED_AT
    newest_first = BY_NAME[sort].kind is Kind.TIME
    return RecipientQuery(
        await arguments.organization_id(services, actor, given.organization),
        given.search,
        RecipientFilter(
            statuses=frozenset(_STATUSES[name] for name in given.status or ()),
            campaign=given.campaign,
            analyses=frozenset(given.analysis or ()),
            results=frozenset(given.result or ()),
            unanswered_streak=given.streak,
            resumes_within=given.resumes_within,
            no_call_days=given.no_call_days,
            getting_worse=given.getting_worse,
            tags=tuple(given.tag),
            **days,
        ),
        sort,
        newest_first if given.descending is None else given.descending,
    )
