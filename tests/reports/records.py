"""Reports of recorded calls and of a fit, made from a real store and a real registry."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from coefgate.core.table import Table, compile_table
from coefgate.core.trees import FolderTree
from coefgate.registry.compilation import snapshot
from coefgate.registry.reading import read_registry
from coefgate.telemetry.times import DAY
from coefgate.use_cases.monitoring.monitor import Monitored, monitor
from coefgate.use_cases.telemetry_report import TelemetryReport, telemetry_report
from coefgate.use_cases.tune import Tuned, tune
from tests.end_to_end.tuning import make_tunable
from tests.frozen_registry import copy_registry
from tests.telemetry.stores import store_with
from tests.telemetry.tables import MONDAY, WEEK
from tests.use_cases.monitoring.served import served

CALLS: Final = 120


@dataclass(frozen=True, slots=True)
class Recorded:
    """A registry with the calls of two weeks; in the second one half of them is cut off."""

    root: Path
    store: str

    def fine(self) -> Monitored:
        """What a monitor says of the first week."""
        return monitor(self.root, self.store, week=MONDAY // DAY, now=MONDAY + WEEK)

    def alert(self) -> Monitored:
        """What it says of both."""
        return monitor(self.root, self.store, since=MONDAY // DAY, now=MONDAY + 2 * WEEK)

    def weeks(self) -> TelemetryReport:
        """What both weeks say."""
        return telemetry_report(self.store, root=self.root)

    def fit(self) -> Tuned:
        """What a fit to its stored calls is worth."""
        return tune(self.root, figures="required")


def recorded(folder: Path) -> Recorded:
    """Made in an empty ``folder``."""
    root = folder / "registry"
    copy_registry(root)
    make_tunable(root)
    good, low = _table(root, "1.0.0", "a"), _table(root, "1.0.1", "b")
    store = store_with(
        folder / "telemetry.db",
        [
            *served(good, CALLS, start=MONDAY, writer="a" * 32, seed=1),
            *served(low, CALLS, start=MONDAY + WEEK, writer="b" * 32, needs=1.1, seed=2),
        ],
    )
    return Recorded(root, store)


def _table(root: Path, version: str, digest: str) -> Table:
    content = snapshot(read_registry(FolderTree(root))).content
    return compile_table(content, registry_version=version, digest=digest * 64)
