"""A replay and its scores: the whole, the prospective part, the strata, and old against new."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from coefgate.estimator.table import Table
from coefgate.problems import InvalidInput, Problem
from coefgate.replay.frame import WITHOUT_TOKENS, frame
from coefgate.replay.intervals import Interval, intervals
from coefgate.replay.metrics import MILLION, Calls, Integers, Metrics, metrics, smape_200
from coefgate.samples.model import Audited, Sample
from coefgate.vocabulary import COMPLEXITIES

DIMENSIONS: Final = (
    "category",
    "complexity",
    "cell",
    "deliverables",
    "model",
    "operation",
    "success",
    "reply_matches",
)
"""What scores may be broken down by."""
FEWEST_PROSPECTIVE: Final = 30
_RISING: Final = {complexity: rank for rank, complexity in enumerate(COMPLEXITIES)}


@dataclass(frozen=True, slots=True)
class Figures:
    """The metrics of one set of calls, ``None`` where nothing is measurable, with their intervals."""

    metrics: Metrics | None
    intervals: Mapping[str, Interval | None]


@dataclass(frozen=True, slots=True)
class Prospective:
    """The calls that came in after the coefficients did.

    ``arrived``: how many eligible ones there are, ``None`` where git cannot tell. ``figures`` is ``None``
    then and below 30 calls; ``reason`` says why.
    """

    arrived: int | None
    figures: Figures | None
    reason: str


@dataclass(frozen=True, slots=True)
class Stratum:
    """One slice: the dimension it was cut by, its value, and its figures."""

    dimension: str
    value: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Comparison:
    """Predictions stored with the calls against today's, over the same eligible calls.

    ``predicted_by`` names the estimator of that day, ``all`` the whole. Improvement is old minus new.
    """

    predicted_by: str
    old: Metrics
    new: Metrics


@dataclass(frozen=True, slots=True)
class ScoredCall:
    """One call: SMAPE in percent.

    The figures are ``None`` of a censored call, which only says "at least", and of one without tokens.
    """

    audited: Audited
    predicted: int
    basis: str
    smape: Fraction | None
    waste_ratio: Fraction | None


@dataclass(frozen=True, slots=True)
class Scores:
    """Everything that a replay gives.

    ``calls``: eligible and censored, as columns; ``base_tokens``: theirs before the margin;
    ``takes_margin``: false for a call without deliverables.
    """

    calls: Calls
    base_tokens: Integers
    takes_margin: npt.NDArray[np.bool_]
    all: Figures
    without_differs: Figures
    prospective: Prospective
    strata: tuple[Stratum, ...]
    comparison: tuple[Comparison, ...]
    scored: tuple[ScoredCall, ...]


def replay(
    audited: Sequence[Audited],
    table: Table,
    *,
    by: Sequence[str] = (),
    known: Collection[str] | None = None,
    unknown_because: str = "",
    compare: bool = True,
) -> Scores:
    """Predict every scored call with ``table`` and measure the predictions.

    ``by``: dimensions to break down by. ``known``: ids of the samples that were stored when the
    coefficients came in; ``None`` where nobody knows, and ``unknown_because`` says why. ``compare``: with
    the predictions stored with the calls as well.
    Raises ``InvalidInput`` for eligible calls without output tokens, which no metric is defined for.
    """
    if problems := [_no_tokens(one.sample) for one in audited if _unmeasurable(one)]:
        raise InvalidInput(problems)
    rows = frame(audited, table)
    judged = rows[rows["status"] != "failed"]
    calls = _calls(judged)
    same = (judged["reply_matches"] != "differs").to_numpy()
    return Scores(
        calls=calls,
        base_tokens=judged["base_tokens"].to_numpy(np.int64),
        takes_margin=(judged["deliverables"] != "0").to_numpy(np.bool_),
        all=_figures(calls),
        without_differs=_figures(calls.where(same)),
        prospective=_prospective(judged, calls, known, unknown_because),
        strata=tuple(_strata(rows, by)),
        comparison=tuple(_comparisons(judged)) if compare else (),
        scored=tuple(_scored(audited, rows)),
    )


def _unmeasurable(audited: Audited) -> bool:
    return audited.status == "eligible" and audited.sample.actual_output_tokens < 1


def _no_tokens(sample: Sample) -> Problem:
    return Problem(
        file=sample.file,
        line=sample.line,
        column=1,
        path="actual_output_tokens",
        code="success-without-tokens",
        found=f"is {sample.actual_output_tokens} in sample {sample.id}",
        allowed="a call that is scored has at least one output token",
        fix="Retire the sample in samples/retired.yaml, or supersede it by a line with the tokens billed.",
    )


def _calls(rows: pd.DataFrame) -> Calls:
    return Calls(
        rows["predicted"].to_numpy(np.int64),
        rows["actual"].to_numpy(np.int64),
        rows["phase"].to_numpy(np.intp),
        (rows["status"] == "censored").to_numpy(np.bool_),
    )


def _figures(calls: Calls) -> Figures:
    """Two states that are compared share most strata; each set of calls is measured once."""
    columns = (calls.predicted, calls.actual, calls.phase, calls.censored)
    return _measured(*(column.tobytes() for column in columns))


@lru_cache(maxsize=256)
def _measured(predicted: bytes, actual: bytes, phase: bytes, censored: bytes) -> Figures:
    calls = Calls(
        np.frombuffer(predicted, np.int64),
        np.frombuffer(actual, np.int64),
        np.frombuffer(phase, np.intp),
        np.frombuffer(censored, np.bool_),
    )
    found = metrics(calls)
    return Figures(found, intervals(calls, found) if found else {})


def _prospective(
    judged: pd.DataFrame, calls: Calls, known: Collection[str] | None, unknown_because: str
) -> Prospective:
    if known is None:
        return Prospective(None, None, unknown_because)
    later = calls.where(~judged["id"].isin(list(known)).to_numpy(np.bool_))
    arrived = int((~later.censored).sum())
    if arrived < FEWEST_PROSPECTIVE:
        return Prospective(arrived, None, f"not yet measurable: {FEWEST_PROSPECTIVE} are needed")
    return Prospective(arrived, _figures(later), "")


def _strata(rows: pd.DataFrame, by: Sequence[str]) -> Iterator[Stratum]:
    calls = _calls(rows)
    everyone = np.ones(len(rows), dtype=np.bool_)
    scored = (rows["status"] != "failed").to_numpy(np.bool_)
    measurable = (rows["success"] != WITHOUT_TOKENS).to_numpy(np.bool_)
    for dimension in by:
        # Success and failure are never mixed: failed calls are seen in the stratum that names them.
        seen = everyone if dimension == "success" else scored
        indices = rows.groupby(dimension).indices
        groups = [(str(value), np.asarray(at, dtype=np.intp)) for value, at in indices.items()]
        for value, at in sorted(groups, key=lambda group: (_RISING.get(group[0], 0), group[0])):
            if seen[at].any():
                yield Stratum(dimension, value, _figures(calls.where(at[seen[at] & measurable[at]])))


def _comparisons(judged: pd.DataFrame) -> Iterator[Comparison]:
    both = judged[(judged["status"] == "eligible") & judged["old"].notna()]
    groups = [(str(name), part) for name, part in both.groupby("predicted_by", sort=True)]
    for name, part in [*groups, ("all", both)]:
        old = metrics(_calls(part.assign(predicted=part["old"].astype("int64"))))
        new = metrics(_calls(part))
        if old and new:
            yield Comparison(name, old, new)


def _scored(audited: Sequence[Audited], rows: pd.DataFrame) -> Iterator[ScoredCall]:
    by_id = {one.sample.id: one for one in audited}
    predicted, actual = rows["predicted"].to_numpy(np.int64), rows["actual"].to_numpy(np.int64)
    measured = (rows["status"] != "censored").to_numpy(np.bool_) & (actual > 0)
    smape = iter(smape_200(predicted[measured], actual[measured]).tolist())
    columns = (rows["id"].tolist(), rows["basis"].tolist(), predicted.tolist(), actual.tolist())
    for identity, basis, tokens, needed, known in zip(*columns, measured.tolist(), strict=True):
        yield ScoredCall(
            by_id[identity],
            tokens,
            basis,
            Fraction(next(smape), MILLION) if known else None,
            Fraction(tokens, needed) if known else None,
        )
