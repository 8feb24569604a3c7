"""Tasks as cells and sentences. Pure."""

from datetime import datetime

from rich.cells import cell_len

from core.contacts.dto import ContactRow
from core.contacts.rules import RELATION_WORDS
from core.tasks.dto import TaskRow
from core.tasks.rules import KIND_WORDS, TaskKind
from core.values.i18n import N_, _, ngettext
from tui.format import CellFormat
from tui.widgets.paged_table_cells import Column, TableRow

# what calls are marked with in the details as well, so that nobody needs colours
_SIGNS = {TaskKind.EMERGENCY: "!!", TaskKind.NEGATIVE: "!", TaskKind.UNANSWERED: "!"}
_SIGN_STYLES = {"!!": "error", "!": "warning"}
_BETWEEN = " · "
COLUMNS = (
    Column("sign", "", 2, frozen=True),
    Column("name", N_("Name"), 9, frozen=True, wide=16),
    Column("reason", N_("What for"), 34, frozen=True, wide=38),
    Column("due", N_("Due"), 21, frozen=True, wide=25),
    Column("assignee", N_("Assignee"), 8, wide=12),
    Column("tries", N_("Tries"), 5, "right"),
    Column("organization", N_("Organization"), 14),
)
_WIDTHS = {one.key: one.width for one in COLUMNS}


def reason(row: TaskRow, form: CellFormat, now: datetime, *, is_cell: bool = False) -> str:
    """Why the task is there: ``3 unanswered in a row since 24 Nov``; in a cell as much of it as is never cut."""
    words = _told(row, _reason(row, form, now))
    if is_cell and cell_len(words) > _WIDTHS["reason"]:
        return _told(row, _briefly(row, form, now))
    return words


def _told(row: TaskRow, words: str) -> str:
    if row.corrected:
        return _("{reason}, corrected").format(reason=words)
    if row.kind is TaskKind.EMERGENCY and row.acknowledged_at is None:
        return _("{reason}, unseen").format(reason=words)
    return words


def _briefly(row: TaskRow, form: CellFormat, now: datetime) -> str:
    since = form.day_or_time(row.since, now, row.timezone)
    words = {
        TaskKind.UNANSWERED: _("{count} unanswered since {since}"),
        TaskKind.EMERGENCY: _("{count} emergencies") if row.count > 1 else _("emergency, {since}"),
        TaskKind.NEGATIVE: _("{count} negative calls") if row.count > 1 else _("negative, {since}"),
    }.get(row.kind)
    return _reason(row, form, now) if words is None else words.format(count=row.count, since=since)


def _reason(row: TaskRow, form: CellFormat, now: datetime) -> str:
    since = form.day_or_time(row.since, now, row.timezone)
    if row.kind is TaskKind.UNANSWERED:
        words = ngettext(
            "{count} unanswered in a row since {since}",
            "{count} unanswered in a row since {since}",
            row.count,
        )
        return words.format(count=row.count, since=since)
    if row.kind is TaskKind.EMERGENCY and row.count > 1:
        words = ngettext(
            "{count} emergency since {since}",
            "{count} emergencies since {since}",
            row.count,
        )
        return words.format(count=row.count, since=since)
    if row.kind is TaskKind.NEGATIVE and row.count > 1:
        words = ngettext(
            "{count} negative call since {since}", "{count} negative calls since {since}", row.count
        )
        return words.format(count=row.count, since=since)
    is_today = ":" in since
    if row.kind is TaskKind.EMERGENCY:
        words = _("emergency call at {time}") if is_today else _("emergency of {time}")
    elif row.kind is TaskKind.NEGATIVE:
        words = _("negative call at {time}") if is_today else _("negative call of {time}")
    elif row.kind is TaskKind.NEXT_STEP:
        return _("next step: {text}").format(text=row.text)
    else:
        return row.text
    return words.format(time=since if is_today else form.near(row.since, now, row.timezone))


def due(row: TaskRow, form: CellFormat, now: datetime, *, is_cell: bool = False) -> str:
    """Until when: ``overdue since 11:20``, ``today 23:59``; in a cell as much of it as is never cut."""
    if row.due_at < now:
        since = form.day_or_time(row.due_at, now, row.timezone)
        words = _("overdue since {since}").format(since=since)
        if is_cell and cell_len(words) > _WIDTHS["due"]:
            return _("overdue, {since}").format(since=since)
        return words
    return form.near(row.due_at, now, row.timezone)


def task_row(row: TaskRow, form: CellFormat, now: datetime) -> TableRow:
    """A task as a row of the table."""
    sign = _SIGNS.get(row.kind, "")
    cells = (
        sign,
        row.name,
        reason(row, form, now, is_cell=True),
        due(row, form, now, is_cell=True),
        row.assignee or "-",
        str(row.tries or ""),
        row.organization,
    )
    styles = (_SIGN_STYLES.get(sign, ""), "", "", "error" if row.due_at < now else "")
    return TableRow(row.id, cells, styles, row)


def about(row: TaskRow, form: CellFormat, now: datetime) -> str:
    """Whose it is and what for, as a dialog says it."""
    return f"{row.name}: {reason(row, form, now)}"


def lines(
    row: TaskRow, form: CellFormat, now: datetime, contact: ContactRow | None = None
) -> tuple[str, ...]:
    """All that is known of a task, below the list; whom to phone next."""
    who = _BETWEEN.join(
        part for part in (row.name, form.phone(row.phone), row.organization) if part
    )
    what = _BETWEEN.join((reason(row, form, now), due(row, form, now)))
    said = [_(KIND_WORDS[row.kind])] if row.kind in (TaskKind.OWN, TaskKind.NEXT_STEP) else []
    said.append(
        _("{name} has it").format(name=row.assignee) if row.assignee else _("nobody has it yet")
    )
    if row.corrected:
        said.append(_("corrected since by the calling system"))
    if row.tries:
        words = ngettext("put off {count} time", "put off {count} times", row.tries)
        said.append(words.format(count=row.tries))
    if row.acknowledged_at is not None:
        at = form.day_or_time(row.acknowledged_at, now, row.timezone)
        said.append(_("seen by {name}, {time}").format(name=row.acknowledged_by or "-", time=at))
    turn_to: tuple[str, ...] = ()
    if contact is not None:
        name = f"{_(RELATION_WORDS[contact.relation])} {contact.name}".strip()
        words = _("next to phone: {name} {number}")
        turn_to = (words.format(name=name, number=form.phone(contact.phone)),)
    return who, what, _BETWEEN.join(said), *turn_to
