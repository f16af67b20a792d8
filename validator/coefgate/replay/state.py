"""A registry with its calls at one moment, ready to estimate: judged, compared, measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from coefgate.core.table import Table
from coefgate.registry.compilation import compiled
from coefgate.registry.model import Coefficients
from coefgate.samples.model import SampleStore
from coefgate.samples.status import Audited, audit

NO_CALLS: Final = SampleStore((), {})
"""Of a state whose calls nobody asks for."""


@dataclass(frozen=True, slots=True)
class State:
    """``revision``: a full commit, ``index`` or ``worktree``.

    ``behind``: how many commits the target branch has that head lacks. ``name`` and ``found_by``
    of a base: what it is called (``origin/main``), and what named it (``--base``, ``main``).
    """

    revision: str
    registry: Coefficients
    table: Table
    store: SampleStore = NO_CALLS
    behind: int = 0
    name: str = ""
    found_by: str = ""

    @property
    def version(self) -> str:
        """The released version, or the distance from it: ``1.4.0+3.g3f2c1ab``."""
        return self.table.registry_version

    @property
    def digest(self) -> str:
        """That of the snapshot: what can change an estimate."""
        return self.table.digest

    def audited(self) -> tuple[Audited, ...]:
        """Every call with its status under the registry's own scope and unit."""
        return audit(self.store, scope=self.registry.gates.scope, unit=self.registry.unit)


def state_of(
    registry: Coefficients, store: SampleStore = NO_CALLS, *, revision: str, version: str = ""
) -> State:
    """The state of a registry that was read, under this ``version``."""
    return State(revision, registry, compiled(registry, version), store)
