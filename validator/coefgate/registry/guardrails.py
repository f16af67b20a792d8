"""The guardrails: what recorded calls may show before somebody is told, and what holds unsaid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from coefgate.registry.model import Coefficients


@dataclass(frozen=True, slots=True)
class Guardrails:
    """Every threshold of monitoring, exact; the defaults hold where nothing else is stated.

    As in gates, ``…_below`` is missed on equality, ``…_to`` and ``…_above`` only beyond it.

    ``min_calls``: a week and stratum with fewer is not judged. ``silent_hours``: without a record,
    after which nothing is known. ``quiet_hours``: in which an alert that lasts is not said again.

    Of each call: ``underestimated_above``: actual ÷ predicted; ``overestimated_above``: predicted
    ÷ actual; ``smape_above``: percent, from 0 to 200. ``call_share_to``: of a week's calls, what
    may be so by one of these.

    Of an ISO week and stratum, from ``truncation_rate_to`` on: shares of calls, SMAPE in percent,
    predicted ÷ actual. ``fallback_share_to``: calls that the fallback served;
    ``sizes_unknown_share_to``: with a file whose size would have counted and that nobody gave;
    ``endings_unknown_share_to``: that do not say whether they were cut off.

    ``rollback_truncation_rate_above``: of a week, the trigger. ``drift_p_below``: the p-value of a
    window, after Holm's correction over its cells (with 0.0009 and 52 windows, one false alarm in
    21 years); ``drift_calls_from``: calls that a cell needs. ``release_e_value_from``: evidence
    that a release is worse than the one before; one in so many that is not reaches it by chance.
    """

    min_calls: int = 50
    silent_hours: int = 24
    quiet_hours: int = 24
    underestimated_above: Fraction = Fraction(12, 10)
    overestimated_above: Fraction = Fraction(4)
    smape_above: Fraction = Fraction(100)
    call_share_to: Fraction = Fraction(10, 100)
    truncation_rate_to: Fraction = Fraction(5, 100)
    underestimation_rate_below: Fraction = Fraction(10, 100)
    smape_mean_below: Fraction = Fraction(50)
    waste_median_to: Fraction = Fraction(15, 10)
    waste_p75_to: Fraction = Fraction(2)
    waste_p90_to: Fraction = Fraction(3)
    fallback_share_to: Fraction = Fraction(5, 100)
    sizes_unknown_share_to: Fraction = Fraction(20, 100)
    endings_unknown_share_to: Fraction = Fraction(20, 100)
    rollback_truncation_rate_above: Fraction = Fraction(10, 100)
    drift_p_below: Fraction = Fraction(9, 10_000)
    drift_calls_from: int = 30
    release_e_value_from: Fraction = Fraction(400)


_DEFAULT: Final = Guardrails()
PLACES: Final[Mapping[str, tuple[str, ...]]] = {
    **{name: (name,) for name in ("min_calls", "silent_hours", "quiet_hours")},
    **{
        name: ("call", name)
        for name in ("underestimated_above", "overestimated_above", "smape_above")
    },
    "call_share_to": ("call", "share_to"),
    **{
        name: ("limits", name)
        for name in (
            *("truncation_rate_to", "underestimation_rate_below", "smape_mean_below"),
            *("waste_median_to", "waste_p75_to", "waste_p90_to"),
            *("fallback_share_to", "sizes_unknown_share_to", "endings_unknown_share_to"),
        )
    },
    "rollback_truncation_rate_above": ("rollback", "truncation_rate_above"),
    "drift_p_below": ("drift", "p_below"),
    "drift_calls_from": ("drift", "calls_from"),
    "release_e_value_from": ("release", "e_value_from"),
}
"""Where each field of ``Guardrails`` stands in the file."""
DEFAULTS: Final[Mapping[tuple[str, ...], int | Fraction]] = {
    place: getattr(_DEFAULT, name) for name, place in PLACES.items()
}
"""What holds where the file says nothing, or is not there."""


def threshold_name(of: str) -> str:
    """What a field is called in messages and differences, with its section and ``guardrails``."""
    return ".".join(("guardrails", *PLACES[of]))


def guardrails_of(coefficients: Coefficients) -> Guardrails:
    """The guardrails that a registry has; without ``guardrails.yaml`` the defaults."""
    stated = coefficients.guardrails
    numbers: dict[str, Any] = {
        one: type(DEFAULTS[place])(stated[name].value)
        for one, place in PLACES.items()
        if (name := threshold_name(one)) in stated
    }
    return Guardrails(**numbers)


def are_stated(coefficients: Coefficients) -> bool:
    """Does the registry state any guardrail? Otherwise all are the defaults."""
    return any(one.stated for one in coefficients.guardrails.values())
