"""A spool as a recorder leaves it, for tests."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from coefgate.core import file_lock
from coefgate.runner.record_spool import spool_folder
from coefgate.telemetry.record_rows import CALL_NAMES, StoredRow
from coefgate.telemetry.store import Store
from tests.telemetry.rows import A


def line(row: StoredRow) -> bytes:
    """A record as a line of a spool."""
    return json.dumps(dict(zip(CALL_NAMES, row, strict=True))).encode() + b"\n"


def spool_of(store: Store) -> Path:
    """The folder of a store's spool, made where it is missing."""
    assert store.address.path is not None
    folder = spool_folder(store.address.path)
    folder.mkdir(exist_ok=True)
    return folder


def leave(
    folder: Path, rows: Iterable[StoredRow], *, name: str = A, begun: int | None = None
) -> Path:
    """Leave records in a spool, and how many calls were begun."""
    file = folder / f"{name}.jsonl"
    file.write_bytes(b"".join(map(line, rows)))
    if begun is not None:
        (folder / f"{name}.begun").write_bytes(begun.to_bytes(8, "little"))
    return file


@contextmanager
def alive(folder: Path, writer: str = A) -> Iterator[None]:
    """As if the recorder's process lived."""
    descriptor = os.open(folder / f"{writer}.begun", os.O_RDWR)
    try:
        assert file_lock.take(descriptor)
        yield
    finally:
        os.close(descriptor)
