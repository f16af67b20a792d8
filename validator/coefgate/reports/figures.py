"""The metrics by their titles, and how figures, calls and their counts are written."""

from __future__ import annotations

from collections.abc import Mapping, Sized
from fractions import Fraction
from typing import TYPE_CHECKING, Final, Protocol

from coefgate.registry.key import Key
from coefgate.registry.numbers import written
from coefgate.registry.wording import and_more, count
from coefgate.replay.figure_text import Bounds, Form, Written, points, rate_words, ratio, share
from coefgate.samples.model import Sample
from coefgate.samples.status import CallCount

if TYPE_CHECKING:
    from coefgate.replay.metrics import Metrics

NOT_MEASURABLE: Final = "n/a"


def call_words(sample: Sample) -> str:
    """The phase of a call with its attempt: ``research-3 #2``."""
    attempt = "" if sample.attempt is None else f" #{sample.attempt}"
    return f"{sample.phase_id or 'unknown phase'}{attempt}"


class InCell(Protocol):
    """A call, or what is counted of a cell."""

    @property
    def category(self) -> str | None: ...

    @property
    def complexity(self) -> str | None: ...


def cell_words(one: InCell) -> str:
    """``docs/low``, as it says itself."""
    return f"{one.category or 'unknown'}/{one.complexity or 'unknown'}"


def further(found: Sized, shown: int, command: str) -> str:
    """``… and 3 more: coefgate diff`` below those that are shown; empty where these are all."""
    return f"…{and_more(found, shown)}: {command}" if len(found) > shown else ""


def short(digest_or_id: str) -> str:
    """The first 12 characters of a digest or an id, which is enough to find it."""
    return digest_or_id.removeprefix("sha256:")[:12]


def number_words(number: Fraction, key: Key | None) -> str:
    """A number of the registry: tokens as ``1,500``, a factor as it is written, ``1.3``."""
    whole = number.denominator == 1 and not (key and key.is_factor)  # a file may say anything
    return f"{int(number):,}" if whole else written(number)


def tokens(value: int | Fraction) -> str:
    """A number of tokens: ``12,300``; from a million on ``2.4 M``."""
    return f"{float(value) / 1e6:.1f} M" if value >= 1_000_000 else f"{round(value):,}"


def duration(seconds: float) -> str:
    """``12 s``, ``4 min 10 s``, ``3 h 5 min``, ``2 d 4 h``: the two largest parts."""
    left = round(seconds)
    sizes = {"d": 86_400, "h": 3_600, "min": 60, "s": 1}
    parts = []
    for unit, size in sizes.items():
        whole, left = divmod(left, size)
        parts.append((whole, unit))
    first = next((at for at, (whole, _) in enumerate(parts) if whole), len(parts) - 1)
    said = [f"{whole} {unit}" for whole, unit in parts[first : first + 2] if whole]
    return " ".join(said) or "0 s"


def count_words(found: CallCount) -> str:
    """``3 calls + 2 cut off, 4 phases``."""
    if not found.scored:
        return "no call"
    cut_off = f" + {found.censored:,} cut off" if found.censored else ""
    return f"{count(found.samples, 'call')}{cut_off}, {count(found.phases, 'phase')}"


def count_figure(found: CallCount) -> str:
    """``3 + 2`` of eligible calls and those that were cut off, for a column of a table."""
    return f"{found.samples:,} + {found.censored:,}" if found.censored else f"{found.samples:,}"


FIGURES: Final[Mapping[str, tuple[str, Form]]] = {
    "smape_mean": ("SMAPE mean", points),
    "smape_median": ("SMAPE median", points),
    "smape_p90": ("SMAPE P90", points),
    "underestimation_kaplan_meier": ("underestimation", share),
    "underestimation_rate": ("underestimation, at least", share),
    "underestimation_upper": ("underestimation, at most", share),
    "waste_median": ("waste ratio median", ratio),
    "waste_p75": ("waste ratio P75", ratio),
    "waste_p90": ("waste ratio P90", ratio),
}
"""The metrics in the order of a report, with their titles."""


def figure(metrics: Metrics | None, name: str, written: Written | None = None) -> str:
    """One of the metrics, underestimation as ``5.7% (1.6%–9.5%)``: with both its ends.

    They are ``None`` where nothing was measurable. ``written``: how, unless as usual.
    """
    if metrics is None:
        return NOT_MEASURABLE
    form, found = written or FIGURES[name][1], getattr(metrics, name)
    if name != "underestimation_kaplan_meier":
        return form(found)
    ends = metrics.underestimation_rate, metrics.underestimation_upper
    return rate_words(found, ends, form)


def figures_beside(bounds: Bounds) -> Mapping[str, tuple[str, Written]]:
    """The metrics, each told apart from the numbers that it is held against."""
    return {
        name: (title, form.beside(*bounds.get(name, ())))
        for name, (title, form) in FIGURES.items()
    }
