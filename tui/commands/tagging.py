"""``carecall recipient tag``: give a recipient tags, and take them."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from core.recipients.dto import Selection
from core.values.errors import InvalidInput
from core.values.i18n import _
from tui.commands import given as arguments
from tui.commands.context import DONE, CommandContext
from tui.commands.parsing import add_command, change_as_json
from tui.commands.printing import print_change


class Tagged(Struct, frozen=True):
    """The tags that a recipient has now."""

    recipient: int
    tags: Sequence[str]


def add_arguments(actions: Any) -> None:
    """Whom, and which tags."""
    made = add_command(
        actions,
        "tag",
        _("give a recipient tags, and take them; one that is not there is made"),
        over_ssh=True,
    )
    arguments.add_recipient(made)
    arguments.add_tags(made)
    change_as_json(made, Tagged)


async def run(context: CommandContext) -> int:
    """Do it, and tell which tags there are."""
    given = context.arguments
    if not (given.give or given.take):
        raise InvalidInput(
            _("Say which tag to give or to take."), _("Add --give TAG or --take TAG.")
        )
    async with context.signed_in() as (services, actor):
        recipient = await arguments.recipient(services, actor, given)
        selection = Selection(frozenset({recipient.id}))
        await services.tags.change(actor, selection, 1, add=given.give, remove=given.take)
        names = await services.tags.of_recipient(actor, recipient.id)
    words = _("{name} has these tags now: {tags}.") if names else _("{name} has no tag now.")
    told = words.format(name=recipient.name, tags=", ".join(names))
    print_change(context, Tagged(recipient.id, names), told)
    return DONE
