"""Takes one workbook in, in a process of its own that a test kills; says ``saved`` once it is told so."""

import asyncio
import sys
from pathlib import Path

from core import identity
from core.services import Services
from core.settings import load


async def main(workbook: Path) -> None:
    """Sign in as who runs this, and take the workbook in."""
    services = await Services.open(load())
    try:
        actor = await services.admins.sign_in(identity.of_process())
        print("ready", flush=True)
        result = await services.uploads.take_in(actor, workbook, again=True)
        print("saved", result.created, flush=True)
    finally:
        await services.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
