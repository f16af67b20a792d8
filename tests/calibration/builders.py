"""Calls and a procedure whose answer can be worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, get_args

from coefgate.calibration.procedure import Procedure
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients, ModelRule
from coefgate.registry.tuning import Spread, Tuning
from coefgate.replay.evidence import Evidence
from coefgate.samples.model import Sample
from tests.registry.builders import registry, value
from tests.replay.builders import audited, sample

NOTHING: Mapping[Spread, Fraction] = dict.fromkeys(get_args(Spread), Fraction(0))


def tuning(spreads: Mapping[Spread, Fraction | int], **fields: Any) -> Tuning:
    """Priors are the figures of ``tests.registry.builders.registry``; other spreads are 0."""
    priors = {
        key: int(value.number)
        for key, value in registry().numbers.items()
        if key.part in {"overhead", "marginal"}
    }
    values: dict[str, Any] = {
        "level": Fraction(1, 2),
        "scatter": Fraction(2, 5),
        "spreads": {**NOTHING, **{name: Fraction(spread) for name, spread in spreads.items()}},
        "cell_from": 1,
        "round_to": 1,
        "parents": {},
        "prior": priors,
        "reference": "docs/x.md",
        "samples": ("samples/here/undated-00000000.jsonl",),
    }
    return Tuning(**values | fields)


def free(one: Coefficients | None = None) -> Coefficients:
    """The registry with one margin of 1 for every cell."""
    one = registry() if one is None else one
    margin = replace(one.default_margin, number=Fraction(1))
    return replace(one, default_margin=margin, cell_margins={})


def with_models(*, kind: str = "fit") -> Coefficients:
    """The registry with a factor for models a-… and one for b-…, and 1 for all others."""
    rules = [ModelRule((f"{name}-*",), value(f"model.{name}-*", 1, kind=kind)) for name in "ab"]
    default = value("model.default", 1, kind="prior")
    return replace(
        free(),
        semantics=2,
        applies_to=("*",),
        model_rules=tuple(rules),
        default_model_factor=default,
    )


def procedure(
    samples: Sequence[Sample],
    spreads: Mapping[Spread, Fraction | int],
    one: Coefficients | None = None,
    **fields: Any,
) -> Procedure:
    """The procedure on these calls."""
    return Procedure(
        free() if one is None else one, Evidence(audited(samples)), tuning(spreads, **fields)
    )


def cut_off(number: int, reached: int, **fields: Any) -> Sample:
    """A call that was cut off when it had reached these tokens."""
    return sample(number, reached, truncated=True, max_output_tokens=reached, **fields)


OVERHEAD = Key("overhead", ("tests", "low"))
