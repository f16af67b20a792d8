"""Every kind that the drill plants, in the order in which it does."""

from __future__ import annotations

from typing import Final

from coefgate.drill.kinds.harmless import claims as good_claims
from coefgate.drill.kinds.harmless import corrections as good_corrections
from coefgate.drill.kinds.harmless import files, headlines, imports, labels, splits, ways_back
from coefgate.drill.kinds.harmless import samples as good_samples
from coefgate.drill.kinds.harmless import thresholds as good_thresholds
from coefgate.drill.kinds.harmless import values as good_values
from coefgate.drill.kinds.regressions import (
    added,
    blinded,
    checkouts,
    claims,
    corrections,
    margins,
    names,
    path_rules,
    samples,
    smuggled,
    steps,
    thresholds,
    together,
    unreadable,
    values,
    withdrawn,
)
from coefgate.drill.plant import Kind

REGRESSIONS: Final[tuple[Kind, ...]] = (
    *values.KINDS,
    *margins.KINDS,
    *names.KINDS,
    *path_rules.KINDS,
    *thresholds.KINDS,
    *samples.KINDS,
    *added.KINDS,
    *corrections.KINDS,
    *steps.KINDS,
    *withdrawn.KINDS,
    *together.KINDS,
    *claims.KINDS,
    *blinded.KINDS,
    *smuggled.KINDS,
    *unreadable.KINDS,
    *checkouts.KINDS,
)
HARMLESS: Final[tuple[Kind, ...]] = (
    *files.KINDS,
    *good_values.KINDS,
    *splits.KINDS,
    *good_samples.KINDS,
    *headlines.KINDS,
    *imports.KINDS,
    *good_corrections.KINDS,
    *good_claims.KINDS,
    *labels.KINDS,
    *ways_back.KINDS,
    *good_thresholds.KINDS,
)
KINDS: Final[tuple[Kind, ...]] = (*REGRESSIONS, *HARMLESS)
