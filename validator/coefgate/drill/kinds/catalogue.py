"""Every kind that the drill plants, in the order in which it does."""

from __future__ import annotations

from typing import Final

from coefgate.drill.kinds import (
    blinded,
    calls,
    corrections,
    erasures,
    files,
    gates,
    guardrails,
    intervals,
    margins,
    names,
    new_calls,
    path_rules,
    procedures,
    steps,
    values,
    ways_back,
    without_calls,
)
from coefgate.drill.plant import Kind

# fmt: off
REGRESSIONS: Final[tuple[Kind, ...]] = (
    *values.REGRESSIONS, *margins.REGRESSIONS, *names.REGRESSIONS, *path_rules.REGRESSIONS,
    *gates.REGRESSIONS, *guardrails.REGRESSIONS, *calls.REGRESSIONS, *erasures.REGRESSIONS,
    *corrections.REGRESSIONS, *steps.REGRESSIONS, *ways_back.WITHDRAWN, *files.REGRESSIONS,
    *values.CLAIMED, *intervals.CLAIMED, *procedures.REGRESSIONS, *blinded.REGRESSIONS,
    *without_calls.REGRESSIONS, *ways_back.WITH_A_COMPANION, *files.UNREADABLE, *blinded.CHECKOUTS,
)
HARMLESS: Final[tuple[Kind, ...]] = (
    *files.HARMLESS, *values.HARMLESS, *names.HARMLESS, *margins.HARMLESS, *new_calls.HARMLESS,
    *corrections.HARMLESS, *values.CLAIMED_RIGHT, *new_calls.FALLEN_BACK, *ways_back.HARMLESS,
    *gates.HARMLESS, *guardrails.HARMLESS, *procedures.HARMLESS, *erasures.HARMLESS,
    *without_calls.HARMLESS,
)
# fmt: on
KINDS: Final[tuple[Kind, ...]] = (*REGRESSIONS, *HARMLESS)
