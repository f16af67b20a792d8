"""One estimate, as text or JSON."""

from __future__ import annotations

from typing import Any

from rich.console import RenderableType
from rich.text import Text

from coefgate.core.estimate import Estimate
from coefgate.core.trees import encodable
from coefgate.reports.console import short, table
from coefgate.reports.json_texts import json_text
from coefgate.reports.visible import visible

_BASIS = {
    "exact": "the registry declares this category and complexity",
    "alias": "the category is an alias of one that the registry declares",
    "fallback": "category, complexity or model is not declared: the registry's fallback",
    "no-deliverables": "no deliverable was named: the registry's figure for this complexity",
}

_SHARE_MEASURED = "the part of the tokens whose coefficients have stored calls behind them"


def estimate_dict(estimate: Estimate, place: str) -> dict[str, Any]:
    """The fields of an estimate for JSON; ``place``: where the coefficients are."""
    return {
        "tokens": estimate.tokens,
        "interval": estimate.interval._asdict(),
        "share_measured": estimate.share_measured,
        "basis": estimate.basis,
        "breakdown": {
            "overhead": estimate.breakdown.overhead,
            "deliverables": [
                item._replace(path=encodable(item.path))._asdict()
                for item in estimate.breakdown.deliverables
            ],
            "margin": estimate.breakdown.margin,
        },
        "registry_version": estimate.registry_version,
        "digest": estimate.digest,
        "from": encodable(place),
    }


def estimate_json(estimate: Estimate, place: str) -> str:
    """An estimate as JSON text."""
    return json_text(estimate_dict(estimate, place))


def estimate_text(estimate: Estimate, place: str) -> list[RenderableType]:
    """An estimate for a reader: the number first, then how it came about."""
    interval, parts = estimate.interval, estimate.breakdown
    coverage = (
        "not measured yet" if interval.coverage is None else f"{interval.coverage:.0%} of calls"
    )
    rows = [
        ("overhead", "", f"{parts.overhead:,}"),
        *(
            (f"{item.operation} {item.kind}", visible(item.path), f"{item.tokens:,}")
            for item in parts.deliverables
        ),
        ("safety margin", "", f"× {parts.margin:g}"),
        ("prediction", "", f"{estimate.tokens:,}"),
    ]
    return [
        Text(f"{estimate.tokens:,} output tokens", style="bold"),
        Text(f"between {interval.low:,} and {interval.high:,} (how often it holds: {coverage})"),
        Text(f"basis {estimate.basis}: {_BASIS[estimate.basis]}"),
        Text(f"share measured {estimate.share_measured:.2f}: {_SHARE_MEASURED}"),
        Text(""),
        table("part", "path", "tokens", rows=rows, figures=(2,)),
        Text(""),
        Text(
            f"registry {estimate.registry_version}, digest {short(estimate.digest)}, from "
            f"{visible(place)}"
        ),
    ]
