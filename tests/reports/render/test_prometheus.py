"""Gauges as text, read again by the parsers of Prometheus' own client."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families as parsed

from coefgate.reports.render.prometheus import Gauge, GaugeSeries, number, prometheus_text


def _read_again(text: str, read: Any = parsed) -> list[tuple[str, dict[str, str], float]]:
    return [(one.name, one.labels, one.value) for family in read(text) for one in family.samples]


def test_the_text() -> None:
    gauges = [
        Gauge("a_ratio", "Of \\ and\na line.", [GaugeSeries(0.5, {"x": 'say "\\"\n', "y": ""})]),
        Gauge("nothing", "Left out.", []),
        Gauge("b_calls", "Calls.", [GaugeSeries(200, {})]),
    ]
    assert prometheus_text(gauges) == (
        "# HELP a_ratio Of \\\\ and\\na line.\n"
        "# TYPE a_ratio gauge\n"
        'a_ratio{x="say \\"\\\\\\"\\n"} 0.5\n'
        "# HELP b_calls Calls.\n"
        "# TYPE b_calls gauge\n"
        "b_calls 200"
    )


def test_nothing_at_all() -> None:
    assert prometheus_text([]) == ""


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (math.nan, "NaN"),
        (math.inf, "+Inf"),
        (-math.inf, "-Inf"),
        (True, "1"),
        (False, "0"),
        (1e300, "1e+300"),
        (1796136157.789255, "1796136157.789255"),
        (-0.0, "0"),
    ],
)
def test_numbers(value: float, text: str) -> None:
    assert number(value) == text
    (found,) = _read_again(f"x {text}\n")
    assert found[2] == value or math.isnan(value)


def test_a_series_that_stands_twice_is_a_mistake() -> None:
    twice = [GaugeSeries(1, {"x": "a", "y": ""}), GaugeSeries(2, {"x": "a"})]
    with pytest.raises(ValueError, match="a_ratio has a series twice"):
        prometheus_text([Gauge("a_ratio", "Twice.", twice)])


# Of controls and lone surrogates, which UTF-8 has not, something readable is left.
UNSEEN = "\x00\x07\x0b\x0c\x1c\x85\u2028\ud800"


@given(
    st.dictionaries(
        st.sampled_from(["alarm", "value"]), st.text(alphabet=st.characters()) | st.just(UNSEEN)
    ),
    st.floats(),
)
def test_whatever_is_written_is_read_again(labels: dict[str, str], value: float) -> None:
    text = prometheus_text([Gauge("figure", 'Of "anything".', [GaugeSeries(value, labels)])])
    text.encode("utf-8")
    openly: Any = openmetrics.text_string_to_metric_families
    for again in (_read_again(f"{text}\n"), _read_again(f"{text}\n# EOF\n", openly)):
        ((name, read, figure),) = again
        assert name == "figure"
        assert figure == value or math.isnan(value)
        assert {*read} == {key for key, one in labels.items() if one}
        for key, one in read.items():
            if labels[key].isprintable():
                assert one == labels[key]
