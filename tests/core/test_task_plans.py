"""How SQLite goes about a page of the tasks: along an index, in its order, with nothing sorted."""

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from core.recipients.dto import Anchor, Page
from core.tasks import queries
from core.tasks.dto import Tab, TaskQuery
from core.values.roles import Role
from core.values.times import now
from tests.factories import make_services

pytestmark = pytest.mark.sqlite


async def test_each_tab_is_read_in_the_order_of_an_index(tmp_path):
    world = await make_services(tmp_path)
    kim = await world.admin("kim", Role.ORGANIZATION, await world.organization())
    anchor = Anchor((1, now()), 7)
    async with world.database.transaction() as session:
        for actor, index in ((world.system, "ix_tasks_open"), (kim, "ix_tasks_open_of")):
            for tab in Tab:
                for place, backward in ((None, False), (anchor, False), (anchor, True)):
                    page = queries.page(
                        actor,
                        TaskQuery(tab),
                        now(),
                        world.settings,
                        Page(place, backward),
                    )
                    compiled = page.compile(
                        dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}
                    )
                    told = await session.execute(sa.text(f"EXPLAIN QUERY PLAN {compiled}"))
                    plan = " | ".join(row[3] for row in told)
                    assert f"tasks USING INDEX {index} " in f"{plan} ", (tab, plan)
                    assert "USE TEMP B-TREE" not in plan, (tab, plan)
    await world.close()
