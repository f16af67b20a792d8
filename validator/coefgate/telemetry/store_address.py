"""Where a store is: a file of SQLite, or a database of a PostgreSQL server."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from coefgate.core.credentials import scrubbed
from coefgate.core.problems import UsageProblem

_SERVERS: Final = ("postgresql", "postgres", "postgresql+psycopg")
_NO_SECRET: Final = frozenset(
    {
        *("host", "hostaddr", "port", "dbname", "user", "sslmode", "sslrootcert", "sslcert"),
        *("channel_binding", "connect_timeout", "application_name", "target_session_attrs"),
    }
)
"""Settings of an address that others may see, so that a command with it can be typed again."""
_SETTING: Final = re.compile(r"[a-z_]+=[\w./:,-]+")
_ALLOWED: Final = "it is the path of a file or postgresql://USER@HOST/DATABASE"


@dataclass(frozen=True, slots=True)
class StoreAddress:
    """``path``: the file, ``None`` where it is ``url``'s server; ``shown``: without secrets."""

    shown: str
    url: sa.URL
    path: Path | None

    def command(self, words: str) -> str:
        """The command with these words, for this store, to be copied."""
        return f"coefgate {words} --store {shlex.quote(self.shown)}"


def store_address(text: str) -> StoreAddress:
    """The address that ``text`` spells. Raises ``UsageProblem``, which repeats no secret."""
    if "\0" in text or not text.strip():
        raise UsageProblem(f"the address of the store is empty or holds NUL; {_ALLOWED}.")
    if "://" not in text:
        path = Path(text)
        return StoreAddress(text, sa.URL.create("sqlite", database=str(path)), path)
    try:
        url = sa.make_url(text)
    except (sa.exc.ArgumentError, ValueError):
        url = None
    if url is None or url.drivername not in _SERVERS or "@" in f"{url.host}{url.database}":
        # What is taken apart wrongly may show a password, and so may the reason.
        scheme = text.partition("://")[0]
        raise UsageProblem(
            f"what begins with {scheme}:// is not an address of a store; {_ALLOWED}. Signs of a "
            "password that mean something in an address are written as %40 for @, %2F for / and "
            "so on."
        )
    return StoreAddress(_shown(url), url.set(drivername="postgresql+psycopg"), None)


def _shown(url: sa.URL) -> str:
    """Its parts as they were understood: what a sign in a password means, nothing else knows."""
    address = scrubbed(url.set(query={}).render_as_string())
    settings = [f"{name}={value}" for name, value in url.query.items()]
    if not settings:
        return address
    seen = url.query.keys() <= _NO_SECRET and all(map(_SETTING.fullmatch, settings))
    return f"{address}?{'&'.join(settings) if seen else '***'}"
