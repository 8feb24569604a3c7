"""Choosing the organization whose data a screen shows."""

from functools import partial
from typing import Any, Protocol

from core.values.i18n import N_, _
from tui.action import Scope
from tui.shell import View


class ShowsOrganization(View, Protocol):
    """A screen that can show one organization only."""

    def show_organization(self, organization_id: int | None, name: str) -> None:
        """Show this one, or all (None)."""


def offer_organizations(scope: Scope, command: str, *, or_all: bool = True, **more: Any) -> None:
    """Declare the key that asks for one, or (``or_all``) for all."""
    scope.declare(
        "organization",
        "o",
        N_("Select organization"),
        do=partial(_choose, or_all),
        why_not=_why_not,
        command=command,
        **more,
    )


def _why_not(view: View) -> str | None:
    if view.actor.sees_all:
        return None
    return _("Only system admins choose an organization; you see your own.")


async def _choose(or_all: bool, view: ShowsOrganization) -> None:
    from tui.forms.organization_field import OrganizationDialog

    chosen = await view.ask(OrganizationDialog(_("Select organization"), offer_all=or_all))
    if isinstance(chosen, str):
        view.show_organization(None, "")
    elif chosen is not None:
        view.show_organization(chosen.id, chosen.name)
