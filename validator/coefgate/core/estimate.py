"""One call → one estimate, with its reasons. Standard library only: a runner calls this."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Final, Literal, NamedTuple

from coefgate.core.deliverable_costs import DeliverableCost, priced_deliverables
from coefgate.core.quantiles import Quantile, Uncertainty
from coefgate.core.retry import Previous
from coefgate.core.table import Cost, Table
from coefgate.core.vocabulary import KILOBYTE, Deliverable

EstimateBasis = Literal["exact", "alias", "fallback", "no-deliverables", "retry"]
_EQUAL: Final = 1e-9
"""1 − 0.9 is not quite 0.1 in floats."""


class Interval(NamedTuple):
    """Tokens between which the need is expected, ends included.

    ``coverage``: the share of unseen calls that it is meant to hold, ``None`` while nobody has
    measured it.
    """

    low: int
    high: int
    coverage: float | None


class RetryPart(NamedTuple):
    """The attempt before, and the factor on its output tokens."""

    output_tokens: int
    truncated: bool
    factor: float


class Breakdown(NamedTuple):
    """The parts of an estimate: ``ceil((overhead + Σ deliverables) × model factor × margin)``.

    A deliverable adds its ``tokens`` and its ``size_tokens``. Where ``retry`` is there, it decides
    in their place; after an attempt that was cut off they are the least that is predicted.
    """

    overhead: int
    deliverables: tuple[DeliverableCost, ...]
    margin: float
    model_factor: float = 1.0
    retry: RetryPart | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """How many output tokens a call is predicted to need, and how that was found.

    ``tokens``: the prediction after margin and ceiling. ``share_measured``: from 0 to 1, the share
    of the base tokens that rests on coefficients with stored calls behind them; 0 for a fallback;
    for a retry 1 or 0. ``basis``: ``exact``, ``alias`` (the category was known under another
    name), ``fallback``, ``no-deliverables`` or ``retry`` (what the attempt before needed decides).
    ``registry_version`` and ``digest`` name the coefficients that were used. ``interval``: the
    widest stated that is meant to hold at most 80 % of unseen calls; where none is stated both
    ends are ``tokens``, and its coverage is ``None``. ``quantiles``: how much of ``tokens`` which
    share of unseen calls needs at most, rising; none where none is stated.
    """

    tokens: int
    interval: Interval
    share_measured: float
    basis: EstimateBasis
    breakdown: Breakdown
    registry_version: str
    digest: str
    quantiles: tuple[Quantile, ...] = ()

    @property
    def risks(self) -> tuple[float, ...]:
        """The shares of unseen calls that a budget may leave cut off, rising; as stated.

        Lower ends of intervals, of shares below a half, serve no budget.
        """
        return tuple(round(1 - share, 3) for share, _ in reversed(self.quantiles) if share >= 0.5)

    def budget(
        self, risk: float | None = None, *, floor: int | None = None, ceiling: int | None = None
    ) -> int:
        """The tokens to allow the call, from ``floor`` to ``ceiling``.

        ``risk``: the share of unseen calls that may be cut off, such as 0.1 for one in ten; the
        budget is of the largest of ``risks`` that is no greater, and above what an attempt before
        was cut off at. Without it the prediction, which has its safety margin in it already. A
        ``ceiling`` below (a model's own limit, say) means that the call is expected to be cut off:
        split it, or be ready to ask again. Raises ``ValueError`` for a negative number, ``floor``
        above ``ceiling``, a risk that is not between 0 and 1, and one below all that the registry
        states.
        """
        for name, limit in (("floor", floor), ("ceiling", ceiling)):
            if limit is not None and (not _is_number(limit) or not limit >= 0):
                shown = f"{limit:,}" if _is_number(limit) else repr(limit)
                raise ValueError(f"{name} is {shown}; it is a number of tokens from 0")
        if floor is not None and ceiling is not None and floor > ceiling:
            found = f"floor is {floor:,} and ceiling is {ceiling:,}"
            raise ValueError(f"{found}; the floor is at most the ceiling")
        enough = self.tokens if risk is None else self._enough(risk)
        least = enough if floor is None else max(enough, floor)
        return least if ceiling is None else min(least, ceiling)

    def _enough(self, risk: float) -> int:
        """The tokens of the smallest stated share that leaves no more than ``risk``."""
        stated = ", ".join(map(str, self.risks))
        if not _is_number(risk) or not 0 < risk < 1:
            known = f"such as {stated}" if stated else "such as 0.1 for one call in ten"
            raise ValueError(f"risk is {risk!r}; it is a share of calls between 0 and 1, {known}")
        if not stated:
            found = f"risk is {risk}, and the registry {self.registry_version} states no intervals"
            raise ValueError(f"{found} for this call; leave it out for the prediction itself")
        for share, factor in self.quantiles:
            if share >= 0.5 and share >= 1 - risk - _EQUAL:
                enough = -(-self.tokens * round(factor * 1000) // 1000)
                return max(enough, _more_than_seen(self.breakdown.retry))
        found = f"risk is {risk}, less than the registry {self.registry_version} states"
        raise ValueError(f"{found} for this call; the risks are {stated}")


def _is_number(given: object) -> bool:
    """Is it one? Callers without a type checker hand over texts, too."""
    return isinstance(given, Real) and not isinstance(given, bool)


def estimate(
    table: Table,
    *,
    category: str | None,
    complexity: str | None,
    deliverables: Sequence[Deliverable],
    model: str | None = None,
    exists: Callable[[str], bool] | None = None,
    output_mode: str | None = None,
    size: Callable[[str], int | None] | None = None,
    previous: Previous | None = None,
) -> Estimate:
    """Estimate one call.

    ``exists`` tells whether a path is in the caller's workspace and so decides an ``unknown``
    operation; without it the dearer of create and modify is taken. ``model``: the model that will
    answer, ``None`` if nobody knows. ``output_mode``: how the call writes files, ``None`` for what
    the registry says. ``size``: the bytes of a file in the workspace, ``None`` where there is none
    or nobody knows; asked, under semantics 2, where a deliverable does not say and it matters.
    ``previous``: the last attempt at the same files; it decides where the registry states a factor
    for it.

    Never fails on a category, complexity, model, mode or path that was not seen: the fallback
    serves them, and ``basis`` says so. Raises ``ValueError`` for an operation that does not exist
    and for a size that is no whole number from 0.
    """
    applies = table.applies_to_model(model)
    if not deliverables:
        found = _without_deliverables(table, complexity, applies=applies)
        return _after(previous, table, found, uncertainty=table.fallback.uncertainty)
    name = table.canonical_category.get(category or "")
    cell = table.cells.get((name, complexity)) if applies and name and complexity else None
    basis: EstimateBasis = "fallback" if cell is None else "exact" if name == category else "alias"
    served = cell or table.fallback
    items, base, measured = priced_deliverables(table, deliverables, exists, output_mode, size)
    overhead = served.overhead
    base += overhead.tokens * KILOBYTE
    if overhead.measured:
        measured += overhead.tokens * KILOBYTE

    factor, named = table.factor_of(model)
    if not named:
        basis = "fallback"
    tokens = -(-base * served.margin * factor // (1_000_000 * KILOBYTE))
    share_measured = 0.0 if basis == "fallback" else _share(measured, base, overhead)
    breakdown = Breakdown(overhead.tokens, items, served.margin / 1000, factor / 1000)
    found = _estimate(
        table, tokens, share_measured, basis, breakdown, uncertainty=served.uncertainty
    )
    return _after(previous, table, found, uncertainty=served.uncertainty)


def _without_deliverables(table: Table, complexity: str | None, *, applies: bool) -> Estimate:
    declared = table.no_deliverables.get(complexity or "")
    cost = declared or table.no_deliverables_fallback
    known = declared is not None and applies
    share_measured = _share(0, 0, cost) if known else 0.0
    basis: EstimateBasis = "no-deliverables" if known else "fallback"
    breakdown, uncertainty = Breakdown(cost.tokens, (), 1.0), table.fallback.uncertainty
    return _estimate(table, cost.tokens, share_measured, basis, breakdown, uncertainty=uncertainty)


def _share(measured: int, base: int, overhead: Cost) -> float:
    """The measured share of the base tokens, rounded down to hundredths; of none, 1 or 0."""
    return measured * 100 // base / 100 if base else float(overhead.measured)


def _after(
    previous: Previous | None, table: Table, formula: Estimate, *, uncertainty: Uncertainty
) -> Estimate:
    """The estimate of a call that may have been tried before; ``formula``: as if it was not."""
    retry = table.retry
    if previous is None or retry is None:
        return formula
    factor, tokens = retry.after(previous), retry.tokens(previous, formula.tokens)
    part = RetryPart(previous.output_tokens, previous.truncated, factor.thousandths / 1000)
    breakdown = formula.breakdown._replace(retry=part)
    measured = float(factor.measured)
    return _estimate(table, tokens, measured, "retry", breakdown, uncertainty=uncertainty)


def _more_than_seen(retry: RetryPart | None) -> int:
    """The least that a call needs whose attempt before was cut off."""
    return retry.output_tokens + 1 if retry and retry.truncated else 0


def _estimate(
    table: Table,
    tokens: int,
    share_measured: float,
    basis: EstimateBasis,
    breakdown: Breakdown,
    *,
    uncertainty: Uncertainty,
) -> Estimate:
    (low, high, coverage), quantiles = uncertainty
    interval = Interval(tokens * low // 1000, -(-tokens * high // 1000), coverage)
    if breakdown.retry:
        seen = _more_than_seen(breakdown.retry)
        interval = Interval(max(interval.low, seen), max(interval.high, seen), coverage)
    return Estimate(
        tokens,
        interval,
        share_measured,
        basis,
        breakdown,
        table.registry_version,
        table.digest,
        quantiles,
    )
