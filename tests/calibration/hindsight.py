"""A registry whose overheads were moved by hand until stored calls are hit."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from coefgate.calibration.moving_average import raised
from coefgate.core.vocabulary import KILOBYTE, MAX_TOKENS
from coefgate.registry.compilation import table_of
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients
from coefgate.registry.numbers import moved
from coefgate.replay.counts import base_parts, margins_thousandths, model_factors_thousandths
from coefgate.replay.evidence import Evidence
from coefgate.replay.metrics import quantile_rank


def moved_to_hit(
    registry: Coefficients, evidence: Evidence, share: Fraction = Fraction(9, 10)
) -> Coefficients:
    """The registry of somebody who moves each overhead until its stored calls are hit.

    Each is the least with which this share of its calls (nearest rank) is not missed; one without
    calls rises to those of the complexities below, and all else stays. Its figures are good on
    these calls and say nothing of others.
    """
    table = table_of(registry)
    counts = evidence.counts(table)
    factors = margins_thousandths(counts, table) * model_factors_thousandths(counts, table)
    # The least base whose prediction, rounded up, is the need, or one more than was reached.
    needed = evidence.actual + evidence.censored
    enough = (needed - 1) * 1_000_000 * KILOBYTE // factors + 1
    lacking = -((base_parts(counts, table) - enough) // KILOBYTE)
    tokens = {key: one.steps for key, one in registry.numbers.items() if key.part == "overhead"}
    for at, cell in enumerate(counts.cells):
        if cell is None or cell[0] is None:
            continue
        key = Key("overhead", (cell[0], str(cell[1])))
        more = np.sort(lacking[counts.cell == at])
        wanted = tokens[key] + int(more[quantile_rank(len(more), share)])
        tokens[key] = min(MAX_TOKENS, max(0, wanted))
    return moved(registry, raised(tokens, registry))
