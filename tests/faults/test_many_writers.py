"""Several processes change one database at once: what was acknowledged is there, nobody is told "locked"."""

import itertools
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy.orm import undefer

from core.app.audit import trail
from core.db.models import Admin
from tests import postgresql
from tests.audit_trail import records
from tests.factories import make_services

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize(
    ("processes", "changes"), [(3, 20), pytest.param(8, 500, marks=pytest.mark.long)]
)
async def test_many_processes_lose_no_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, processes: int, changes: int
) -> None:
    if kind == "postgresql":
        postgresql.server_url()
        monkeypatch.setenv("CARECALL_TEST_DATABASE", "postgresql")
    world = await make_services(tmp_path)
    arguments = [sys.executable, "-m", "tests.core.writers", world.database.url, str(changes)]
    writers = [
        subprocess.Popen(
            arguments, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(processes)
    ]
    told = [writer.communicate() for writer in writers]
    assert told == [(f"{changes} acknowledged\n", "")] * processes
    async with world.database.reading() as session:
        admin = await session.get_one(
            Admin, world.system.admin_id, options=[undefer(Admin.preferences)]
        )
    assert admin.preferences == {"counted": processes * changes}
    written = await records(world)
    assert len(written) == processes * changes
    assert written[0].previous_hash == trail.GENESIS
    assert all(one.hash == two.previous_hash for one, two in itertools.pairwise(written))
    await world.close()
