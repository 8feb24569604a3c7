"""Takes one workbook in, in a process of its own that a test kills."""

import asyncio
import os
from multiprocessing.connection import Connection
from pathlib import Path

from core.app.services import Services
from core.io import identity
from core.io.configuration import load


def take_in(workbook: Path, environment: dict[str, str], told: Connection) -> None:
    """Sign in as who runs this, take the workbook in; tells ``ready`` before and ``saved`` after."""
    os.environ.update(environment)
    asyncio.run(_take_in(workbook, told))


async def _take_in(workbook: Path, told: Connection) -> None:
    services = await Services.open(load())
    try:
        actor = await services.admins.sign_in(identity.of_process())
        told.send("ready")
        await services.uploads.upload(actor, workbook, again=True)
        told.send("saved")
    finally:
        await services.close()
