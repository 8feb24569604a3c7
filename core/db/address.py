"""The URL of the database: what may stand in it, and which file or server it leads to."""

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.engine import URL, make_url

from core.values.errors import InvalidInput
from core.values.i18n import _

# what may stand in the URL of PostgreSQL, of all that asyncpg and SQLAlchemy take
_PARAMETERS = (
    "ssl", "host", "port", "user", "password", "passfile", "service", "servicefile", "target_session_attrs",
    "krbsrvname", "gsslib", "command_timeout", "prepared_statement_cache_size",
)  # fmt: skip
_HIGHEST_PORT = 65_535
_SSL = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")


def sqlite_path(url: str) -> Path | None:
    """The file of a SQLite URL, or None for another database. Raises InvalidInput for no usable URL."""
    parsed = parsed_url(url)
    if parsed.get_backend_name() == "sqlite":
        if not parsed.database or parsed.database == ":memory:":
            raise _wrong_url()
        return Path(parsed.database).expanduser().absolute()
    if parsed.drivername not in {"postgresql", "postgresql+asyncpg"}:
        raise _wrong_url()
    _check_parameters(parsed)
    return None


def _check_parameters(url: sa.URL) -> None:
    """Raise InvalidInput for what stands behind the ? of a URL and the driver would not take, or not as a text."""
    for name in url.query:
        if name not in _PARAMETERS:
            raise InvalidInput(
                _("The parameter {name} in the URL of the database is not known.").format(
                    name=name
                ),
                _("Known are: {names}.").format(names=", ".join(_PARAMETERS)),
                field="database",
            )
    if url.query.get("ssl", "require") not in _SSL:
        raise InvalidInput(
            _(
                "The parameter {name} in the URL of the database has a value that is not known."
            ).format(name="ssl"),
            _("Known are: {names}.").format(names=", ".join(_SSL)),
            field="database",
        )
    try:
        url.set(drivername="postgresql+asyncpg").get_dialect()().create_connect_args(url)
    except (exc.ArgumentError, ValueError):
        raise _wrong_url() from None


def parsed_url(url: str) -> URL:
    """The parts of the URL. Raises InvalidInput, which does not repeat it: a password may stand in it."""
    try:
        parsed = make_url(url)
    except (exc.ArgumentError, ValueError):
        raise _wrong_url() from None
    if parsed.port is not None and not 1 <= parsed.port <= _HIGHEST_PORT:
        raise _wrong_url()
    return parsed


def _wrong_url() -> InvalidInput:
    return InvalidInput(
        _("The setting database is not the URL of a database that can be used."),
        _("Write it like {sqlite} or {postgresql}.").format(
            sqlite="sqlite+aiosqlite:////var/lib/carecall/carecall.db",
            postgresql="postgresql+asyncpg://user@host/carecall",
        ),
        field="database",
    )
