"""An export as a page to read and to print: no script, nothing from elsewhere, every text as text. Pure.

It is one file that a browser shows from wherever it lies; the policy in it forbids it to load anything.
"""

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from core.app.audit import words
from core.calls.rules import ANALYSIS_WORDS, RESULT_WORDS, SPEAKER_WORDS, VERDICT_WORDS
from core.contacts.rules import RELATION_WORDS
from core.exports import dto
from core.followups.rules import ACTION_WORDS
from core.memory.rules import CHANGE_WORDS
from core.recipients.fields import BY_NAME, SORTED, Kind
from core.recipients.texts import duration, text_of
from core.tasks.rules import KIND_WORDS, OUTCOME_WORDS
from core.uploads.dto import RESULT_WORDS as ROW_WORDS
from core.values import phone, times
from core.values.i18n import _, language
from core.values.stored import Words
from core.values.text import displayed

_STYLE = """
body { font: 16px/1.5 "Noto Sans CJK KR", "Noto Sans KR", "Malgun Gothic", "Apple SD Gothic Neo", sans-serif;
  margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #111; background: #fff; word-break: keep-all; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.25rem; margin-top: 2rem; border-bottom: 2px solid #111; }
h3 { font-size: 1rem; margin: 1.5rem 0 .3rem; }
table { border-collapse: collapse; width: 100%; margin: .3rem 0 1rem; }
th, td { text-align: left; vertical-align: top; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid #bbb;
  overflow-wrap: break-word; white-space: pre-line; }
td:last-child { overflow-wrap: anywhere; padding-right: 0; } .said td:last-child { width: 100%; }
th { font-weight: 600; } .facts { table-layout: fixed; } .facts th { width: 14rem; }
.when { white-space: nowrap; }
@media (max-width: 40rem) { .facts th { width: 38%; } }
.note { color: #444; } a { color: #0645ad; }
@media print { body { margin: 0; max-width: none; padding: 0; font-size: 11px; } h2, h3 { break-after: avoid; }
  tr, .facts { break-inside: avoid; } a { color: #111; } }
"""
_WHEN = ' class="when"'  # is not broken where it has a sign
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d")
Cells = Iterable[str]


def page(export: dto.Export, region: str, zone: ZoneInfo) -> str:
    """The page, in the language in use; times in the zone."""
    made = _Page(region, zone)
    return made.whole(export)


