"""The arithmetic of the live what-if in Chromium against numpy, on 10,000 calls that differ."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import count, product

from benchmarks.measure import ROOT, Row, inside, paired
from coefgate.core.trees import FolderTree
from coefgate.core.vocabulary import PRICED_OPERATIONS, Deliverable
from coefgate.registry.compilation import table_of
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients, Limits
from coefgate.registry.numbers import moved
from coefgate.registry.reading import read_registry
from coefgate.replay.counts import predict
from coefgate.replay.evidence import Evidence
from coefgate.replay.metrics import metrics
from coefgate.replay.spread import spread
from coefgate.samples.model import Sample
from coefgate.samples.reading import read_samples
from coefgate.samples.status import SCORED, Audited, audit
from coefgate.whatif.live_data import live_data
from tests.browser.arithmetic import arithmetic_in
from tests.browser.chromium import chromium

CALLS = 10_000
LIMIT = "50 ms"
SUFFIXES = ("py", "md", "tsx", "yaml", "test.ts")
LOAD = """(text) => {
    globalThis.asked = 0;
    globalThis.model = coefgate.load(JSON.parse(text));
    return true;
}"""
ONE = """(names) => {
    const began = performance.now();
    const steps = model.steps({"margin.default": 1200 + (asked += 1) % 100});
    model.measure(model.predict(steps), ...names);
    return performance.now() - began;
}"""
GREEN = """(name) => {
    const search = model.green(name, model.steps());
    let [longest, slices, began] = [0, 0, performance.now()];
    for (let done = false; !done; slices += 1) {
        const at = performance.now();
        ({done} = search.next());
        longest = Math.max(longest, performance.now() - at);
    }
    return [performance.now() - began, longest];
}"""


def rows() -> Iterator[Row]:
    registry = read_registry(FolderTree(ROOT))
    store = read_samples(FolderTree(ROOT))
    scored = [
        one
        for one in audit(store, scope=registry.gates.scope, unit=registry.unit)
        if one.status in SCORED
    ]
    evidence = Evidence([_other(scored[at % len(scored)], at) for at in range(CALLS)])
    data = json.dumps(live_data(_just_met(registry, evidence), evidence))
    counts, key, asked = evidence.counts(table_of(registry)), Key("margin"), count()

    def by_numpy() -> None:
        other = moved(registry, {key: key.number(1200 + next(asked) % 100)})
        calls = evidence.as_predicted(predict(counts, table_of(other)))
        metrics(calls), spread(calls)

    with chromium() as browser, arithmetic_in(browser) as page:
        page.ask(LOAD, data)
        for what, names in {"": [], ", and its cells": ["cell"]}.items():
            ours, theirs, ratio = paired(
                lambda names=names: page.ask(ONE, names) / 1e3,  # type: ignore[misc]
                inside(by_numpy),
                runs=31,
            )
            yield Row(
                f"another number in a page, {CALLS:,} calls predicted and measured{what}",
                f"{ours * 1e3:.1f} ms",
                f"{theirs * 1e3:.1f} ms, numpy in Python, without cells",
                ratio,
                LIMIT,
            )
        whole, longest = page.ask(GREEN, key.name)
        yield Row(
            f"green numbers of {key.name} in a page, {CALLS:,} calls",
            f"{whole:.0f} ms",
            f"{longest:.0f} ms, the longest slice of it",
            whole / longest,
            "none",
        )


def _just_met(registry: Coefficients, evidence: Evidence) -> Coefficients:
    """The registry with limits that its numbers meet: otherwise a search ends at once."""
    now = metrics(evidence.calls(table_of(registry)))
    assert now is not None
    median, room = now.waste_median, Fraction(1, 10)
    limits = Limits(
        now.smape_mean + 1,
        now.underestimation_kaplan_meier + room / 5,
        median - room,
        median + room,
        now.waste_p90 + room,
    )
    return replace(registry, gates=replace(registry.gates, limits=limits))


def _other(one: Audited, at: int) -> Audited:
    """The call with other files and another need, in a phase of its own."""
    operations = product(SUFFIXES, PRICED_OPERATIONS)
    files = tuple(
        Deliverable(f"{at}/{place}.{suffix}", operation, 1 + at * 37 % 9000)
        for place, (suffix, operation) in enumerate(operations)
        if at >> place & 1 or place == at % 7
    )
    sample: Sample = one.sample
    other = replace(
        sample,
        id=f"{at:032x}",
        phase_id=f"{sample.phase_id}-{at}",
        deliverables=files,
        actual_output_tokens=1 + sample.actual_output_tokens * (70 + at % 61) // 100,
    )
    return replace(one, sample=other)
