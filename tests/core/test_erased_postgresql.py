"""On a PostgreSQL server of one's own: the owner of the tables leaves no byte of who is erased in their files."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.core.people import make_world
from tests.core.whole_person import ORGANIZATION, whole_person
from tests.own_postgresql import OwnServer


@pytest.fixture
def server() -> Iterator[OwnServer]:
    made = OwnServer()
    made.start()
    yield made
    made.close()


@pytest.mark.long
@pytest.mark.sqlite  # not once more where the suite runs on another server
async def test_the_owner_leaves_no_byte_in_the_files_of_the_tables(
    server: OwnServer, tmp_path: Path
) -> None:
    world = await make_world(tmp_path, database=server.url)
    await world.organization(ORGANIZATION)
    await world.campaign("Morning")
    gone, other = await whole_person(world, 1), await whole_person(world, 1, 0xB003, number=2)

    async def flush() -> None:
        async with world.database.engine.connect() as connection:
            alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await alone.execute(sa.text("CHECKPOINT"))

    await flush()
    tables = server.data / "base"
    assert len({text for _file, text in gone.in_files(tables)}) > 20
    erased = await world.services.retention.erase(world.system, gone.id, "asked for")
    assert not erased.server_keeps
    await flush()
    assert gone.in_files(tables) == []
    assert len({text for _file, text in other.in_files(tables)}) > 20
    await world.close()
