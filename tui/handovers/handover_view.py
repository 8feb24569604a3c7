"""One hand-over to be read: what there is to hand over now, or one that was signed."""

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from core.handovers.dto import Handover, HandoverRow
from core.handovers.rules import Section
from core.values.i18n import _
from tui.base import ConsoleScreen
from tui.handovers import report
from tui.text import clean, clean_lines, fit, shown
from tui.wrapping import wrapped

_NAME = 18  # cells
_LOUD = {Section.OPEN_EMERGENCIES, Section.OVERDUE}


class HandoverView(ConsoleScreen[None]):
    """Dismissed when it was read.

    It opens at the last one where that waits for somebody, else at what there is to hand over now.
    """

    AUTO_FOCUS = "#report"

    def __init__(self, organization_id: int) -> None:
        super().__init__()
        self._organization_id = organization_id
        self._wanted: int | None = None  # 0: what there is now; None: not chosen yet
        self.signed: Sequence[HandoverRow] = ()
        self.found: Handover | None = None

    def content(self) -> ComposeResult:
        """Title and which one, then the report."""
        with Horizontal(id="heading"):
            yield Static(shown(_("Hand-over")), id="title")
            yield Static("", id="count")
            yield Static("", id="narrowed")
        with VerticalScroll(id="report", can_focus=True):
            yield Static("", id="report-text")

    def on_mount(self) -> None:
        """Read it."""
        self.data_changed()

    def data_changed(self) -> None:
        """Read it again; what was signed stays as it is, but for who confirms it."""
        self.read(self._read, self._show)

    async def _read(self) -> tuple[Sequence[HandoverRow], Handover]:
        handovers, organization_id = self.services.handovers, self._organization_id
        signed = await handovers.list(self.actor, organization_id)
        if self._wanted is None:
            last = signed[0] if signed else None
            waits = (
                last is not None
                and last.confirmed_at is None
                and last.signed_by_id != self.actor.admin_id
                and self.may("handovers.confirm")
            )
            self._wanted = last.id if last is not None and waits else 0
        if self._wanted:
            return signed, await handovers.get(self.actor, self._wanted)
        return signed, await handovers.unsigned(self.actor, organization_id)

    def open(self, handover_id: int) -> None:
        """Show this one (0: what there is to hand over now), from its top."""
        self._wanted = handover_id
        self.query_one("#report").scroll_home(animate=False, immediate=True)
        self.data_changed()

    def show_organization(self, organization_id: int | None, name: str) -> None:
        """Show another organization's."""
        self._organization_id, self._wanted = organization_id or self._organization_id, None
        self.query_one("#report").scroll_home(animate=False, immediate=True)
        self.data_changed()

    def _ids(self) -> list[int]:
        return [0, *(row.id for row in self.signed)]

    def _other(self, by: int) -> int | None:
        ids = self._ids()
        at = ids.index(self._wanted) + by if self._wanted in ids else -1
        return ids[at] if 0 <= at < len(ids) else None

    def why_no_other(self, by: int) -> str | None:
        """The reason why there is none before (1) or after (-1) this one, or None."""
        if self._other(by) is not None:
            return None
        return _("This is the first hand-over.") if by > 0 else _("This is the last one.")

    def step(self, by: int) -> None:
        """To the one before (1) or after (-1) this one."""
        found = self._other(by)
        if found is not None:
            self.open(found)

    def scroll(self, method: str) -> None:
        """Scroll the report."""
        getattr(self.query_one("#report"), method)(animate=False)

    def _show(self, read: tuple[Sequence[HandoverRow], Handover]) -> None:
        self.signed, self.found = read
        row = self.found.row
        self.query_one("#count", Static).update(shown(row.organization))
        self.query_one("#narrowed", Static).update(shown(report.period(row, self.form)))
        self._write()

    def on_resize(self, _event: events.Resize) -> None:
        """Lines are broken where the screen ends."""
        if self.found is not None:
            self._write()

    def _write(self) -> None:
        assert self.found is not None  # noqa: S101
        found, row, form = self.found, self.found.row, self.form
        parts: list[str | tuple[str, str]] = [(clean(report.standing(row, form)) + "\n", "bold")]
        if row.text:
            parts.append(f"\n{clean_lines(row.text)}\n")
        follows_items = True
        width = max(20, self.size.width - 4 - _NAME - 2)
        for part in found.parts:
            style = "bold reverse" if part.section in _LOUD and part.count else "bold"
            if part.items or follows_items:
                parts.append("\n")
            follows_items = bool(part.items)
            parts += [(f" {clean(report.heading(part))} ", style), "\n"]
            for item in part.items:
                told = clean(report.about(part.section, item, form, row.timezone))
                first, *others = wrapped(told, width)
                parts.append(f"  {fit(report.name_of(item), _NAME)}{first}\n")
                parts += [f"  {' ' * _NAME}{line}\n" for line in others]
            if words := report.more(part):
                parts.append(f"  {words}\n")
        self.query_one("#report-text", Static).update(Content.assemble(*parts))
