"""The one list of all rules, in the order of a report, and what they have in common.

What each asks is in the module of its name, or of its family; docs/reference/gates.md explains it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Rule:
    """``metrics``: what it holds against a limit, if it compares figures of all calls.

    The first is compared; the two others of a rate are the ends that it lies between.

    ``of_numbers``: can another number mend it? ``of_one_change``: is it about what one change may
    hold together, or must give a reason for? ``takes_reasons``: do acknowledgements answer it?
    """

    name: str
    metrics: tuple[str, ...] = ()
    of_numbers: bool = False
    of_one_change: bool = True
    takes_reasons: bool = False


_RULES: Final = (
    Rule("smape", ("smape_mean",), of_numbers=True, of_one_change=False),
    Rule(
        "underestimation",
        ("underestimation_kaplan_meier", "underestimation_rate", "underestimation_upper"),
        of_numbers=True,
        of_one_change=False,
    ),
    Rule("waste-band", ("waste_median",), of_numbers=True, of_one_change=False),
    Rule("waste-p90", ("waste_p90",), of_numbers=True, of_one_change=False),
    Rule("stratum-regression", of_numbers=True, of_one_change=False),
    Rule("diluted", of_numbers=True),
    Rule("flattered", takes_reasons=True),
    Rule("retired-with-values"),
    Rule("sample-removed", of_one_change=False),
    Rule("sample-changed", of_one_change=False),
    Rule("cell-shrunk", of_one_change=False),
    Rule("corrected", takes_reasons=True),
    Rule("coefficient-removed", of_one_change=False),
    Rule("unmeasured", of_numbers=True, takes_reasons=True),
    Rule("swing", of_numbers=True, takes_reasons=True),
    Rule("fit-claims", of_numbers=True),
    Rule("unseen", of_numbers=True, of_one_change=False, takes_reasons=True),
    Rule("gates-loosened", takes_reasons=True),
    Rule("judge-and-values"),
)
RULES: Final[Mapping[str, Rule]] = {rule.name: rule for rule in _RULES}
