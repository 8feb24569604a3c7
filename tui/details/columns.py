"""Calls, memory details, follow-up actions, memos and contacts as cells. Pure."""

from msgspec.structs import replace

from core.calls.dto import CallRow
from core.calls.rules import ANALYSIS_WORDS, RESULT_WORDS, Analysis
from core.contacts.dto import ContactRow
from core.contacts.rules import RELATION_WORDS
from core.followups.dto import FollowupRow
from core.followups.rules import ACTION_WORDS, ActionType
from core.history.dto import HistoryEntry
from core.history.rules import CHANGES, PAUSES, EntryKind
from core.memory.dto import MemoryRow, MemoryVersionRow
from core.memory.rules import CHANGE_WORDS
from core.memos.dto import MemoRow
from core.recipients.fields import BY_NAME
from core.tasks.rules import KIND_WORDS, OUTCOME_WORDS, TaskKind, TaskOutcome
from core.values.i18n import N_, _
from core.values.stored import stored
from tui.format import CellFormat, duration
from tui.text import clean
from tui.widgets.paged_table_cells import Column, TableRow

STREAK = 2  # unanswered calls in a row from which on they are marked
# marks, so that nobody needs colours
_ANALYSIS_MARKS = {Analysis.EMERGENCY: "!! ", Analysis.NEGATIVE: "! "}
_ANALYSIS_STYLES = {Analysis.EMERGENCY: "error", Analysis.NEGATIVE: "warning"}

CALLS = (
    Column("started_at", N_("When"), 16),
    Column("result", N_("Result"), 10),
    Column("completed", N_("Completed"), 9),
    Column("analysis", N_("Analysis"), 12),
    Column("duration", N_("Duration"), 8, "right"),
    Column("voice", N_("Voice"), 5),
    Column("feedback", N_("+/-"), 5),
    Column("followup", N_("Action"), 6),
    Column("campaign", N_("Campaign"), 16),
)
MEMORY = (
    Column("topic", N_("Topic"), 12),
    Column("content", N_("Content"), 38),
    Column("by", N_("By"), 8),
    Column("call", N_("From the call of"), 16),
    Column("changed_at", N_("Changed"), 16),
)
FOLLOWUPS = (
    Column("call", N_("Call of"), 16),
    Column("type", N_("Action"), 20),
    Column("details", N_("Details"), 28),
    Column("admin", N_("By"), 12),
    Column("updated_at", N_("Changed"), 16),
)
CONTACTS = (
    Column("place", N_("#"), 2),
    Column("relation", N_("Relation"), 17),
    Column("name", N_("Name"), 22),
    Column("phone", N_("Telephone"), 15),
    Column("shared", N_("Also of"), 16),
)
MEMOS = (
    Column("created_at", N_("When"), 16),
    Column("author", N_("Author"), 12),
    Column("text", N_("Memo"), 46),
)
VERSIONS = (
    Column("when", N_("When"), 16),
    Column("kind", N_("Kind"), 13),
    Column("by", N_("Changed by"), 10),
    Column("content", N_("Content"), 28),
)


def memo_columns(*, narrow: bool) -> tuple[Column, ...]:
    """The columns of the memos; narrow beside another pane."""
    widths = (16, 7, 12) if narrow else (one.width for one in MEMOS)
    return tuple(replace(one, width=width) for one, width in zip(MEMOS, widths, strict=True))


def yes_no(value: object) -> str:
    """``yes``, or a dash."""
    return _("yes") if value else "-"


def analysis(call: CallRow) -> str:
    """The word of the analysis with its mark; where nobody answered again and again, how often."""
    if call.analysis is not None:
        return _ANALYSIS_MARKS.get(call.analysis, "") + _(ANALYSIS_WORDS[call.analysis])
    if call.unanswered_in_a_row >= STREAK:
        return _("! {count} in a row").format(count=call.unanswered_in_a_row)
    return "-"


def feedback(call: CallRow) -> str:
    """How many think well and ill of it: ``+2 -1``."""
    counts = ((call.positive, "+"), (call.negative, "-"))
    return " ".join(f"{sign}{count}" for count, sign in counts if count)


