"""``carecall init``: make the database; the OS account becomes the first system admin."""

from core.values.i18n import _
from tui.commands.context import DONE, CommandContext
from tui.commands.parsing import Parser


def add_arguments(parser: Parser) -> None:
    """It has none."""


async def run(context: CommandContext) -> int:
    """Set up; raises where it is set up already."""
    from core.storage import maintenance

    admin = await maintenance.set_up(context.settings, context.identity)
    context.say(
        _("The database is at {location}; {login} is its first system admin.").format(
            location=maintenance.shown_location(context.settings.database), login=admin.login
        )
    )
    context.say(_("Next: carecall organization add NAME, then carecall"))
    return DONE
