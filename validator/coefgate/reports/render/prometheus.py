"""Gauges in Prometheus' text format, for the textfile collector of its node exporter.

The form: https://prometheus.io/docs/instrumenting/exposition_formats (0.0.4). There are no times
of samples, because the collector refuses them, and each series stands once, because it refuses a
file that has one twice.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from coefgate.core.trees import encodable

_IN_HELP: Final = str.maketrans({"\\": r"\\", "\n": r"\n"})
_IN_LABEL: Final = str.maketrans({"\\": r"\\", "\n": r"\n", '"': r"\""})
_FORBIDDEN: Final = dict.fromkeys([*range(10), *range(11, 32), 127], "\N{REPLACEMENT CHARACTER}")
"""Control characters but the line feed, which has an escape: readers split lines at some."""


@dataclass(frozen=True, slots=True)
class GaugeSeries:
    """One value with its labels."""

    value: float
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Gauge:
    """A family of series under one name; ``about``: one sentence."""

    name: str
    about: str
    series: Iterable[GaugeSeries]


def prometheus_text(gauges: Iterable[Gauge]) -> str:
    """The gauges as text, without those that have no series. A line end is missing at its end.

    Raises ``ValueError`` where a series stands twice.
    """
    lines: list[str] = []
    for gauge in gauges:
        series = [(_labels(one.labels), number(one.value)) for one in gauge.series]
        if len(dict(series)) < len(series):
            raise ValueError(f"{gauge.name} has a series twice")
        if series:
            lines += [
                f"# HELP {gauge.name} {gauge.about.translate(_IN_HELP)}",
                f"# TYPE {gauge.name} gauge",
                *(f"{gauge.name}{labels} {value}" for labels, value in series),
            ]
    return "\n".join(lines)


def number(value: float) -> str:
    """A number as Prometheus reads it."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return str(int(value)) if float(value).is_integer() and abs(value) < 2**53 else repr(value)


def _labels(labels: Mapping[str, str]) -> str:
    """Labels in braces; an empty one is the same as none, so it is left out."""
    told = (f'{name}="{_label(value)}"' for name, value in labels.items() if value)
    inside = ",".join(told)
    return f"{{{inside}}}" if inside else ""


def _label(value: str) -> str:
    return encodable(value).translate(_FORBIDDEN).translate(_IN_LABEL)
