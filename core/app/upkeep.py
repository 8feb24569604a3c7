"""What time brings, whoever is there: consoles do it each minute, ``carecall tick`` whenever a timer asks."""

from core.app.audit.access_chain import chain_access
from core.app.audit.forwarding import forward
from core.calls.metrics import refresh_outdated
from core.campaigns.participations import resume_due
from core.conversations.filling import fill
from core.db.engine import Database
from core.values.settings import WHOLE_RECORDS, Settings

FILLING_SECONDS = 20  # of each minute in which conversations are left to be filled in


async def run_upkeep(database: Database, settings: Settings) -> int:
    """Resume whose day has come, take calls out of metrics that are too old for them, chain who looked at what,
    send syslog the records that it is to have whole, and bring older conversations into their index.

    Gives how many were resumed. Done again, it does nothing twice.
    """
    resumed = await resume_due(database)
    await refresh_outdated(database, settings)
    await chain_access(database)
    if settings.audit_syslog == WHOLE_RECORDS:
        await forward(database)
    await fill(database, FILLING_SECONDS)
    return resumed
