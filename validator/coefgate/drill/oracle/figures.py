"""The figures of a replay, exact: the drill's own reading of design.md, section 5."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, Literal

from coefgate.drill.fileset import StoredLine
from coefgate.drill.numbers import exact

MILLION = 1_000_000
METRIC_RULES = ("smape", "underestimation", "waste-band", "waste-p90")
FIGURES = (
    "mean SMAPE",
    "underestimation",
    "underestimation, at most",
    "median waste",
    "waste P90",
)
DEFAULTS: Final[Mapping[tuple[str, str], str]] = {
    ("smape", "mean_below"): "50",
    ("underestimation", "rate_below"): "0.1",
    ("waste-band", "median_from"): "1",
    ("waste-band", "median_to"): "1.5",
    ("waste-p90", "p90_to"): "3",
    ("stratum-regression", "misses_from"): "2",
    ("stratum-regression", "smape_rise_above"): "5",
    ("stratum-regression", "sign_test_below"): "0.1",
    ("stratum-regression", "phases_from"): "5",
    ("flattered", "better_by_above"): "5",
    ("swing", "factor_from"): "2",
}
"""The limits by rule and key where gates.yaml has none."""
Says = Literal["pass", "fail", "not-measurable"]


@dataclass(frozen=True, slots=True)
class ExactFigures:
    """Mean SMAPE in percent, ends of the underestimation rate, median and P90 of the waste."""

    smape: Fraction
    missed: Fraction
    missed_at_most: Fraction
    median: Fraction
    p90: Fraction


def limit(rules: Mapping[str, Any], rule: str, key: str) -> Fraction:
    """One limit; ``rules``: those of ``gates.yaml``."""
    return exact((rules.get(rule) or {}).get(key, DEFAULTS[rule, key]))


def smape_millionths(predicted: int, actual: int) -> int:
    """``200 × |predicted − actual| / (predicted + actual)`` in millionths of a %, half up."""
    above, below = 200 * MILLION * abs(predicted - actual), predicted + actual
    return (2 * above + below) // (2 * below)


def is_missed(call: StoredLine, predicted: int) -> bool:
    """Is it certain that the call needed more than was predicted?"""
    return predicted <= call.tokens if call.censored else predicted < call.tokens


def figures(replay: Sequence[tuple[StoredLine, int]]) -> ExactFigures | None:
    """The figures of calls with their predictions; ``None`` without any eligible call."""
    whole = [(tokens, call.tokens) for call, tokens in replay if not call.censored]
    if not whole:
        return None
    misses = sum(is_missed(*pair) for pair in replay)
    undecided = sum(pair[0].censored and not is_missed(*pair) for pair in replay)
    ratios = sorted(Fraction(tokens, actual) for tokens, actual in whole)
    count = len(ratios)
    return ExactFigures(
        smape=Fraction(sum(smape_millionths(*pair) for pair in whole), count * MILLION),
        missed=Fraction(misses, len(replay)),
        missed_at_most=Fraction(misses + undecided, len(replay)),
        median=(ratios[(count - 1) // 2] + ratios[count // 2]) / 2,
        p90=ratios[-(-9 * count // 10) - 1],
    )


def says(rule: str, found: ExactFigures | None, rules: Mapping[str, Any]) -> Says:
    """What one metric rule says of figures; ``rules``: those of ``gates.yaml``."""
    if found is None:
        return "not-measurable"
    if rule == "smape":
        return "pass" if found.smape < limit(rules, rule, "mean_below") else "fail"
    if rule == "underestimation":
        below = limit(rules, rule, "rate_below")
        if found.missed_at_most < below:
            return "pass"
        return "fail" if found.missed >= below else "not-measurable"
    if rule == "waste-band":
        return "pass" if _outside(found, rules) == 0 else "fail"
    return "pass" if found.p90 <= limit(rules, rule, "p90_to") else "fail"


def misses(found: ExactFigures | None, rules: Mapping[str, Any]) -> list[str]:
    """The metric rules that figures do not meet."""
    return [rule for rule in METRIC_RULES if says(rule, found, rules) != "pass"]


def distances(rule: str, found: ExactFigures, rules: Mapping[str, Any]) -> tuple[Fraction, ...]:
    """What must not grow for a rule to be no worse."""
    if rule == "smape":
        return (found.smape,)
    if rule == "underestimation":
        return found.missed, found.missed_at_most
    return (_outside(found, rules),) if rule == "waste-band" else (found.p90,)


def _outside(found: ExactFigures, rules: Mapping[str, Any]) -> Fraction:
    low, high = (limit(rules, "waste-band", key) for key in ("median_from", "median_to"))
    return max(low - found.median, found.median - high, Fraction(0))


def gains(
    before: ExactFigures | None, after: ExactFigures | None, for_waste: ExactFigures | None
) -> dict[str, Fraction]:
    """By how many points each figure got better; rates and ratios in percent.

    ``for_waste``: ``after`` without the added calls that were missed, since those lower waste too.
    """
    if before is None or after is None or for_waste is None:
        return {}
    gained = (
        before.smape - after.smape,
        100 * (before.missed - after.missed),
        100 * (before.missed_at_most - after.missed_at_most),
        100 * (abs(before.median - 1) - abs(for_waste.median - 1)),
        100 * (before.p90 - for_waste.p90),
    )
    return dict(zip(FIGURES, gained, strict=True))
