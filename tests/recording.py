"""A registry that records, and what it recorded."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from coefgate import Registry
from tests.runner.remotes import snapshot


def recording_registry(folder: Path) -> Registry:
    """A registry that records to ``telemetry.db`` in ``folder``."""
    path = folder / "coefficients.json"
    path.write_bytes(snapshot().data)
    registry = Registry.from_snapshot(path, version="1.4.0")
    registry.record_to(folder / "telemetry.db", runner="tests")
    return registry


def recorded(folder: Path) -> list[dict[str, Any]]:
    """The rows of the calls in ``folder``, in the order in which they were begun."""
    with closing(sqlite3.connect(folder / "telemetry.db")) as database:
        database.row_factory = sqlite3.Row
        found = database.execute("SELECT * FROM calls ORDER BY writer, sequence").fetchall()
    return [dict(one) for one in found]
