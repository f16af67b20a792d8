"""What goes wrong with a database, in words that name the store and what mends it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import sqlalchemy as sa

from coefgate.core.problems import CoefgateError, EnvironmentProblem, InvalidDocument
from coefgate.telemetry.store_address import StoreAddress

_NO_DATABASE: Final = ("not a database", "malformed")
_NO_TEXT: Final = "Could not decode to UTF-8"
_NO_TABLE: Final = ("no such table", "no such column", "UndefinedTable", "UndefinedColumn")
_LASTING: Final = ("authentication", "does not exist", "permission denied")
"""Words of a server that says the same to whoever asks again."""


class StoreAway(EnvironmentProblem):
    """The server does not answer; it may do so later. ``fact``: who, and why, without a remedy."""

    def __init__(self, fact: str) -> None:
        self.fact = fact
        super().__init__(f"{fact}. See whether it runs, and run the command again when it answers")


def damaged_store(shown: str, what: str) -> InvalidDocument:
    """The store holds ``what`` no recorder writes."""
    return InvalidDocument(
        f"{shown} holds {what}, which no recorder writes: something else wrote into it. Bring its "
        "records into a new store, which refuses and counts invalid ones: coefgate "
        f"telemetry init --store NEW && coefgate telemetry ingest {shlex.quote(shown)} --store NEW"
    )


@contextmanager
def explained_store(address: StoreAddress) -> Iterator[None]:
    """Raise what the database says as a ``CoefgateError``; no message holds a password."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        raise _problem(address, error) from error


def _problem(address: StoreAddress, error: sa.exc.DBAPIError) -> CoefgateError:
    reason = _reason(address, error)
    shown = address.shown
    if any(word in f"{type(error.orig).__name__} {reason}" for word in _NO_TABLE):
        return InvalidDocument(
            f"{shown} lacks what a store of its version has: {reason}. Name another one, or bring "
            "the records of this one into a new one."
        )
    if address.path is None:
        return _of_server(address, error, reason)
    if _NO_TEXT in reason:
        return damaged_store(shown, "a text that is not UTF-8")
    path = shlex.quote(str(address.path))
    if any(word in reason for word in _NO_DATABASE):
        return InvalidDocument(
            f"{shown} is not a whole SQLite database: {reason}. Look at it with: file {path}"
        )
    if "locked" in reason:
        return EnvironmentProblem(
            f"{shown} is being written by another process: {reason}. Run the command again, or "
            f"see who holds it with: fuser -v {path}"
        )
    folder = shlex.quote(str(address.path.parent))
    return EnvironmentProblem(
        f"{shown} cannot be used: {reason}. Look at disk and permissions with: df -h {folder} && "
        f"ls -la {folder}"
    )


def _of_server(address: StoreAddress, error: sa.exc.DBAPIError, reason: str) -> EnvironmentProblem:
    lasting = any(word in reason for word in _LASTING)
    if not lasting and (error.connection_invalidated or isinstance(error, _AWAY)):
        return StoreAway(f"the server of {address.shown} is away: {reason}")
    return EnvironmentProblem(
        f"{address.shown} refuses: {reason}. See what the address is allowed with: psql -c '\\dt' "
        "with the same address"
    )


_AWAY: Final = (sa.exc.OperationalError, sa.exc.InterfaceError)


def _reason(address: StoreAddress, error: sa.exc.DBAPIError) -> str:
    """The first line of what the database says; its further ones quote values."""
    said = str(error.orig).strip().partition("\n")[0].rstrip(".")
    password = address.url.password
    return said.replace(str(password), "***") if password else said
