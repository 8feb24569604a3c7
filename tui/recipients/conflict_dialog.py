"""Both versions of a recipient that somebody else saved meanwhile; the admin chooses."""

from textual.app import ComposeResult
from textual.widgets import Static

from core.recipients.dto import RecipientRow
from core.recipients.fields import TYPED, FieldName, texts_of
from core.recipients.rules import RecipientDraft
from core.values import phone
from core.values.i18n import N_, _
from tui.forms.actions import SAVE_MINE, TAKE_THEIRS, back
from tui.text import fit, shown
from tui.widgets.confirm_dialog import QuestionDialog


class ConflictDialog(QuestionDialog[bool]):
    """Dismissed with True for one's own version, False for theirs, None to go on editing."""

    def __init__(
        self,
        mine: RecipientDraft,
        organization: str,
        theirs: RecipientRow,
        region: str,
        *,
        by: str = "",
    ) -> None:
        who = by or _("Somebody else")
        super().__init__(
            _("Edit recipient"),
            _("{who} saved this recipient since it was opened. Nothing was overwritten.").format(
                who=who
            ),
            (back(N_("Back to the form")), None),
            (SAVE_MINE, True),
            (TAKE_THEIRS, False),
        )
        shown_phone = phone.show(theirs.phone, region)
        ours = {**texts_of(mine), FieldName.ORGANIZATION: organization}
        other = {**texts_of(theirs), FieldName.PHONE: shown_phone}
        other[FieldName.ORGANIZATION] = theirs.organization
        self._fields = [(field.label, ours[field.name], other[field.name]) for field in TYPED]

    def extra(self) -> ComposeResult:
        """A line for each field; a sign marks those that differ."""
        lines = [f"  {fit('', 20)} {fit(_('Yours'), 22)} {fit(_('Theirs'), 22)}"]
        for label, mine, theirs in self._fields:
            sign = "≠" if mine != theirs else " "
            lines.append(f"{sign} {fit(label, 20)} {fit(mine, 22)} {fit(theirs, 22)}")
        yield Static(shown("\n".join(lines)), classes="comparison")