class _Page:
    def __init__(self, region: str, zone: ZoneInfo) -> None:
        self._region = region
        self._zone = zone
        self._out: list[str] = []

    def whole(self, export: dto.Export) -> str:
        """Everything, in the order in which somebody reads it."""
        row = export.recipient
        title = _("What is kept about {name}").format(name=row.name)
        self._out.append(f"<h1>{_shown(title)}</h1>")
        self._note(
            _("By {organization}, as of {moment}.").format(
                organization=row.organization,
                moment=times.show_with_zone(export.made_at, self._zone),
            )
        )
        self._note(
            _("The same for programs: {data}, whose form {schema} describes.").format(
                data="data.json", schema="schema.json"
            )
        )
        self._recipient(export)
        self._table(
            _("Campaigns"),
            (_("Campaign"), _("Since"), _("Paused since"), _("Reason"), _("Resumes")),
            (
                (one.campaign, self._at(one.enrolled_at), self._at(one.paused_at), one.pause_reason,
                 self._at(one.resumes_at))
                for one in export.participations
            ),
        )  # fmt: skip
        self._calls(export.calls)
        self._memory(export.memory)
        self._table(
            _("Memos"),
            (_("Written"), _("Changed"), _("By"), _("Text")),
            (
                (self._at(one.created_at), self._at(one.updated_at), one.by, one.text)
                for one in export.memos
            ),
        )
        self._tasks(export.tasks)
        self._table(
            _("Contacts"),
            (_("Relation"), _("Name"), _("Phone number")),
            (
                (_word(RELATION_WORDS, one.relation), one.name, phone.show(one.phone, self._region))
                for one in export.contacts
            ),
        )
        self._table(
            _("Recipients that became part of this one"),
            (_("Time"), _("By"), _("Kept before as"), _("This one before")),
            (
                (self._at(one.at), one.by, self._texts(one.other), self._texts(one.before))
                for one in export.merges
            ),
        )
        self._table(_("Tags"), (_("Tag"),), ((name,) for name in export.tags))
        self._uploads(export.uploads)
        self._table(
            _("In texts about many people (others' names and numbers are left out)"),
            (_("Time"), _("Where"), _("Text")),
            ((self._at(one.at), _TEXTS(one.of), one.text) for one in export.texts),
        )
        self._table(
            _("Calls that could not be stored"),
            (_("Received"), _("As it came")),
            ((self._at(one.received_at), one.content) for one in export.deliveries),
        )
        self._records(_("Who changed it"), export.changes)
        self._records(_("Who looked at it"), export.access)
        self._heading(_("What is not in here"))
        for line in export.left_out:
            self._note(line)
        return _document(title, "\n".join(self._out))

    def _texts(self, values: Mapping[str, str]) -> str:
        shown = (
            phone.show(value, self._region) if BY_NAME[name].kind is Kind.PHONE else value
            for name, value in values.items()
            if name in BY_NAME
        )
        return "\n".join(filter(None, shown))

    def _recipient(self, export: dto.Export) -> None:
        facts = [(_("ID"), str(export.recipient.id))]
        facts += [
            (field.label, text_of(field, export.recipient, self._region, self._zone))
            for field in SORTED
        ]
        if export.deleted_at is not None:
            facts.append((_("Deleted at"), self._at(export.deleted_at)))
        self._heading(_("Recipient information"))
        self._facts(facts)

    def _calls(self, calls: Sequence[dto.CallMade]) -> None:
        self._heading(_("Calls"), len(calls))
        for one in calls:
            self._out.append(f"<h3>{_shown(self._at(one.started_at))}</h3>")
            facts = [
                (_("Call ID"), one.id),
                (_("Campaign"), one.campaign),
                (_("Result"), _word(RESULT_WORDS, one.result)),
                (_("Completed"), _("yes") if one.completed else _("no")),
                (_("Analysis"), _word(ANALYSIS_WORDS, one.analysis)),
                (_("Duration"), duration(one.duration_s)),
                (_("Summary"), one.summary),
                *(
                    (_("Feedback"), f"{_word(VERDICT_WORDS, said.verdict)} · {said.by} · {self._at(said.at)}")
                    for said in one.feedback
                ),
            ]  # fmt: skip
            if one.followup is not None:
                did = one.followup
                told = (
                    _word(ACTION_WORDS, did.type),
                    did.by,
                    self._at(did.updated_at),
                    did.details,
                )
                facts.append((_("Follow-up action"), " · ".join(filter(None, told))))
            if one.voice_missing:
                facts.append((_("Voice file"), one.voice_missing))
            self._facts(facts)
            if one.voice:
                href, voice = escape(one.voice, quote=True), _("Voice file")
                self._out.append(f'<p>{_shown(voice)}: <a href="{href}">{href}</a></p>')
            self._rows(
                (),
                (
                    (duration(said.at_s), _word(SPEAKER_WORDS, said.speaker), said.text)
                    for said in one.conversation
                ),
            )

    def _memory(self, memory: Sequence[dto.MemoryKept]) -> None:
        self._heading(_("Memory details"), len(memory))
        for one in memory:
            state = _("forgotten") if one.reset_at else one.content
            self._out.append(f"<h3>{_shown(one.topic)}: {_shown(state)}</h3>")
            if one.newer_content:
                self._facts([(_("Brought up since"), one.newer_content)])
            self._rows(
                (),
                (
                    (self._at(step.at), _word(CHANGE_WORDS, step.change), step.by or _("machine"), step.content)
                    for step in one.history
                ),
            )  # fmt: skip

    def _tasks(self, tasks: Sequence[dto.TaskKept]) -> None:
        self._heading(_("Tasks"), len(tasks))
        for one in tasks:
            self._out.append(
                f"<h3>{_shown(_word(KIND_WORDS, one.kind))} {_shown(self._at(one.since))}</h3>"
            )
            seen = f"{one.acknowledged_by} · {self._at(one.acknowledged_at)}"
            closed = (_word(OUTCOME_WORDS, one.outcome), one.closed_by, self._at(one.closed_at))
            self._facts(
                [
                    (_("Text"), one.text),
                    (_("Due"), self._at(one.due_at)),
                    (_("Assignee"), one.assignee),
                    (_("Tries"), str(one.tries or "")),
                    (_("Acknowledged"), seen if one.acknowledged_at else ""),
                    (_("Closed"), " · ".join(filter(None, closed)) if one.closed_at else ""),
                    (_("Reason"), one.reason),
                    (_("Calls"), ", ".join(one.calls)),
                ]
            )

    def _uploads(self, rows: Sequence[dto.RowGiven]) -> None:
        self._heading(_("Rows of uploaded files"), len(rows))
        for one in rows:
            place = _("Row {row}").format(row=one.row)
            title = " · ".join((self._at(one.at), one.file_name, place))
            self._out.append(f"<h3>{_shown(title)}</h3>")
            given = [
                (BY_NAME[name].label if name in BY_NAME else name, text)
                for name, text in one.given.items()
            ]
            self._facts(
                [
                    (_("Result"), _word(ROW_WORDS, one.result)),
                    *given,
                    (_("Reason"), "\n".join(one.reasons)),
                    (_("Warning"), "\n".join(one.warnings)),
                ]
            )

    def _records(self, title: str, records: Sequence[dto.Record]) -> None:
        self._table(
            title,
            (_("Time"), _("By"), _("What was done"), _("Fields")),
            (
                (self._at(one.at), one.by, words.of_record(one.action), ", ".join(map(_field, one.fields)))
                for one in records
            ),
        )  # fmt: skip

    def _heading(self, title: str, count: int | None = None) -> None:
        number = "" if count is None else f" ({count:,})"
        self._out.append(f"<h2>{_shown(title)}{number}</h2>")
        if count == 0:
            self._note(_("None."))

    def _note(self, text: str) -> None:
        self._out.append(f'<p class="note">{_shown(text)}</p>')

    def _table(self, title: str, headers: Sequence[str], rows: Iterable[Cells]) -> None:
        found = [tuple(row) for row in rows]
        self._heading(title, len(found))
        self._rows(headers, found)

    def _rows(self, headers: Sequence[str], rows: Iterable[Cells]) -> None:
        lines = []
        for row in rows:
            first, *rest = map(_shown, row)
            cells = "".join(
                f"<td{_WHEN if _MOMENT.fullmatch(cell) else ''}>{cell}</td>" for cell in rest
            )
            lines.append(f"<tr><td{_WHEN}>{first}</td>{cells}</tr>")
        if lines:
            head = "".join(f"<th>{_shown(one)}</th>" for one in headers)
            kind = (
                "" if head else ' class="said"'
            )  # what was said needs no headers, and most of the room
            head = head and f"<tr>{head}</tr>"
            self._out.append(f"<table{kind}>{head}{''.join(lines)}</table>")

    def _facts(self, facts: Iterable[tuple[str, str]]) -> None:
        lines = [
            f"<tr><th>{_shown(name)}</th><td>{_shown(text)}</td></tr>"
            for name, text in facts
            if text
        ]
        self._out.append(f'<table class="facts">{"".join(lines)}</table>')

    def _at(self, moment: Any) -> str:
        return times.show(moment, self._zone)


def _document(title: str, body: str) -> str:
    digest = b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return (
        f'<!DOCTYPE html>\n<html lang="{language()}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="referrer" content="no-referrer">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{_shown(title)}</title><style>{_STYLE}</style></head>\n<body>\n{body}\n</body></html>\n"
    )


def _shown(text: str) -> str:
    return escape(displayed(str(text)), quote=True)


def _word(table: Words[Any], value: str) -> str:
    return _(table[value]) if value else ""


def _field(name: str) -> str:
    return BY_NAME[name].label if name in BY_NAME else name


def _TEXTS(of: str) -> str:  # noqa: N802 - words of a closed set
    return {
        "handovers.text": _("Hand-over"),
        "uploads.file_name": _("Name of an uploaded file"),
        "uploads.notes": _("Note on an uploaded file"),
    }.get(of, of)
