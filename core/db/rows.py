"""Rows and what is made of them: a DTO's columns by its fields' names, changes over the version that was read."""

import enum
from collections.abc import Iterable
from typing import Any, TypeVar

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from core.values.errors import CoreError
from core.values.stored import stored

_Dto = TypeVar("_Dto", bound=Struct)


def columns_of(
    dto: type[Struct], model: Any, *, without: Iterable[str] = (), **others: Any
) -> tuple[Any, ...]:
    """The columns of a DTO, each called as its field: those of the model, but for ``others``.

    ``without``: fields that do not come from the row.
    """
    names = [name for name in dto.__struct_fields__ if name not in without]
    if unknown := others.keys() - names:
        raise TypeError(f"{dto.__name__} has no {', '.join(unknown)}")
    return tuple(
        (others[name] if name in others else getattr(model, name)).label(name) for name in names
    )


def made_of(dto: type[_Dto], row: Any, **kinds: type[enum.Enum]) -> _Dto:
    """The DTO of a row of ``columns_of``; ``kinds``: which fields are the members of which closed sets.

    What stands behind the columns of the DTO is left out.
    """
    values = {name: value for name, value in row._mapping.items() if name in dto.__struct_fields__}
    for name, kind in kinds.items():
        if values[name] is not None:
            values[name] = stored(kind, values[name])
    return dto(**values)


async def one_or(session: AsyncSession, select: sa.Executable, refusal: CoreError) -> Any:
    """The only row. Raises the refusal where there is none."""
    row = (await session.execute(select)).one_or_none()
    if row is None:
        raise refusal
    return row


async def save_over(
    session: AsyncSession, model: Any, row_id: int, version: int, **values: Any
) -> bool:
    """Save the values over the version that was read; gives whether it still was that one."""
    which = (model.id == row_id, model.version == version)
    change = sa.update(model).where(*which).values(**values, version=version + 1)
    result: Any = await session.execute(change)
    return bool(result.rowcount == 1)


async def change_rows(
    session: AsyncSession, model: Any, *which: sa.ColumnElement[bool], **values: Any
) -> None:
    """Change the rows of the model, or table, that meet the conditions, past the objects of the session."""
    change = sa.update(model).where(*which).values(**values)
    await session.execute(change.execution_options(synchronize_session=False))


async def count_rows(session: AsyncSession, model: Any, *which: sa.ColumnElement[bool]) -> int:
    """How many rows of the model, or of a subquery, meet the conditions."""
    select = sa.select(sa.func.count()).select_from(model).where(*which)
    return int(await session.scalar(select) or 0)


def is_sqlite(session: AsyncSession) -> bool:
    """Whether the session's database is SQLite; else it is PostgreSQL."""
    return bool(session.get_bind().dialect.name == "sqlite")


async def delete_over(session: AsyncSession, model: Any, row_id: int, version: int) -> bool:
    """Delete the version that was read; gives whether it still was that one."""
    return await delete_rows(session, model, model.id == row_id, model.version == version) == 1


async def delete_rows(session: AsyncSession, model: Any, *which: sa.ColumnElement[bool]) -> int:
    """Delete the rows of the model, or table, that meet the conditions; gives how many.

    On PostgreSQL no role but the owner has the right to DELETE, since LOCK TABLE comes with it: a function
    does it, held to what the session may delete.
    """
    await session.flush()
    if not is_sqlite(session):
        table = model if isinstance(model, sa.Table) else sa.inspect(model).local_table
        place: sa.ColumnElement[str] = sa.literal_column(f"{table.name}.ctid")
        places = sa.select(place).select_from(model).where(*which)
        call = sa.func.carecall_delete(table.name, sa.func.array(places.scalar_subquery()))
        deleted = await session.scalar(sa.select(call))
        return int(deleted or 0)
    statement = sa.delete(model).where(*which).execution_options(synchronize_session=False)
    result: Any = await session.execute(statement)
    return int(result.rowcount)
