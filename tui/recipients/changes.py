"""Editing, deleting, pausing and resuming, from list and details alike."""

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from core.recipients.rules import why_not_pause, why_not_resume
from core.values.errors import Conflict
from core.values.i18n import N_, _, ngettext
from core.values.jobs import FEW, FEW_TO_MOVE, Done, Job
from tui.action import Scope
from tui.forms.actions import DELETE, RESUME
from tui.forms.work import tell_done, work
from tui.recipients.targets import Target, named
from tui.shell import View

if TYPE_CHECKING:
    from core.recipients.deletion_dto import Deletion
    from core.recipients.dto import RecipientQuery, RecipientRow, Selection, SelectionCounts
    from tui.recipients.form_screen import RecipientForm

Result = TypeVar("Result")


class ShowsRecipients(View, Protocol):
    """A screen with recipients that can be changed."""

    @property
    def target(self) -> Target:
        """Whom an action is for."""

    @property
    def only_current(self) -> "RecipientRow | None":
        """Whom an action is for, where it is one."""

    @property
    def listed(self) -> "RecipientQuery | None":
        """What the list shows, where it is a list."""

    def show_saved(self, row: "RecipientRow") -> None:
        """One was saved: show it as it is now."""

    def show_changed(self) -> None:
        """Those that were asked for have changed."""

    def show_deleted(self, deletion: "Deletion", selection: "Selection", name: str) -> None:
        """They were deleted; the name, where it was one."""


class AddsRecipients(ShowsRecipients, Protocol):
    """A screen in which a new one is shown, too."""

    def show_added(self, row: "RecipientRow") -> None:
        """One was added: show it."""


def tell_added(view: AddsRecipients, row: "RecipientRow") -> None:
    """Show who was added, and tell it."""
    view.show_added(row)
    view.tell(_("{name} was added.").format(name=row.name), "success")


async def edit(view: ShowsRecipients, recipient_id: int) -> None:
    """Open the form with the recipient as it is now."""
    from tui.recipients.form_screen import RecipientForm

    row = await view.look(view.services.recipients.get(view.actor, recipient_id))
    await save_with(view, RecipientForm(row))


async def save_with(view: ShowsRecipients, form: "RecipientForm") -> None:
    """Open the form; show what was saved, and tell it."""
    row = await view.ask(form)
    if row is not None:
        view.show_saved(row)
        form.tell_saved(view, _("{name} was saved.").format(name=row.name))


async def _counted(view: ShowsRecipients) -> "tuple[Target, SelectionCounts]":
    # taken now: while it is counted, a change made elsewhere may move the cursor
    target = view.target
    counts = view.services.recipients.counts(view.actor, target.selection, view.listed)
    return target, await view.look(counts)


async def _change(
    view: ShowsRecipients,
    title: str,
    count: int,
    start: Callable[[Job], Coroutine[Any, Any, Result]],
    few: int = FEW,
) -> Result | None:
    """The outcome; where others have changed meanwhile, the list is read again."""
    try:
        return await work(view, title, count, start, few)
    except Conflict:
        view.data_changed()
        raise


def _tell_changed(view: ShowsRecipients, done: Done, one: str, many: str, partly: str) -> None:
    """Show it, and tell of the only one, of how many, or of how many were done before it was stopped."""
    view.show_changed()
    tell_done(view, done, one or many, partly)


async def delete(view: ShowsRecipients) -> None:
    """Ask, and delete them."""
    from tui.forms.confirm_dialog import ConfirmDialog

    target, counts = await _counted(view)
    days = view.console.settings.retention.deleted_recipients
    told = (
        _(
            "They leave the list and the call list at once. For {days} days this can be undone; then"
            " the personal data, voice files included, are gone for good."
        ).format(days=days)
        if days > 0
        else _("They leave the list and the call list at once. This can be undone at any time.")
    )
    title, question = _("Delete recipient"), f"{target.label(counts)}\n\n{told}"
    if not await view.ask(ConfirmDialog(title, question, DELETE)):
        return
    deletion = await _change(
        view,
        title,
        counts.total,
        lambda job: view.services.recipients.delete(
            view.actor, target.selection, counts.total, job
        ),
    )
    if deletion is not None:
        view.show_deleted(deletion, target.selection, target.only(counts))


def tell_deleted(view: View, deletion: "Deletion", name: str) -> None:
    """How many were deleted, and how to undo it."""
    tell_done(
        view,
        deletion.done,
        named(
            _("{name} was deleted. Press {keys[recipients.undo]} to undo."),
            name,
            keys=view.console.own_keys,
        )
        or ngettext(
            "{count} recipient was deleted. Press {keys[recipients.undo]} to undo.",
            "{count} recipients were deleted. Press {keys[recipients.undo]} to undo.",
            deletion.count,
        ),
        _("{done} of {total} were deleted; {keys[recipients.undo]} undoes.")
        if deletion.count
        else _("{done} of {total} were deleted."),
    )


