"""The absolute rules: what a registry must reach on the stored calls. docs/gates.md explains each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Final, Literal

from coefgate.changes.registry_changes import Change
from coefgate.core.problems import GATE_FAILED, NOT_MEASURABLE, PASS
from coefgate.gates.harm import FIGURES, Harm
from coefgate.registry.model import Gates, Limits
from coefgate.registry.moving import written
from coefgate.replay.figure_text import bounds_of, points, ratio, share, span
from coefgate.replay.metrics import Metrics

Status = Literal["pass", "fail", "not-measurable"]
GATES_FILE: Final = "coefficients/gates.yaml"
_TOLD: Final = 5
"""Findings that a message names; all of them are in the result."""
EXIT_CODES: Final[Mapping[Status, int]] = {
    "pass": PASS,
    "fail": GATE_FAILED,
    "not-measurable": NOT_MEASURABLE,
}


@dataclass(frozen=True, slots=True)
class Gain:
    """A figure of unchanged coefficients that samples make better, and by how many points.

    ``by_chance``: the points that chance explains, ``None`` where it explains none or nobody can
    tell. ``of_known``: is it what retirements and corrections alone do? ``since``: the commit that
    it is held against, ``None`` for base.
    """

    figure: str
    points: Fraction
    by_chance: float | None
    of_known: bool
    since: str | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One place of the registry that a rule speaks of.

    ``key``: of the number, alias or list that it is about, as a ``Change`` has it. ``subject``:
    what an acknowledgement of it would name: a number, a threshold, a file of samples, a
    retirement, the id of a line. ``gains``: what samples do to figures. ``harm``: of a finding
    about calls what it counts; place and key are then those of the change that does most of it,
    once that is known.
    """

    message: str
    file: str
    line: int
    key: tuple[str, ...] | None = None
    subject: str | None = None
    gains: tuple[Gain, ...] = ()
    harm: Harm | None = field(default=None, compare=False, repr=False)

    @classmethod
    def about(cls, change: Change, message: str) -> Finding:
        """On the line of a change."""
        return cls(message, change.file, change.line, change.key, change.answered_as)


@dataclass(frozen=True, slots=True)
class RuleResult:
    """What one rule found.

    ``limit`` in words ("below 50"); ``base`` and ``head`` are the figure that is compared,
    ``None`` where there is none; ``upper`` and ``base_upper`` are the upper ends of figures that
    are ranges. ``base`` is measured on the calls that head is measured on; ``known`` and
    ``known_upper`` are base's figure on its own calls, ``None`` where those are the same. ``met``:
    does head reach the limit by itself? A rule may pass though it is not met, because the change
    does no harm. ``n``: how many things were looked at, ``None`` for the scored calls. ``file``
    and ``line`` point to the threshold; ``findings`` to the places that a rule objects to.
    ``said``: what it found; ``way_on``: what to do, where the rule does not pass. ``asked``: does
    it decide anything? ``bounds``: the numbers of the limit, where figures are compared with them.
    """

    rule: str
    status: Status
    limit: str
    base: Fraction | None
    head: Fraction | None
    upper: Fraction | None
    said: str
    file: str
    line: int
    base_upper: Fraction | None = None
    known: Fraction | None = None
    known_upper: Fraction | None = None
    met: bool = True
    n: int | None = None
    findings: tuple[Finding, ...] = ()
    asked: bool = True
    way_on: str = ""
    bounds: tuple[Fraction, ...] = ()

    @property
    def places(self) -> tuple[tuple[str, int], ...]:
        """Files with lines: what the rule objects to; that of its limit where it objects to no place."""
        return tuple(dict.fromkeys((one.file, one.line) for one in self.findings)) or (
            (self.file, self.line),
        )

    @property
    def message(self) -> str:
        """One sentence or two."""
        return f"{self.said.rstrip('.')}. {self.way_on}".rstrip()

    @property
    def asks(self) -> str:
        """``smape (requires: mean below 50)``."""
        return f"{self.rule} {self.required}"

    @property
    def required(self) -> str:
        """``(requires: mean below 50)``."""
        return f"(requires: {self.limit})"

    @property
    def told(self) -> str:
        """The message, which says so where nobody asks."""
        return self.message if self.asked else f"Not asked of a restore: {self.message}"


def verdict_of(results: Iterable[RuleResult]) -> Status:
    """``fail`` if any rule fails, else ``not-measurable`` if any is, else ``pass``."""
    found = {result.status for result in results}
    return "fail" if "fail" in found else "not-measurable" if "not-measurable" in found else "pass"


def absolute_rules(metrics: Metrics | None, gates: Gates) -> tuple[RuleResult, ...]:
    """Every absolute rule on one set of metrics; without an eligible call none is measurable."""
    limits = gates.limits
    results = (
        _smape(metrics, limits, gates.limit_lines["smape"]),
        _underestimation(metrics, limits, gates.limit_lines["underestimation"]),
        _waste_band(metrics, limits, gates.limit_lines["waste-band"]),
        _waste_p90(metrics, limits, gates.limit_lines["waste-p90"]),
    )
    bounds = bounds_of(limits)
    return tuple(replace(one, bounds=bounds[FIGURES[one.rule][0]]) for one in results)


