"""What this registry's procedure is worth on families of tasks, and on models, left out.

Run it with the Python that has the program: python examples/airun/unseen.py
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from coefgate.calibration.fit import fit
from coefgate.calibration.fitting import LeftOut
from coefgate.calibration.leave_out import without_each
from coefgate.calibration.nested import nested_predictions
from coefgate.calibration.procedure import Procedure
from coefgate.git.working_tree import checkout
from coefgate.registry.compilation import table_of
from coefgate.registry.model import Coefficients
from coefgate.registry.numbers import one_margin, with_values
from coefgate.replay.evidence import Evidence
from coefgate.replay.metrics import Calls, Indices, Integers, underestimation
from coefgate.replay.spread import residuals, spread
from coefgate.use_cases.state import read_state

HERE = Path(__file__).parent


def main() -> None:
    """Print a line for each kind of calls that were left out, with and without factors."""
    with checkout(HERE) as folder:
        state = read_state(folder, folder.repository, memo={})
    evidence = Evidence(state.audited())
    family, model = folds_of(state.registry, evidence).values()
    print(f"{'left out':12}  {'factors of models':17}  spread  R² of ln tokens")
    for told, fold in {"no call": None, "each family": family, "each model": model}.items():
        for factors in ("none", "fitted"):
            found = procedure(state.registry, evidence, has_factors=factors == "fitted")
            calls = left_out(found, fold)
            print(f"{told:12}  {factors:17}  {spread(calls):6.3f}  {r_squared(calls):15.2f}")
    fitted = procedure(state.registry, evidence, has_factors=True)
    print("\nunderestimated of each family, left out, at the margin")
    print(f"that all families give   {short(fitted, fitted.unseen('phase')):5.1%}")
    print(f"that the others give     {short(fitted, nested_predictions(fitted, 'phase')):5.1%}")
    stated = state.registry.intervals.all_calls
    assert stated is not None
    print("\nhow many calls of a family left out are held, each family counted once")
    print(f"by intervals for 80%     {told_share(stated.held.interval_80)}")
    print(f"by intervals for 90%     {told_share(stated.held.interval_90)}")
    print(f"by budgets for 9 in 10   {told_share(stated.held.budget_90)}")


def folds_of(registry: Coefficients, evidence: Evidence) -> Mapping[str, Indices]:
    """Which family of tasks, and which rule of ``model_factors.yaml``, each call belongs to."""
    rule = evidence.counts(table_of(registry)).rule
    return {
        "family": np.unique(evidence.phase, return_inverse=True)[1],
        "model": np.unique(rule, return_inverse=True)[1],
    }


def procedure(registry: Coefficients, evidence: Evidence, *, has_factors: bool) -> Procedure:
    """The procedure of ``tuning.yaml``, or the same with the factor 1 for every model."""
    tuning = registry.tuning
    assert tuning is not None
    if has_factors:
        return Procedure(registry, evidence, tuning)
    held = {
        key: replace(value, number=Fraction(1), basis=replace(value.basis, kind="prior"))
        for key, value in registry.numbers.items()
        if key.part == "model"
    }
    return Procedure(with_values(registry, held), evidence, tuning)


def left_out(found: Procedure, fold: Indices | None) -> Calls:
    """Each call as the fit without its fold predicts it, before any margin; ``None``: by all."""
    evidence = found.evidence
    every = np.zeros(len(evidence.samples), dtype=np.intp)
    if fold is None:
        fits = LeftOut(every, found.whole)
    else:
        fits = LeftOut(fold, fit(found.design, without_each(fold), found.tuning))
    no_margin = one_margin(found.registry, Fraction(1))
    predicted = found.predicted(fits, margins=no_margin, scale=1.0)
    return evidence.as_predicted(predicted)


def short(found: Procedure, predicted: Integers | None) -> float:
    """The share of calls that need more than is predicted."""
    assert predicted is not None
    return float(underestimation(found.evidence.as_predicted(predicted)))


def told_share(share: Fraction | None) -> str:
    """A measured share as a percentage."""
    return "not measured" if share is None else f"{float(share):5.1%}"


def r_squared(calls: Calls) -> float:
    """The share of the variance of ln tokens of complete calls that predictions explain.

    After the best single factor, as a margin puts one on all of them.
    """
    left = residuals(calls)[~calls.censored]
    total = np.log(calls.actual[~calls.censored])
    return float(1 - left.var() / total.var())


if __name__ == "__main__":
    main()
