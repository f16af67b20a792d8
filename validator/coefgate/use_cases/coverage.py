"""Which cells have how many stored calls, and what is missing."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from coefgate.replay.fallback import Fallbacks, coverage_of, fallbacks_of
from coefgate.replay.state import State
from coefgate.samples.coverage import Coverage
from coefgate.use_cases.state import state_at


class RegistryCoverage(NamedTuple):
    """``coverage`` of ``state``, and the scored calls that its fallback serves."""

    state: State
    coverage: Coverage
    fallbacks: Fallbacks


def coverage(root: Path) -> RegistryCoverage:
    """The coverage of the registry in the folder ``root``."""
    state = state_at(root)
    audited = state.audited()
    found = coverage_of(audited, state.registry, state.table)
    return RegistryCoverage(state, found, fallbacks_of(audited, state.table))
