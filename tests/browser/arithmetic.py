"""``arithmetic.js`` in a browser, asked for many answers at once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from fractions import Fraction
from importlib.resources import files
from typing import Any, Final

from playwright.sync_api import Browser, Page

from coefgate.gates.metric_rules import absolute_rules
from coefgate.registry.compilation import table_of
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients
from coefgate.registry.numbers import moved
from coefgate.replay.evidence import Evidence
from coefgate.replay.metrics import Calls, Metrics, metrics
from coefgate.replay.spread import spread
from coefgate.whatif.live_data import live_data
from tests.browser.chromium import opened

SCRIPT: Final = files("coefgate.reports.render") / "assets/arithmetic.js"
_PLAIN: Final = "(_, one) => typeof one === 'bigint' ? String(one) : one"
Steps = Mapping[Key, int]
COUNTED: Final = {"samples", "censored", "phases", "misses", "undecided"}


class Arithmetic:
    """A page with the script in it."""

    def __init__(self, page: Page) -> None:
        self._page = page
        page.add_script_tag(content=SCRIPT.read_text("utf-8"))

    def ask(self, function: str, given: object) -> Any:
        """What a function of JavaScript gives; whole numbers of any size as texts, or numbers."""
        asked = f"given => JSON.stringify(({function})(JSON.parse(given)), {_PLAIN})"
        return json.loads(self._page.evaluate(asked, json.dumps(given)))

    def measured(
        self, data: Mapping[str, Any], several: Sequence[Steps], dimension: str | None = None
    ) -> list[dict[str, Any]]:
        """Tokens and figures with each of these numbers in the place of those in ``data``."""
        return [
            {**one, "tokens": list(map(int, one["tokens"]))}
            for one in self.ask(
                """({data, several, dimension}) => {
                    const model = coefgate.load(data);
                    return several.map((named) => {
                        const tokens = model.predict(model.steps(named));
                        return {tokens: [...tokens], ...model.measure(tokens, dimension)};
                    });
                }""",
                {
                    "data": data,
                    "several": [
                        {key.name: steps for key, steps in one.items()} for one in several
                    ],
                    "dimension": dimension,
                },
            )
        ]


@contextmanager
def arithmetic_in(browser: Browser) -> Iterator[Arithmetic]:
    with opened(browser) as page:
        yield Arithmetic(page)


def fraction(one: Mapping[str, str]) -> Fraction:
    return Fraction(int(one["n"]), int(one["d"]))


def assert_measures(found: Mapping[str, Any], calls: Calls, registry: Coefficients) -> None:
    """Does a page say of these calls what Python says?"""
    assert found["tokens"] == calls.predicted.tolist()
    assert_figures(found, calls)
    for said, rule in zip(
        found["rules"], absolute_rules(metrics(calls), registry.gates), strict=True
    ):
        assert (said["rule"], said["status"], said["limit"]) == (
            rule.rule,
            rule.status,
            rule.limit,
        )
        if rule.head is None:
            assert (said["figure"], said["text"]) == (None, "n/a")
            continue
        assert fraction(said["figure"]) == rule.head
        assert (said["ends"] and tuple(map(fraction, said["ends"]))) == rule.ends
        assert said["text"] in rule.said
    assert (found["spread"] is None) == (spread(calls) is None)
    if found["spread"] is not None:
        # Logarithms may differ in their last digit, and so may the sixth decimal.
        assert abs(found["spread"] - (spread(calls) or 0.0)) < 1.5e-6


def assert_figures(found: Mapping[str, Any], calls: Calls) -> None:
    expected = metrics(calls)
    assert (found["samples"], found["censored"], found["phases"]) == tuple(
        getattr(calls.count, one.name) for one in fields(calls.count)
    )
    if expected is None:
        assert found["figures"] is None
        return
    for field in fields(Metrics):
        value = getattr(expected, field.name)
        if field.name in COUNTED:
            assert found[field.name] == value
        else:
            assert fraction(found["figures"][field.name]) == value, field.name


def assert_agree(
    arithmetic: Arithmetic, registry: Coefficients, evidence: Evidence, several: Sequence[Steps]
) -> None:
    """Does a page predict and measure with each of these numbers as Python does?"""
    found = arithmetic.measured(live_data(registry, evidence), several)
    for one, numbers in zip(found, several, strict=True):
        other = moved(registry, {key: key.number(steps) for key, steps in numbers.items()})
        assert_measures(one, evidence.calls(table_of(other)), registry)