async def pause(view: ShowsRecipients) -> None:
    """Ask why and until when, and pause those for whom it is possible."""
    from tui.recipients.pause_dialog import PauseDialog

    target, counts = await _counted(view)
    if not counts.pausable:
        view.tell(_("None of the selected recipients has a campaign in progress."), "warning")
        return
    others = _("the others have no campaign in progress and stay as they are")
    whom = target.label_possible(counts.pausable, counts, others)
    chosen = await view.ask(PauseDialog(whom, view.console.settings.zone))
    if chosen is None:
        return
    done = await _change(
        view,
        _("Pause participation"),
        counts.pausable,
        lambda job: view.services.participations.pause(
            view.actor,
            target.selection,
            counts.total,
            reason=chosen.reason,
            resumes_at=chosen.resumes_at,
            job=job,
        ),
    )
    if done is not None:
        _tell_changed(
            view,
            done,
            named(_("{name} was paused."), target.only(counts)),
            ngettext("{count} recipient was paused.", "{count} recipients were paused.", done.done),
            _("{done} of {total} were paused."),
        )


async def resume(view: ShowsRecipients) -> None:
    """Ask, and resume those for whom it is possible."""
    from tui.forms.confirm_dialog import ConfirmDialog

    target, counts = await _counted(view)
    if not counts.resumable:
        view.tell(_("None of the selected recipients is paused."), "warning")
        return
    title, others = _("Resume participation"), _("the others are not paused and stay as they are")
    whom = target.label_possible(counts.resumable, counts, others)
    question = whom + "\n\n" + _("They are back in the call list at once.")
    if not await view.ask(ConfirmDialog(title, question, RESUME)):
        return
    done = await _change(
        view,
        title,
        counts.resumable,
        lambda job: view.services.participations.resume(
            view.actor, target.selection, counts.total, job
        ),
    )
    if done is not None:
        _tell_changed(
            view,
            done,
            named(_("{name} was resumed."), target.only(counts)),
            ngettext(
                "{count} recipient was resumed.", "{count} recipients were resumed.", done.done
            ),
            _("{done} of {total} were resumed."),
        )


async def edit_many(view: ShowsRecipients) -> None:
    """Ask which field they are to have otherwise, and change it; who stays as it is is told."""
    from tui.recipients.edit_many_dialog import EditManyDialog, KeptDialog, title

    target, counts = await _counted(view)
    recipients = view.services.recipients
    before = await view.look(recipients.versions(view.actor, target.selection))
    draft = await view.ask(EditManyDialog(target.label(counts)))
    if draft is None:
        return
    edited = await _change(
        view,
        title(),
        counts.total,
        lambda job: recipients.edit_many(
            view.actor, target.selection, counts.total, draft, before=before, job=job
        ),
        FEW if draft.organization_id is None else FEW_TO_MOVE,
    )
    if edited is None:
        return
    _tell_changed(
        view,
        edited.done,
        named(_("{name} was saved."), "" if edited.kept_count else target.only(counts)),
        ngettext(
            "{count} recipient was saved.", "{count} recipients were saved.", edited.done.done
        ),
        _("{done} of {total} were saved."),
    )
    if edited.kept_count:
        await view.ask(KeptDialog(edited))


async def tags(view: ShowsRecipients) -> None:
    """Ask which tags they are to have, and give and take them."""
    from tui.tags.tags_dialog import TagsDialog

    target, counts = await _counted(view)
    uses = await view.look(view.services.tags.of_selection(view.actor, target.selection))
    chosen = await view.ask(TagsDialog(target.label(counts), uses, several=counts.total > 1))
    if chosen is None or not (chosen.add or chosen.remove):
        return
    done = await _change(
        view,
        _("Tags"),
        counts.total,
        lambda job: view.services.tags.change(
            view.actor,
            target.selection,
            counts.total,
            add=chosen.add,
            remove=chosen.remove,
            job=job,
        ),
    )
    if done is not None:
        _tell_changed(
            view,
            done,
            named(_("The tags of {name} were saved."), target.only(counts)),
            ngettext(
                "The tags of {count} recipient were saved.",
                "The tags of {count} recipients were saved.",
                done.done,
            ),
            _("The tags of {done} of {total} were saved."),
        )


def _why_not_pause(view: ShowsRecipients) -> str | None:
    return None if view.only_current is None else why_not_pause(view.only_current.status)


def _why_not_resume(view: ShowsRecipients) -> str | None:
    return None if view.only_current is None else why_not_resume(view.only_current.status)


_OFFERED: dict[str, dict[str, Any]] = {
    "delete": {
        "keys": "d",
        "label": N_("Delete"),
        "do": delete,
        "use_case": "recipients.delete",
        "command": "recipient delete",
        "also": N_("remove, erase"),
    },
    "pause": {
        "keys": "p",
        "label": N_("Pause"),
        "do": pause,
        "use_case": "participations.pause",
        "why_not": _why_not_pause,
        "command": "recipient pause",
        "also": N_("stop, suspend, hold"),
    },
    "resume": {
        "keys": "r",
        "label": N_("Resume"),
        "do": resume,
        "use_case": "participations.resume",
        "why_not": _why_not_resume,
        "command": "recipient resume",
        "also": N_("restart, continue, unpause"),
    },
    "tags": {
        "keys": "T",
        "label": N_("Tags"),
        "do": tags,
        "use_case": "tags.change",
        "command": "recipient tag",
        "also": N_("label, group, category"),
    },
}


def offer(scope: Scope, action: str, *, name: str = "", **more: Any) -> None:
    """Declare one of these in a place: what is otherwise there than elsewhere is said with it."""
    scope.declare(name or action, **_OFFERED[action], **more)