def _smape(metrics: Metrics | None, limits: Limits, line: int) -> RuleResult:
    limit = f"mean below {written(limits.smape_mean_below)}"
    if metrics is None:
        return _nothing_to_score("smape", limit, line)
    figure = metrics.smape_mean
    said = f"Mean SMAPE is {points.beside(limits.smape_mean_below)(figure)}"
    if figure < limits.smape_mean_below:
        return _result("smape", "pass", limit, figure, line=line, said=said)
    said += ": predictions are too far from the real calls"
    way_on = "Look for the calls that are furthest off with: coefgate replay"
    return _result("smape", "fail", limit, figure, line=line, said=said, way_on=way_on)


def _underestimation(metrics: Metrics | None, limits: Limits, line: int) -> RuleResult:
    rule, below = "underestimation", limits.underestimation_rate_below
    limit = f"rate below {written(below)}"
    if metrics is None:
        return _nothing_to_score(rule, limit, line)
    low, high = metrics.underestimation_rate, metrics.underestimation_upper
    figure = span(low, high, share.beside(below))
    calls = metrics.samples + metrics.censored
    said = f"{figure} of {calls} calls needed more than was predicted"
    if high < below:
        return _result(rule, "pass", limit, low, line=line, said=said, upper=high)
    if low >= below:
        said += ": replies would be cut off"
        way_on = "Raise the coefficients or margins of the cells that miss."
        return _result(rule, "fail", limit, low, line=line, said=said, way_on=way_on, upper=high)
    said += (
        f"; what the cut-off ones would have needed leaves it open ({metrics.undecided} of them)"
    )
    way_on = "Store more calls, best of the same work under a higher ceiling."
    return _result(
        rule, "not-measurable", limit, low, line=line, said=said, way_on=way_on, upper=high
    )


def _waste_band(metrics: Metrics | None, limits: Limits, line: int) -> RuleResult:
    limit = f"median {written(limits.waste_median_from)} to {written(limits.waste_median_to)}"
    if metrics is None:
        return _nothing_to_score("waste-band", limit, line)
    figure = metrics.waste_median
    form = ratio.beside(limits.waste_median_from, limits.waste_median_to)
    said = f"The median call is predicted at {form(figure)} times what it needed"
    if limits.waste_median_from <= figure <= limits.waste_median_to:
        return _result("waste-band", "pass", limit, figure, line=line, said=said)
    if figure < limits.waste_median_from:
        how_much, way_on = "too little", "Raise coefficients or margins."
    else:
        how_much = "too much"
        way_on = "Lower coefficients or margins where replay shows high waste ratios."
    said = f"{said}: {how_much}"
    return _result("waste-band", "fail", limit, figure, line=line, said=said, way_on=way_on)


def _waste_p90(metrics: Metrics | None, limits: Limits, line: int) -> RuleResult:
    limit = f"P90 up to {written(limits.waste_p90_to)}"
    if metrics is None:
        return _nothing_to_score("waste-p90", limit, line)
    figure = metrics.waste_p90
    form = ratio.beside(limits.waste_p90_to)
    said = f"One call in ten is predicted at {form(figure)} times what it needed, or more"
    if figure <= limits.waste_p90_to:
        return _result("waste-p90", "pass", limit, figure, line=line, said=said)
    way_on = "Lower the coefficients of the cells where replay shows the highest waste ratios."
    return _result("waste-p90", "fail", limit, figure, line=line, said=said, way_on=way_on)


def _nothing_to_score(rule: str, limit: str, line: int) -> RuleResult:
    said, way_on = "No eligible call is stored", "See why with: coefgate samples audit"
    return _result(rule, "not-measurable", limit, None, line=line, said=said, way_on=way_on)


def _result(
    rule: str,
    status: Status,
    limit: str,
    head: Fraction | None,
    *,
    line: int,
    said: str,
    way_on: str = "",
    upper: Fraction | None = None,
) -> RuleResult:
    met = status == "pass"
    return RuleResult(
        rule, status, limit, None, head, upper, said, GATES_FILE, line, met=met, way_on=way_on
    )


def finding_result(
    rule: str,
    limit: str,
    findings: Iterable[Finding],
    *,
    n: int,
    good: str,
    way_on: str,
    status: Status = "fail",
    line: int = 1,
) -> RuleResult:
    """The result of a rule that objects to single places: it passes where there is none.

    ``n``: how many things were looked at; ``good`` is said when all is well, ``way_on`` after what
    is not. ``line``: of its limit in ``gates.yaml``.
    """
    found = tuple(findings)
    result = RuleResult(rule, "pass", limit, None, None, None, good, GATES_FILE, line, n=n)
    return (
        with_findings(replace(result, status=status, met=False, way_on=way_on), found)
        if found
        else result
    )


def with_findings(rule: RuleResult, findings: Sequence[Finding]) -> RuleResult:
    """The rule with these in the place of its findings; it says the first of them and points to them."""
    shown = "; ".join(one.message.rstrip(".") for one in findings[:_TOLD])
    more = f"; and {len(findings) - _TOLD} more" if len(findings) > _TOLD else ""
    first = findings[0]
    return replace(
        rule, said=f"{shown}{more}", file=first.file, line=first.line, findings=tuple(findings)
    )