def call_row(call: CallRow, form: CellFormat, timezone: str | None) -> TableRow:
    """A call as a row of the table."""
    style = _ANALYSIS_STYLES.get(call.analysis, "") if call.analysis else ""
    if call.unanswered_in_a_row >= STREAK:
        style = "warning"
    cells = (
        form.time(call.started_at, timezone),
        _(RESULT_WORDS[call.result]),
        yes_no(call.completed),
        analysis(call),
        duration(call.duration_ms / 1000),
        yes_no(call.voice_file),
        feedback(call),
        yes_no(call.followup_id),
        call.campaign,
    )
    return TableRow(call.id, cells, ("", "", "", style), call)


def memory_row(one: MemoryRow, form: CellFormat, timezone: str | None) -> TableRow:
    """A memory detail as a row of the table; a reset one says so in the place of its content."""
    content = one.content
    if one.is_reset:
        content = _("(reset)")
    elif one.newer_content is not None:
        content = _("! {content} · newer: {newer}").format(content=content, newer=one.newer_content)
    cells = (
        one.topic,
        content,
        one.admin or _("machine"),
        form.time(one.call_at, timezone) or "-",
        form.time(one.changed_at, timezone),
    )
    return TableRow(one.id, cells, ("muted",) * len(cells) if one.is_reset else (), one)


def followup_row(one: FollowupRow, form: CellFormat, timezone: str | None) -> TableRow:
    """A follow-up action as a row of the table."""
    cells = (
        form.time(one.call_at, timezone),
        _(ACTION_WORDS[one.action_type]),
        one.details,
        one.admin,
        form.time(one.updated_at, timezone),
    )
    return TableRow(one.id, cells, (), one)


def shared_with(one: ContactRow) -> str:
    """The others who have the number."""
    return ", ".join(one.shared_with) + (" …" if one.is_shared_widely else "")


def contact_row(one: ContactRow, form: CellFormat, _timezone: str | None) -> TableRow:
    """A contact as a row of the table."""
    cells = (
        str(one.place),
        _(RELATION_WORDS[one.relation]),
        one.name,
        form.phone(one.phone),
        shared_with(one),
    )
    return TableRow(one.id, cells, (), one)


def memo_row(one: MemoRow, form: CellFormat, timezone: str | None) -> TableRow:
    """A memo as a row of the table."""
    return TableRow(one.id, (form.time(one.created_at, timezone), one.author, one.text), (), one)


def who(one: HistoryEntry) -> str:
    """Who did it; what calls make, and what the console does by itself, is nobody's."""
    return one.who or "-"


def what(one: HistoryEntry, *, whole: bool = False) -> str:
    """What happened, in one line, or with all of its text."""
    text = one.text if whole else clean(one.text)
    if one.kind is EntryKind.TASK:
        kind = _(KIND_WORDS[stored(TaskKind, one.what)])
        ended = _(OUTCOME_WORDS[stored(TaskOutcome, one.outcome)]) if one.outcome else ""
        return " · ".join(filter(None, (kind, ended, text)))
    if one.kind is EntryKind.FOLLOWUP:
        action = _(ACTION_WORDS[stored(ActionType, one.what)])
        return " · ".join(filter(None, (action, text)))
    if one.kind is EntryKind.MEMO:
        return text
    word = CHANGES.get(one.what) or PAUSES.get(one.what) or ""
    return " · ".join(filter(None, (_(word) if word else one.what, ", ".join(_fields(one)))))


def _fields(one: HistoryEntry) -> list[str]:
    return [BY_NAME[name].label if name in BY_NAME else name for name in one.fields]


def version_row(one: MemoryVersionRow, form: CellFormat, timezone: str | None) -> TableRow:
    """A version of a memory detail."""
    cells = (
        form.time(one.changed_at, timezone) or "-",
        _(CHANGE_WORDS[one.change]),
        one.admin or _("machine"),
        one.content,
    )
    return TableRow(one.number, cells, (), one)
