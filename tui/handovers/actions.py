"""What the keys of a hand-over do."""

from operator import methodcaller
from typing import TYPE_CHECKING

from core.handovers.rules import why_not_confirm, why_not_sign
from core.values.errors import ActionBlocked, Conflict, NotFound
from core.values.i18n import N_, _
from core.values.times import now
from tui.action import Need, Scope, place
from tui.everywhere import EVERYWHERE
from tui.forms.choosing import offer_organizations

if TYPE_CHECKING:
    from tui.handovers.handover_view import HandoverView

HANDOVER = Scope("handover", N_("Hand-over"))
HANDOVER_PLACE = place(HANDOVER, EVERYWHERE)


def _why_not_sign(view: "HandoverView") -> str | None:
    if view.found is None:
        return _("It is still being read.")
    if view.found.row.is_signed:
        words = _("It is signed. {keys[handover.later]} goes to what there is to hand over now.")
        return words.format(keys=view.console.own_keys)
    last = view.signed[0] if view.signed else None
    return why_not_sign(last, now()) if last else None


@HANDOVER.action(
    "s", N_("Sign"), footer=1, use_case="handovers.sign", why_not=_why_not_sign, command="handover"
)
async def sign(view: "HandoverView") -> None:
    """Say what there is to say, and sign."""
    from tui.handovers.sign_form import SignForm

    if view.found is None:
        return
    signed = await view.ask(SignForm(view.found.row, view.found.before))
    if signed is not None:
        view.open(signed.row.id)
        view.tell(_("You have signed it. Whoever takes over confirms it."), "success")


def _why_not_confirm(view: "HandoverView") -> str | None:
    if view.found is None or not view.found.row.is_signed:
        words = _("It is not signed yet. {keys[handover.earlier]} goes to the one before.")
        return words.format(keys=view.console.own_keys)
    return why_not_confirm(view.found.row, view.actor.admin_id)


@HANDOVER.action(
    "c",
    N_("Confirm"),
    footer=2,
    use_case="handovers.confirm",
    why_not=_why_not_confirm,
    command="handover",
    also=N_("accept, take over"),
)
async def confirm(view: "HandoverView") -> None:
    """Say that one has read it, and takes over."""
    if view.found is None:
        return
    handover_id = view.found.row.id
    try:
        await view.write(view.services.handovers.confirm(view.actor, handover_id))
    except (ActionBlocked, Conflict, NotFound):
        view.data_changed()
        raise
    view.open(handover_id)
    view.tell(_("You have confirmed it: it is your shift now."), "success")


# at last to what there is to hand over now
for _name, _key, _label, _footer, _by in (
    ("earlier", "left_square_bracket", N_("Previous"), 3, 1),
    ("later", "right_square_bracket", N_("Next"), 4, -1),
):
    HANDOVER.declare(
        _name,
        _key,
        _label,
        do=methodcaller("step", _by),
        footer=_footer,
        why_not=methodcaller("why_no_other", _by),
        command="handover",
    )
offer_organizations(HANDOVER, "handover", or_all=False, footer=5)


for _name, _keys, _label, _method in (
    ("up", "k,up", N_("Up"), "scroll_up"),
    ("down", "j,down", N_("Down"), "scroll_down"),
    ("page_up", "pageup", N_("Page up"), "scroll_page_up"),
    ("page_down", "pagedown", N_("Page down"), "scroll_page_down"),
    ("first", "g,home", N_("First"), "scroll_home"),
    ("last", "G,end", N_("Last"), "scroll_end"),
):
    HANDOVER.declare(
        _name,
        _keys,
        _label,
        do=methodcaller("scroll", _method),
        needs=Need.NOTHING,
        looks=True,
        no_command="moves about",
    )
