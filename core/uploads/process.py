"""Processes of the console's own that read and write workbooks."""

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import core


async def start(
    module: str,
    *arguments: str,
    files: Sequence[int] = (),
    environment: Mapping[str, str] | None = None,
) -> asyncio.subprocess.Process:
    """Start a module of this program, with pipes, and these descriptors open under the same numbers."""
    # -P: the directory in which the console happens to be started lends it no modules
    root = str(Path(core.__file__).parent.parent)
    path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH", "")]))
    return await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", module, *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        pass_fds=tuple(files),
        env={**os.environ, "PYTHONPATH": path, **(environment or {})},
        # no key pressed in the terminal reaches it
        start_new_session=True,
        limit=1 << 20,
    )  # fmt: skip
