"""``carecall audit review``: what the records of a month come to, as tables; sign that they were checked."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from core.app.actor import CONSOLE
from core.app.audit import words
from core.app.audit.dto import Review
from core.values.i18n import N_, _
from tui.commands import given as arguments
from tui.commands.clock import Clock
from tui.commands.context import DONE, CommandContext
from tui.commands.parsing import add_command, object_as_json
from tui.commands.table import table, wrapped

if TYPE_CHECKING:
    from core.app.audit.dto import Looked, Signature

_WIDTH = 80
_ENDS = {
    "left": N_("left"),
    "signal": N_("link lost"),
    "idle": N_("nobody there"),
    "longest": N_("longest session"),
    "disabled": N_("admin disabled"),
    "failed": N_("failed"),
    "killed": N_("killed"),
}


def add_arguments(actions: Any) -> None:
    """Which month, and what to do with it."""
    review = add_command(actions, "review", _("what the records of a month come to"), over_ssh=True)
    review.add_argument(
        "--month",
        metavar=_("MONTH"),
        default="",
        help=_("such as 2026-11; the last one that is over"),
    )
    review.add_argument(
        "--sign",
        metavar=_("TEXT"),
        help=_("keep that you have checked it, with this text (- reads it from the input)"),
    )
    object_as_json(review, Review, _("as one JSON object"))


async def run(context: CommandContext) -> int:
    """Print it, and sign it where that is asked."""
    given = context.arguments
    async with context.signed_in() as (services, actor):
        clock = await Clock.of(services, actor)
        if given.sign is None:
            found = await services.audit.review(actor, given.month)
        else:
            text = await arguments.text(context, given.sign)
            found = await services.audit.sign_review(actor, given.month, text)
    if given.json:
        context.write_rows([found])
    else:
        context.write("\n".join(_lines(found, clock, context.width or _WIDTH)) + "\n")
    return DONE


def _lines(review: "Review", clock: Clock, width: int) -> Iterator[str]:
    figures = review.figures
    whose = _("all organizations") if figures.organization_id is None else _("your organization")
    yield from wrapped(
        "",
        _("Review of {month}: {whose}, {zone}, working hours {hours}.").format(
            month=figures.month,
            whose=whose,
            zone=figures.timezone,
            hours=words.of_hours(figures.working_hours),
        ),
        width,
    )
    for title, headers, rows, note in _sections(review, clock):
        yield ""
        yield title
        if not rows:
            yield _("None.")
            continue
        yield from _table(headers, rows, width)
        yield from wrapped("", note, width) if note else ()
    yield ""
    yield from _signatures(review, clock, width)


# title, headers, rows, what is to be said of it; a cell beyond the headers stands below its row, whole
_Section = tuple[str, Sequence[str], Sequence[Sequence[str]], str]


def _table(headers: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    head, *lines = table(headers, [row[: len(headers)] for row in rows], width).splitlines()
    yield head
    for line, row in zip(lines, rows, strict=True):
        yield line
        for beneath in row[len(headers) :]:
            yield from (f"    {part}" for part in wrapped("", beneath, width - 4))


def _sections(review: "Review", clock: Clock) -> Iterator[_Section]:
    figures = review.figures
    yield (
        _("Sign-ins"),
        (_("Login"), _("From"), _("Console"), _("Commands"), _("Out of hours"), _("New")),
        [
            (
                one.admin,
                _place(one.address),
                f"{one.console:,}",
                f"{one.commands:,}",
                f"{one.out_of_hours:,}",
                _("new") if one.is_new else "",
            )
            for one in figures.sign_ins
        ],
        _("New: the admin did not come in from there in the three months before."),
    )
    yield (
        _("Sign-ins out of hours"),
        (_("Login"), _("From"), _("For"), _("Times"), _("First"), _("Last")),
        [
            (
                one.admin,
                _place(one.address),
                _("console") if one.doing == CONSOLE else one.doing,
                f"{one.times:,}",
                clock.show(one.first)[5:16],
                clock.show(one.last)[5:16],
            )
            for one in figures.out_of_hours
        ],
        _(
            "Public holidays are not known here. A tick shows nothing of anybody and is never out of hours."
        ),
    )
    yield (
        _("People whose details or conversations were opened"),
        (_("Login"), _("People"), _("In the 3 months before"), _("Usual in a day")),
        [
            (
                one.admin,
                f"{one.people:,}",
                " ".join(f"{count:,}" for count in one.before),
                _("unknown") if one.usual is None else f"{one.usual:,}",
            )
            for one in figures.looked
        ],
        "",
    )
    yield (
        _("Unusually many"),
        (_("Login"), _("When"), _("People"), _("Usual")),
        [row for one in figures.looked for row in _unusual(one)],
        _rule(),
    )
    yield (
        _("What was taken out or shown on request"),
        (_("Login"), _("What"), _("Times"), _("People")),
        [
            (one.admin, _what(one.action), f"{one.times:,}", f"{one.people:,}", one.reason)
            for one in figures.left
        ],
        "",
    )
    yield (
        _("Tries that were refused"),
        (_("Login"), _("OS account"), _("From"), _("Tried"), _("Times")),
        [
            (one.admin, one.account, _place(one.address), words.of_try(one.tried), f"{one.times:,}")
            for one in figures.refused
        ],
        "",
    )
    yield (
        _("How sessions of the console ended"),
        (_("Login"), _("How"), _("Sessions")),
        [
            (one.admin, _(_ENDS[one.how]) if one.how in _ENDS else one.how, f"{one.sessions:,}")
            for one in figures.ended
        ],
        "",
    )


def _what(action: str) -> str:
    """What was done in words; of a list, by which command."""
    name, _blank, command = action.partition(" ")
    return f"{words.of_record(name)} {command}".rstrip()


def _rule() -> str:
    from core.app.audit.rules import FENCE, LEAST_DAYS, MARGIN

    return _(
        "Each admin is compared with nobody but itself: with the days with looks of the three months before."
        " On three quarters of them it was at most so many people. A day is unusual that lies above that by"
        " more than {fence} times the spread of the middle half (Tukey's outer fence, which a few busy days do"
        " not move) and by more than {margin} people. A month is, with more than twice as many people as the"
        " busiest of the three, and more than {margin} above it. With fewer than {days} such days there is"
        " nothing to compare with: the busiest day is told."
    ).format(fence=FENCE, margin=MARGIN, days=LEAST_DAYS)


def _unusual(one: "Looked") -> Iterator[tuple[str, ...]]:
    if one.usual is None:
        busiest = one.busiest
        yield one.admin, f"{busiest.day}", f"{busiest.people:,}", _("unknown")
        return
    if one.is_unusual_month:
        yield one.admin, _("the whole month"), f"{one.people:,}", f"{one.usual_month:,}"
    for day in one.unusual:
        yield one.admin, f"{day.day}", f"{day.people:,}", f"{one.usual:,}"


def _signatures(review: "Review", clock: Clock, width: int) -> Iterator[str]:
    yield from wrapped("", _("Hash of the figures: {hash}").format(hash=review.hash), width)
    if not review.signed:
        yield from wrapped(
            "",
            _("Nobody has signed it. When you have checked it: carecall audit review --sign TEXT"),
            width,
        )
    for one in review.signed:
        yield from wrapped("", _signature(review, one, clock), width)


def _signature(review: "Review", one: "Signature", clock: Clock) -> str:
    if one.organization_id != review.figures.organization_id:
        state = _("for one organization")
    elif one.figures == review.hash:
        state = _("the figures are the same")
    else:
        state = _("the figures were others: {hash}").format(hash=one.figures)
    return _("Signed {moment} by {login} ({state}): {text}").format(
        moment=clock.show(one.at), login=one.admin, state=state, text=" ".join(one.text.split())
    )


def _place(address: str) -> str:
    return address or _("this host")
