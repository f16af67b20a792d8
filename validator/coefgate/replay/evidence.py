"""Stored calls as columns, and as one table or two predict them: what a replay measures."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import compress
from math import inf

import numpy as np

from coefgate.core.table import Table
from coefgate.replay.attempts import Attempts
from coefgate.replay.counts import (
    Counts,
    Deliverables,
    deliverables_matrix,
    in_cells,
    predict,
)
from coefgate.replay.figures import Figures
from coefgate.replay.metrics import (
    Booleans,
    Calls,
    Indices,
    Integers,
    Metrics,
    count_calls,
    distances,
    missed,
)
from coefgate.replay.phase_draws import phase_keys
from coefgate.samples.attempts import previous_attempts
from coefgate.samples.links import leads_to
from coefgate.samples.model import Sample, instant
from coefgate.samples.status import SCORED, Audited, CallCount, Status


class Evidence:
    """Those of the ``given`` calls that have one of these statuses, in the order given.

    ``among``: the calls among which an attempt before each is looked for, where some of them, such
    as failed ones, are not given.
    ``audited`` and ``samples``: the calls. Columns of the same length: ``actual`` (tokens),
    ``phase`` (a number that its name alone decides) and ``censored``.
    """

    def __init__(
        self,
        given: Sequence[Audited],
        statuses: Collection[Status] = SCORED,
        *,
        among: Sequence[Audited] | None = None,
    ) -> None:
        self.given = given
        self._among = given if among is None else among
        self.audited = tuple(one for one in given if one.status in statuses)
        self.samples: tuple[Sample, ...] = tuple(one.sample for one in self.audited)
        self.actual: Integers = np.array([s.actual_output_tokens for s in self.samples], np.int64)
        self.phase: Indices = phase_keys([sample.phase for sample in self.samples])
        cut_off = [one.status == "censored" for one in self.audited]
        self.censored: Booleans = np.array(cut_off, dtype=np.bool_)
        self._counts: dict[object, Counts] = {}
        self._of_kinds: dict[object, Deliverables] = {}

    @cached_property
    def eligible(self) -> tuple[Sample, ...]:
        """The samples that may be scored, without the censored ones."""
        return tuple(compress(self.samples, (~self.censored).tolist()))

    def new_to(self, known: Collection[str]) -> Booleans:
        """Which calls are new to whoever has these ``known`` ids, and correct or repeat none."""
        ids = {one.sample.id: one.sample for one in self.given}
        return np.array(
            [one.id not in known and not leads_to(one, known, ids) for one in self.samples],
            dtype=np.bool_,
        )

    def made_after(self, moment: float) -> Booleans:
        """Which calls are known to be made after a ``moment``, in seconds since 1970 UTC."""
        made = (instant(one.observed_at) for one in self.samples)
        return np.array([moment < at < inf for at in made], dtype=np.bool_)

    def count(self, rows: Sequence[int] | Indices) -> CallCount:
        """How many the calls at these indices are."""
        at = np.asarray(rows, dtype=np.intp)
        return count_calls(self.phase[at], self.censored[at])

    def counts(self, table: Table) -> Counts:
        """The calls counted by what ``table`` can tell apart."""
        shape = shape_of(table)
        if shape not in self._counts:
            attempts = None if table.retry is None else self._attempts
            counted = self._deliverables(table)
            self._counts[shape] = in_cells(*counted, self.samples, table, attempts)
        return self._counts[shape]

    @cached_property
    def _attempts(self) -> Attempts:
        previous = previous_attempts(self._among)
        return Attempts.of([previous.get(sample.id) for sample in self.samples])

    def _deliverables(self, table: Table) -> Deliverables:
        kinds = _kinds(table)
        if kinds not in self._of_kinds:
            self._of_kinds[kinds] = deliverables_matrix(self.samples, table)
        return self._of_kinds[kinds]

    def predicted_at(self, rows: Indices, table: Table) -> Integers:
        """What ``table`` predicts for the calls at these indices."""
        matrix, columns = self._deliverables(table)
        some = [self.samples[row] for row in rows.tolist()]
        attempts = None if table.retry is None else self._attempts.at(rows)
        return predict(in_cells(matrix[rows], columns, some, table, attempts), table)

    def calls(self, table: Table) -> Calls:
        """The calls with the predictions of ``table``."""
        return self.as_predicted(predict(self.counts(table), table))

    def as_predicted(self, predicted: Integers) -> Calls:
        """The calls with any predictions."""
        return Calls(predicted, self.actual, self.phase, self.censored)

    def predicted(self, table: Table) -> Predicted:
        """The calls as ``table`` predicts them."""
        return Predicted(self, table)


def _kinds(table: Table) -> object:
    """What the deliverables of a call, and their bytes, are counted by."""
    sizes = frozenset(
        (mode, kind, one.up_to, one.assumed)
        for mode, rewrites in table.rewrites.items()
        for (operation, kind), one in rewrites.items()
        if operation == "modify"
    )
    # There is one function for equal path rules.
    return table.kind_of, table.kinds, table.sizes_tell, sizes, sizes and table.output_mode


def shape_of(table: Table) -> object:
    """What a counts matrix depends on; tables that share it differ in numbers only."""
    return (
        _kinds(table),
        table.applies_to,
        table.rule_of_model,
        table.retry is None,
        frozenset(table.cells),
        frozenset(table.no_deliverables),
        frozenset(table.canonical_category.items()),
    )


@dataclass(frozen=True)
class Predicted:
    """Calls as one table predicts them; whoever asks, they are predicted and measured once."""

    evidence: Evidence
    table: Table

    @cached_property
    def calls(self) -> Calls:
        """The calls with their predictions."""
        return self.evidence.calls(self.table)

    @cached_property
    def figures(self) -> Figures:
        """What they measure."""
        return Figures.of(self.calls)

    @cached_property
    def failed(self) -> Predicted:
        """The calls that failed of those given, which are never mixed with scored ones."""
        return Evidence(self.evidence.given, {"failed"}).predicted(self.table)


@dataclass(frozen=True, slots=True)
class Pair:
    """The same calls, predicted by base and by head, with the metrics of both."""

    evidence: Evidence
    base: Calls
    head: Calls
    base_metrics: Metrics | None
    head_metrics: Metrics | None

    @property
    def moved(self) -> bool:
        """Is any call predicted differently?"""
        return not np.array_equal(self.base.predicted, self.head.predicted)


def pair_of(base: Predicted, head: Predicted) -> Pair:
    """The same evidence as both sides predict it."""
    return Pair(base.evidence, base.calls, head.calls, base.figures.metrics, head.figures.metrics)


@dataclass(frozen=True, slots=True)
class AddedUp:
    """Head against what was accepted since the anchor, on the calls that the anchor had.

    ``since``: commit by commit, from the anchor to base. ``last``: head against base, on these.
    """

    since: tuple[tuple[str, Pair], ...]
    last: Pair


@dataclass(frozen=True, slots=True)
class Steps:
    """The same calls before and after, as columns: which are ``missed``, and their ``distances``.

    A call that is newly missed gets worse, one that is no longer gets better. Of the others SMAPE
    decides, but not of one that was cut off, unless both sides miss it. ``lengths``: how far each
    prediction moves, in millionths of SMAPE; across the need both parts.
    """

    missed: tuple[Booleans, Booleans]
    distances: tuple[Integers, Integers]
    newly_missed: Booleans
    no_longer_missed: Booleans
    worse: Booleans
    better: Booleans
    lengths: Integers


def steps_of(before: Calls, after: Calls) -> Steps:
    """The way of the same calls from one prediction to another."""
    was, now = missed(before), missed(after)
    old, new = distances(before), distances(after)
    decides = (was == now) & (~before.censored | now)
    rise = np.where(decides, np.abs(new) - np.abs(old), 0)
    lost, won = now & ~was, was & ~now
    worse, better = lost | (rise > 0), won | (rise < 0)
    return Steps((was, now), (old, new), lost, won, worse, better, np.abs(new - old))
