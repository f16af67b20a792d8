"""Which changes do a harm, and how much of it: those that move the very calls that it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final

import numpy as np

from coefgate.changes.estimate_changes import changes
from coefgate.core.vocabulary import Deliverable
from coefgate.gates.metric_rules import figure_harm
from coefgate.gates.stratum_regression import errors, misses
from coefgate.registry.model import Coefficients
from coefgate.replay.evidence import Evidence
from coefgate.samples.model import Sample
from coefgate.whatif.attribution import Attribution, Blame
from tests.registry.builders import moved, registry
from tests.replay.builders import audited, sample

BASE: Final = replace(registry(), cell_margins={})
"""(110 + 40) × 1.1 = 165 tokens for a call of tests low with one new backend file."""
DOC: Final = (Deliverable("a.md", "create"),)


def _blame(head: Coefficients, calls: Sequence[Sample]) -> Blame | None:
    evidence = Evidence(audited(calls))
    every = np.arange(len(calls))
    return Attribution(changes(BASE, head), BASE, head, evidence).blame(misses(evidence, every))


def _head(numbers: Mapping[str, int | str]) -> Coefficients:
    return moved(BASE, {name: Fraction(number) for name, number in numbers.items()})


def _names(blame: Blame | None) -> list[str]:
    assert blame is not None
    return [change.name for group in blame.groups for change in group]


def test_a_change_that_moves_other_calls_is_not_to_blame() -> None:
    blame = _blame(_head({"docs.low": 50, "tests.low": 100, "database.low": 60}), [sample(1, 165)])
    assert blame is not None
    assert _names(blame) == ["tests.low"]
    assert not blame.together


def test_who_saves_more_calls_comes_first_then_who_lowers_more() -> None:
    head = _head({"tests.low": 109, "docs.low": 40, "marginal.create.backend": 30})
    # 154: the first two would reach it without 10 tokens less for the file, none without 1 less.
    assert _names(_blame(head, [sample(1, 164), sample(2, 164)])) == [
        "marginal.create.backend",
        "tests.low",
    ]
    # Nothing alone saves a call that needed 1,000: 11 tokens, then 1.
    assert _names(_blame(head, [sample(1, 1000)])) == ["marginal.create.backend", "tests.low"]


def test_a_change_that_helps_is_not_to_blame() -> None:
    head = _head({"tests.low": 130, "marginal.create.backend": 10})
    assert _names(_blame(head, [sample(1, 165)])) == ["marginal.create.backend"]


def test_changes_that_each_hide_behind_the_other_are_named_together() -> None:
    # Whether a.md is there nobody knows, so the dearer of 42 and 32 is taken: one of both remains
    # high.
    unknown = sample(1, 167, category="docs", deliverables=(Deliverable("a.md", "unknown"),))
    evidence = Evidence(audited([unknown]))
    head = _head({"marginal.create.doc": 90, "marginal.modify.doc": 90, "tests.low": 111})
    attribution = Attribution(changes(BASE, head), BASE, head, evidence)
    assert [effect.calls for effect in attribution.effects] == [0, 0, 0]
    blame = attribution.blame(errors(evidence, np.arange(1)))
    assert blame is not None
    assert blame.together
    assert _names(blame) == ["marginal.create.doc", "marginal.modify.doc"]


def test_nobody_is_to_blame_for_what_does_not_get_worse() -> None:
    assert (
        _blame(_head({"tests.low": 120, "marginal.create.backend": 41}), [sample(1, 165)]) is None
    )
    assert _blame(BASE, [sample(1, 1000)]) is None


def test_of_a_median_below_its_band_the_changes_that_lower_it() -> None:
    evidence = Evidence(
        audited([sample(1, 165), sample(2, 165, category="docs", deliverables=DOC)])
    )
    head = _head({"tests.low": 20, "docs.low": 110})
    attribution = Attribution(changes(BASE, head), BASE, head, evidence)
    limits = BASE.gates.limits
    for median, name in ((Fraction(9, 10), "tests.low"), (Fraction(2), "docs.low")):
        assert _names(attribution.blame(figure_harm("waste-band", median, evidence, limits))) == [
            name
        ]
