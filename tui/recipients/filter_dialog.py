"""The detailed search: each field narrows the list."""

from typing import Any

from textual.app import ComposeResult
from textual.containers import Grid, Horizontal, Vertical
from textual.widgets import Static

from core.calls.rules import ANALYSIS_WORDS, RESULT_WORDS
from core.recipients.dto import RecipientFilter
from core.recipients.fields import TEXT_NAMES, TEXTS
from core.recipients.rules import Status
from core.recipients.texts import status as status_words
from core.tags.rules import names_of
from core.values.days import Day, parse_past
from core.values.errors import InvalidInput
from core.values.i18n import N_, _
from core.values.times import now
from tui.forms.actions import FILTER
from tui.forms.form_dialog import FormDialog
from tui.forms.form_field import FormField
from tui.forms.tick_list import TickList
from tui.text import shown

_DAYS = ("registered_from", "registered_to", "last_call_from", "last_call_to", "emergency_from")
_WORSE = "worse"


class FilterDialog(FormDialog[RecipientFilter]):
    """Dismissed with the filter; an empty one lists all."""

    title_words = N_("Detailed search")
    binds = (FILTER,)
    verb = N_("Search")
    saves_by_enter = True

    def __init__(self, current: RecipientFilter) -> None:
        super().__init__()
        self.scopes = (FILTER, *self.scopes)
        self._current = current

    def content(self) -> ComposeResult:
        """A field for each; ticks for status and analysis."""
        current = self._current
        with Grid(classes="fields"):
            for field in TEXTS:
                label = _(field.typed.short) if field.typed else ""
                yield FormField(field.name.value, label, getattr(current, field.name))
            if len(TEXTS) % 2 == 0:
                yield Static()  # so that first and last days stand side by side
            yield FormField("campaign", _("Campaign"), current.campaign)
            yield self._day_field("registered_from", _("Registered from"), current.registered_from)
            yield self._day_field("registered_to", _("until"), current.registered_to)
            yield self._day_field("last_call_from", _("Last call from"), current.last_call_from)
            yield self._day_field("last_call_to", _("until"), current.last_call_to)
            streak = str(current.unanswered_streak or "")
            yield FormField("streak", _("Unanswered ≥"), streak, _streak, length=3)
            yield self._day_field("emergency_from", _("Emergency since"), current.emergency_from)
            quiet = str(current.no_call_days or "")
            yield FormField("no_call_days", _("No call, days ≥"), quiet, _days, length=4)
            soon = "" if current.resumes_within is None else str(current.resumes_within)
            yield FormField("resumes_within", _("Resumes in ≤"), soon, _days, length=4)
            tags = ", ".join(current.tags)
            yield FormField("tags", _("Tags"), tags, names_of)
            if self.actor.sees_all:
                yield FormField("organization", _("Organization"), current.organization)
        with Horizontal(classes="ticks"):
            with Vertical():
                yield Static(shown(_("Status")))
                words = [(str(int(one)), status_words(one)) for one in Status]
                yield TickList(words, (str(int(one)) for one in current.statuses), id="statuses")
            with Vertical():
                yield Static(shown(_("Analysis of the last connected call")))
                analyses = [(one.value, _(word)) for one, word in ANALYSIS_WORDS.items()]
                yield TickList(analyses, current.analyses, id="analyses")
            with Vertical():
                yield Static(shown(_("Last call")))
                results = [(one.value, _(word)) for one, word in RESULT_WORDS.items()]
                yield TickList(results, current.results, id="results")
                yield Static(shown(_("Change")))
                worse = [(_WORSE, _("getting worse"))]
                yield TickList(worse, [_WORSE] if current.getting_worse else [], id="change")
        yield Static(
            shown(_("Days: 2026-12-01, -7, week. space ticks, enter lists, ctrl+l lists all."))
        )

    def _day_field(self, name: str, label: str, value: Day | None) -> FormField:
        return FormField(name, label, str(value or ""), self._day, length=10)

    def _day(self, typed: str) -> Day | None:
        today = now().astimezone(self.console.settings.zone).date()
        return parse_past(typed, today)

    def clear(self) -> None:
        """List all again."""
        self.dismiss(RecipientFilter())

    async def save(self) -> None:
        """List what matches, unless a field breaks a rule."""
        if not self.are_right():
            return
        fields = {field.field_name: field for field in self.query(FormField)}
        texts = {name: field.value.strip() for name, field in fields.items()}
        given: dict[str, Any] = {name: texts[name] for name in TEXT_NAMES}
        days: dict[str, Any] = {name: self._day(texts[name]) for name in _DAYS}
        self.dismiss(
            RecipientFilter(
                **given,
                organization=texts.get("organization", ""),
                campaign=texts["campaign"],
                **days,
                statuses=frozenset(
                    Status(int(s)) for s in self.query_one("#statuses", TickList).ticked
                ),
                analyses=frozenset(self.query_one("#analyses", TickList).ticked),
                unanswered_streak=_streak(fields["streak"].value),
                results=frozenset(self.query_one("#results", TickList).ticked),
                getting_worse=_WORSE in self.query_one("#change", TickList).ticked,
                resumes_within=_days(texts["resumes_within"]),
                no_call_days=_days(texts["no_call_days"]) or 0,
                tags=names_of(texts["tags"]),
            )
        )


def _streak(typed: str) -> int:
    text = typed.strip()
    if not text:
        return 0
    if not (text.isascii() and text.isdigit()) or len(text) > 3:
        raise InvalidInput(_("Write a number of calls, such as 3."))
    return int(text)


def _days(typed: str) -> int | None:
    text = typed.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 4:
        raise InvalidInput(_("Write a number of days, such as 14."))
    return int(text)
