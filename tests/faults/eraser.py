"""Erases one recipient, in a process of its own that a test kills."""

import asyncio
import os
from multiprocessing.connection import Connection

from core.app.services import Services
from core.io import identity
from core.io.configuration import load


def erase(recipient_id: int, environment: dict[str, str], told: Connection) -> None:
    """Sign in as who runs this, erase the recipient; tells ``ready`` before and ``erased`` after."""
    os.environ.update(environment)
    asyncio.run(_erase(recipient_id, told))


async def _erase(recipient_id: int, told: Connection) -> None:
    services = await Services.open(load())
    try:
        actor = await services.admins.sign_in(identity.of_process())
        told.send("ready")
        await services.retention.erase(actor, recipient_id, "asked for")
        told.send("erased")
    finally:
        await services.close()
