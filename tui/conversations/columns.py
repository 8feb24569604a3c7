"""How the lines that a search finds are shown. Pure."""

from core.calls.rules import ANALYSIS_WORDS
from core.conversations.dto import ConversationQuery, Hit
from core.conversations.rules import SAID_BY_WORDS
from core.values.i18n import N_, _, ngettext
from tui.format import CellFormat
from tui.text import clean
from tui.widgets.paged_table_cells import Column, TableRow

BEFORE = 12  # characters that are shown before the first word that was found
_OPEN, _CLOSE = "[", "]"

HITS = (
    Column("at", N_("Time"), 16),
    Column("name", N_("Recipient"), 12),
    Column("who", N_("Who"), 9),
    Column("line", N_("Line"), 400),  # what is left
)

Part = tuple[str, bool]  # text, and whether it is one of the words


def parts(hit: Hit, start: int = 0) -> list[Part]:
    """The line from this character on, its words apart from the rest."""
    found: list[Part] = []
    at = start
    for place in hit.places:
        if place.start < start:
            continue
        found += [(hit.text[at : place.start], False), (hit.text[place.start : place.stop], True)]
        at = place.stop
    found.append((hit.text[at:], False))
    return [(clean(text.replace("\n", " ")), is_word) for text, is_word in found if text]


def marked(hit: Hit) -> str:
    """The line from a little before the first word on, each word in brackets."""
    first = hit.places[0].start if hit.places else 0
    start = first - BEFORE if first > 2 * BEFORE else 0
    text = "".join(
        f"{_OPEN}{one}{_CLOSE}" if is_word else one for one, is_word in parts(hit, start)
    )
    return f"…{text}" if start else text


def hit_row(number: int, hit: Hit, form: CellFormat) -> TableRow:
    """A line as a row of the table."""
    cells = (
        form.time(hit.at, hit.timezone),
        hit.recipient,
        _(SAID_BY_WORDS[hit.said_by]),
        marked(hit),
    )
    return TableRow(number, cells, (), hit)


def about(hit: Hit, form: CellFormat, *, with_organization: bool) -> str:
    """Whose line it is, when it was said and by whom, and how the call was judged."""
    told = [hit.recipient, form.time(hit.at, hit.timezone), _(SAID_BY_WORDS[hit.said_by])]
    if with_organization:
        told.insert(1, hit.organization)
    if hit.analysis is not None:
        told.append(_(ANALYSIS_WORDS[hit.analysis]))
    return " · ".join(told)


def count_words(count: int, *, is_searching: bool, has_more: bool) -> str:
    """How many lines there are, as far as is known."""
    lines = ngettext("{count} line", "{count} lines", count).format(count=f"{count:,}")
    if is_searching:
        return _("Searching… {lines} so far").format(lines=lines)
    return _("{lines}, more follow").format(lines=lines) if has_more else lines


def narrowed_words(query: ConversationQuery, organization: str) -> str:
    """What the search is narrowed to."""
    told = []
    if query.first:
        told.append(_("from {day}").format(day=query.first))
    if query.last:
        told.append(_("until {day}").format(day=query.last))
    told += [_(SAID_BY_WORDS[one]) for one in SAID_BY_WORDS if one in query.said_by]
    told += [_(ANALYSIS_WORDS[one]) for one in ANALYSIS_WORDS if one in query.analyses]
    if organization:
        told.append(organization)
    return " · ".join(told)
