"""A plan of what to collect next, for programs."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from coefgate.calibration.collection_plan import RatePlan, calls_in, phase_size
from coefgate.calibration.exact_bounds import MorePhases
from coefgate.reports.render.json import as_json, picked, rounded
from coefgate.use_cases.plan_samples import PlannedSamples


def collection_plan_dict(found: PlannedSamples) -> dict[str, Any]:
    """All of it; ``calls`` are those that so many phases are, at what a phase has had so far."""
    plan = found.plan
    return {
        "measured_on": found.measured_on,
        "limit": rounded(plan.limit),
        "asked_sigma": plan.asked,
        "width": rounded(plan.precision.width),
        "factor": rounded(plan.precision.factor),
        "phases_by_misses": list(plan.by_misses),
        "all": {
            **as_json(plan.calls),
            "underestimation": _rate_dict(plan.rate, phase_size(plan.calls)),
        },
        "cells": [
            {
                **picked(one, "category", "complexity"),
                **as_json(one.calls),
                "underestimation": _rate_dict(one.rate, one.calls_per_phase),
                "numbers": as_json(one.numbers),
            }
            for one in plan.cells
        ],
        "aims": as_json(found.coverage.aims),
    }


def _rate_dict(rate: RatePlan, per_phase: Fraction) -> dict[str, Any]:
    return {
        **picked(rate, "rate", "interval", "undecided"),
        "within_interval": [
            picked(one, "metric", "limit", "figure", "interval")
            | {"more_to_decide": _phases_dict(one.more, per_phase)}
            for one in rate.open_limits
        ],
        "phases_to_an_interval": rate.first,
        "rate_ahead": rate.ahead,
        "more_to_show_below_limit": _more_dict(rate.below_limit, per_phase),
        "more_to_width": _more_dict(rate.narrow, per_phase),
    }


def _more_dict(found: MorePhases, per_phase: Fraction) -> dict[str, Any]:
    return {
        name: _phases_dict(phases, per_phase)
        for name, phases in (("without_miss", found.without_miss), ("at_rate", found.at_rate))
    }


def _phases_dict(phases: int | None, per_phase: Fraction) -> dict[str, int] | None:
    return None if phases is None else {"phases": phases, "calls": calls_in(phases, per_phase)}
