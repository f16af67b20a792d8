"""A store of records: opened, made, migrated; each use of it is one transaction."""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Literal, Self
from urllib.parse import quote

import sqlalchemy as sa

from coefgate.core.installation import install_again
from coefgate.core.problems import (
    EnvironmentProblem,
    InvalidDocument,
    NewerFormat,
    UsageProblem,
)
from coefgate.runner.call_record import SCHEMA_VERSION
from coefgate.telemetry.migrating import MIGRATIONS, migrate, version_of
from coefgate.telemetry.store_address import StoreAddress, store_address
from coefgate.telemetry.store_errors import explained_store

_Mode = Literal["ro", "rw", "rwc"]

PATIENCE: Final = 30.0
"""Seconds that a command waits for another process that writes the same file."""
_NETWORK: Final = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
"""When a server that says nothing counts as away, in libpq's words; an address may say others."""
_OUR_LOCK: Final = 0xC0EF6A7E
"""What PostgreSQL knows as the lock of who makes or migrates a store."""


class Store:
    """An open store; ``with`` closes it. What fails is told by its address, without secrets."""

    def __init__(self, address: StoreAddress, engine: sa.Engine) -> None:
        self.address = address
        self._engine = engine
        self._file = _identity(address.path)

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A connection that sees one state of the store, whoever writes meanwhile."""
        with self._begun(write=False) as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A connection whose changes are kept together at the end; an error keeps none."""
        with self._begun(write=True) as connection:
            yield connection
        # A deleted file takes what is written, and nobody finds it there.
        if self._file is not None and self._file != _identity(self.address.path):
            raise EnvironmentProblem(
                f"{self.address.shown} was deleted or replaced while it was written; what was to "
                "be written is still where it came from. Run the command again"
            )

    @contextmanager
    def _begun(self, *, write: bool) -> Iterator[sa.Connection]:
        with explained_store(self.address), self._engine.connect() as connection:
            if not write and self.address.path is None:
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.execution_options(write=write).begin():
                yield connection

    def close(self) -> None:
        """Let go of its connections."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def open_store(address: str | StoreAddress, *, write: bool = False) -> Store:
    """The store at a path or URL, which is of this program's version.

    Raises ``EnvironmentProblem`` where there is none, or an older one, with the command that makes
    or migrates it; ``NewerFormat`` for a newer one, ``InvalidDocument`` for what is no store.
    """
    where = address if isinstance(address, StoreAddress) else store_address(address)
    if where.path is not None and not _is_file(where.path):
        raise _missing(where)
    store = Store(where, _engine(where, "rw" if write else "ro"))
    try:
        with store.read() as connection:
            _check_version(where, version_of(connection))
    except BaseException:
        store.close()
        raise
    return store


def make_store(address: str | StoreAddress, *, migrations: Path = MIGRATIONS) -> str | None:
    """Make the store, or migrate it to this program's version; the version that it had.

    A migration that fails leaves it as it was, and a file that it made is gone.
    """
    where = address if isinstance(address, StoreAddress) else store_address(address)
    is_new = where.path is not None and not _is_file(where.path)
    try:
        with Store(where, _engine(where, "rwc")) as store, store.write() as connection:
            if where.path is None:
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_OUR_LOCK)))
            before = version_of(connection)
            if before is None:
                _check_place(where, connection)
            else:
                _check_version(where, before, older=True)
            migrate(connection, migrations=migrations)
    except BaseException:
        if is_new and where.path is not None:
            for end in ("", "-wal", "-shm"):
                with suppress(OSError):
                    Path(f"{where.path}{end}").unlink()
        raise
    return before


def _identity(path: Path | None) -> tuple[int, int] | None:
    """What makes a file the same under whatever name; ``None`` where there is none."""
    try:
        found = None if path is None else path.stat()
    except OSError:
        return None
    return None if found is None else (found.st_dev, found.st_ino)


def _is_file(path: Path) -> bool:
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return False
    except OSError as error:
        raise EnvironmentProblem(
            f"{path} cannot be used: {error.strerror}. Look at it with: ls -ld "
            f"{shlex.quote(str(path))}"
        ) from error
    if not stat.S_ISREG(mode):
        raise UsageProblem(f"{path} is not a file; a store is one. Name another place.")
    return True


def _missing(where: StoreAddress) -> EnvironmentProblem:
    return EnvironmentProblem(f"{where.shown} holds no store. Make it with: {_init(where)}")


def _init(where: StoreAddress) -> str:
    return where.command("telemetry init")


def _check_version(where: StoreAddress, found: str | None, *, older: bool = False) -> None:
    if found == SCHEMA_VERSION:
        return
    if found is None:
        raise _missing(where)
    if not (len(found) == len(SCHEMA_VERSION) and found.isdecimal()):
        raise InvalidDocument(
            f"{where.shown} holds the tables of another program. Name another place."
        )
    said = f"{where.shown} is a store of the version {found}, and this program works with"
    if found > SCHEMA_VERSION:
        raise NewerFormat(
            f"{said} {SCHEMA_VERSION}. {install_again('Get a newer one', 'telemetry')}"
        )
    if not older:
        raise EnvironmentProblem(f"{said} {SCHEMA_VERSION}. Migrate it with: {_init(where)}")


def _check_place(where: StoreAddress, connection: sa.Connection) -> None:
    """A file is a store as a whole, or none; of a server others may use the same database."""
    if where.path is not None and (others := sa.inspect(connection).get_table_names()):
        raise InvalidDocument(
            f"{where.shown} holds the tables of another program ({others[0]}). Name another place."
        )


def _engine(where: StoreAddress, mode: _Mode) -> sa.Engine:
    if where.path is None:
        said = {name: value for name, value in _NETWORK.items() if name not in where.url.query}
        return sa.create_engine(where.url, connect_args=said)
    query = {"mode": mode, "uri": "true", **_unchanging(where.path, mode)}
    url = where.url.set(database=f"file:{quote(str(where.path.absolute()))}", query=query)
    engine = sa.create_engine(url, connect_args={"timeout": PATIENCE})

    @sa.event.listens_for(engine, "connect")
    def connected(connection: Any, _: object) -> None:
        # Python's own transactions would leave changes of tables outside of them.
        connection.isolation_level = None
        if mode == "rwc":
            connection.execute("PRAGMA journal_mode = WAL")

    @sa.event.listens_for(engine, "begin")
    def begun(connection: sa.Connection) -> None:
        # Who is going to write waits now: who has read already would be refused at once.
        write = connection.get_execution_options().get("write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def _unchanging(path: Path, mode: _Mode) -> dict[str, str]:
    """SQLite opens what nobody writes in a folder where nobody may only if it is told so."""
    log = path.with_name(f"{path.name}-wal")
    alone = mode == "ro" and not os.access(path.parent, os.W_OK) and not log.exists()
    return {"immutable": "1"} if alone else {}
