"""One estimate: the number, and how it came about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from coefgate.core.estimate import Estimate
from coefgate.core.trees import encodable
from coefgate.reports.figures import short
from coefgate.reports.page import GAP, Block, Cells, Paragraph, TableBlock, code, plain
from coefgate.reports.render.json import picked

_BASIS = {
    "exact": "the registry declares this category and complexity",
    "alias": "the category is an alias of one that the registry declares",
    "fallback": "category, complexity or model is not declared: the registry's fallback",
    "no-deliverables": "no deliverable was named: the registry's figure for this complexity",
}

_SHARE_MEASURED = "the part of the tokens whose coefficients have stored calls behind them"


def estimate_page(estimate: Estimate, place: str) -> Sequence[Block]:
    """The number first, then how it came about; ``place``: where the coefficients are."""
    interval, parts = estimate.interval, estimate.breakdown
    measured = interval.coverage is not None
    coverage = f"{interval.coverage:.0%} of calls" if measured else "not measured yet"
    rows: list[Cells] = [
        ("overhead", "", plain(f"{parts.overhead:,}")),
        *(
            (f"{item.operation} {item.kind}", code(item.path), plain(f"{item.tokens:,}"))
            for item in parts.deliverables
        ),
        ("safety margin", "", plain(f"× {parts.margin:g}")),
        ("prediction", "", plain(f"{estimate.tokens:,}")),
    ]
    version, digest = estimate.registry_version, short(estimate.digest)
    return [
        Paragraph(f"{estimate.tokens:,} output tokens", emphasis="strong"),
        Paragraph(
            f"between {interval.low:,} and {interval.high:,} (how often it holds: {coverage})"
        ),
        Paragraph(f"basis {estimate.basis}: {_BASIS[estimate.basis]}"),
        Paragraph(f"share measured {estimate.share_measured:.2f}: {_SHARE_MEASURED}"),
        GAP,
        TableBlock(("part", "path", "tokens"), rows, figures=(2,)),
        GAP,
        Paragraph(f"registry {version}, digest {digest}, from {place}"),
    ]


def estimate_dict(estimate: Estimate, place: str) -> dict[str, Any]:
    """An estimate; ``place``: where the coefficients are."""
    return {
        "tokens": estimate.tokens,
        "interval": estimate.interval._asdict(),
        **picked(estimate, "share_measured", "basis"),
        "breakdown": estimate.breakdown._asdict()
        | {
            "deliverables": [
                item._asdict() | {"path": encodable(item.path)}
                for item in estimate.breakdown.deliverables
            ]
        },
        **picked(estimate, "registry_version", "digest"),
        "from": encodable(place),
    }
