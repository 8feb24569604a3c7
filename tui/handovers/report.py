"""A hand-over as it is read: on screen, as Markdown, and as the rows of a sheet. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from core.handovers.dto import Handover, HandoverRow, Item, Part
from core.handovers.rules import SECTION_WORDS, Section
from core.tasks.rules import KIND_WORDS
from core.values.i18n import _
from tui.format import CellFormat

_WITH_DUE = {
    Section.OPEN_EMERGENCIES,
    Section.OVERDUE,
    Section.PROMISED,
    Section.NOT_REACHED,
    Section.NEW_EMERGENCIES,
}
_WITH_KIND = {Section.OVERDUE, Section.PROMISED, Section.DONE}
_ITS_COUNT = {Section.PAUSED, Section.DELETED}


def period(row: HandoverRow, form: CellFormat) -> str:
    """``26 Nov 18:00 to 27 Nov 09:40``, with the year where it is needed."""
    since, until = (form.time(one, row.timezone) for one in (row.since, row.signed_at))
    return _("{since} to {until}").format(since=since, until=until)


def standing(row: HandoverRow, form: CellFormat) -> str:
    """Who has signed and confirmed it."""
    if not row.is_signed:
        return _("Not signed yet.")
    signed = _("Signed by {name}, {time}.").format(
        name=row.signed_by, time=form.time(row.signed_at, row.timezone)
    )
    if row.confirmed_at is None:
        return signed + " " + _("Nobody has confirmed it yet.")
    return (
        signed
        + " "
        + _("Confirmed by {name}, {time}.").format(
            name=row.confirmed_by or "", time=form.time(row.confirmed_at, row.timezone)
        )
    )


def waiting_words(waiting: Sequence[HandoverRow], form: CellFormat) -> str:
    """What the list says of those that nobody has confirmed; it names the key. "" where there are none."""
    if len(waiting) == 1:
        (row,) = waiting
        told = _(
            "{name} has handed over, {time}: {{keys[recipients.handover]}} reads and confirms it."
        )
        name = row.signed_by.replace("{", "{{").replace("}", "}}")
        return told.format(name=name, time=form.time(row.signed_at, row.timezone))
    if not waiting:
        return ""
    told = _("{count} hand-overs wait to be confirmed: {{keys[recipients.handover]}} reads them.")
    return told.format(count=f"{len(waiting):,}")


def heading(part: Part) -> str:
    """``Overdue: 5``."""
    return _("{section}: {count}").format(
        section=_(SECTION_WORDS[part.section]), count=f"{part.count:,}"
    )


def name_of(item: Item) -> str:
    """Who it is about; whom nobody may see any more has no name."""
    if item.name:
        return item.name
    return _("(recipient {id})").format(id=item.recipient_id)


def about(section: Section, item: Item, form: CellFormat, timezone: str | None) -> str:
    """What is told of one, beside the name."""

    def time(moment: datetime) -> str:
        return form.time(moment, timezone)

    told: list[str] = []
    if section in _WITH_KIND and item.kind is not None:
        told.append(_(KIND_WORDS[item.kind]))
    if item.text:
        told.append(item.text)
    if section in _WITH_DUE and item.until is not None:
        told.append(_("due {time}").format(time=time(item.until)))
    if section is Section.OPEN_EMERGENCIES and not item.seen:
        told.append(_("unseen"))
    if section in {Section.DONE, *_ITS_COUNT}:
        told.append(time(item.at))
    if section is Section.PAUSED and item.until is not None:
        told.append(_("until {time}").format(time=time(item.until)))
    if item.who:
        told.append(_("by {name}").format(name=item.who))
    elif section in _WITH_DUE:
        told.append(_("nobody has it"))
    return " · ".join(told)


def more(part: Part) -> str:
    """How many are counted and not named; "" where all are."""
    left = part.count - len(part.items)
    if left <= 0:
        return ""
    return _("and {count} more").format(count=f"{left:,}")


def markdown(found: Handover, form: CellFormat) -> Iterator[str]:
    """The lines of it as Markdown."""
    row = found.row
    title = _("Hand-over")
    yield f"# {title}: {_escaped(row.organization)}"
    yield ""
    yield period(row, form)
    yield ""
    yield _escaped(standing(row, form))
    if row.text:
        yield ""
        yield from (f"> {_escaped(line)}".rstrip() for line in row.text.splitlines())
    for part in found.parts:
        yield ""
        yield f"## {heading(part)}"
        if part.items:
            yield ""
        for item in part.items:
            told = about(part.section, item, form, row.timezone)
            yield f"- **{_escaped(name_of(item))}** {_escaped(told)}".rstrip()
        if words := more(part):
            yield f"- {words}"


def _escaped(text: str) -> str:
    """With nothing in it that Markdown would act on."""
    return "".join(f"\\{one}" if one in "\\`*_{}[]<>#|!~" else one for one in text)


def sheet_headers() -> tuple[str, ...]:
    """The headers of ``sheet_rows``."""
    return (_("Section"), _("Recipient name"), _("For"), _("Details"), _("Due"), _("By"))


def sheet_rows(found: Handover, form: CellFormat) -> Iterator[list[str]]:
    """A row for each that the report names, those that are only counted in one; the text comes last."""
    row = found.row
    yield [period(row, form), "", "", standing(row, form), "", ""]
    for part in found.parts:
        yield [heading(part), "", "", more(part), "", ""]
        for item in part.items:
            due = (
                item.until if part.section in _WITH_DUE or part.section is Section.PAUSED else None
            )
            yield [
                _(SECTION_WORDS[part.section]),
                name_of(item),
                _(KIND_WORDS[item.kind]) if item.kind is not None else "",
                item.text,
                form.time(due, row.timezone),
                item.who,
            ]
    yield from ([_("Text"), "", "", line, "", ""] for line in row.text.splitlines())
