"""One estimate: the number, and how it came about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from coefgate.core.deliverable_costs import DeliverableCost
from coefgate.core.estimate import Breakdown, Estimate, RetryPart
from coefgate.reports.estimate_words import BASES
from coefgate.reports.figures import short
from coefgate.reports.page import Cells, Page, Paragraph, TableBlock, code, plain
from coefgate.reports.render.json import as_json, picked

_BUDGETS = {0.5: "typical", 0.1: "enough for 9 in 10:"}


def estimate_page(estimate: Estimate, place: str) -> Page:
    """The number first, then how it came about; ``place``: where the coefficients are."""
    parts, basis = estimate.breakdown, estimate.basis
    yield Paragraph(f"{estimate.tokens:,} output tokens", emphasis="strong")
    if budgets := " · ".join(_budgets(estimate)):
        yield Paragraph(budgets)
    low, high, coverage = estimate.interval
    if low < high or coverage is not None:
        holds = "not measured yet" if coverage is None else f"{coverage:.0%} of unseen calls"
        yield Paragraph(f"between {low:,} and {high:,} (how often it holds: {holds})")
    yield Paragraph(f"basis {basis}: {BASES[basis]}")
    yield Paragraph(
        f"share measured {estimate.share_measured:.2f}: the part of the tokens whose coefficients "
        "have stored calls behind them"
    )
    rows: list[Cells] = [
        *(_formula(parts) if parts.retry is None or parts.retry.truncated else ()),
        *(() if parts.retry is None else _retry(parts.retry)),
        ("prediction", "", plain(f"{estimate.tokens:,}")),
    ]
    yield TableBlock(("part", "path", "tokens"), rows, figures=(2,))
    version, digest = estimate.registry_version, short(estimate.digest)
    yield Paragraph(f"registry {version}, digest {digest}, from {place}")


def _formula(parts: Breakdown) -> Iterator[Cells]:
    yield ("overhead", "", plain(f"{parts.overhead:,}"))
    for item in parts.deliverables:
        yield from _priced(item)
    if parts.model_factor != 1:
        yield ("factor of the model", "", plain(f"× {parts.model_factor:g}"))
    yield ("safety margin", "", plain(f"× {parts.margin:g}"))


def _retry(part: RetryPart) -> Iterator[Cells]:
    ended = "at least: cut off at" if part.truncated else "the previous attempt"
    yield (ended, "", plain(f"{part.output_tokens:,}"))
    yield ("factor of a retry", "", plain(f"× {part.factor:g}"))


def _budgets(estimate: Estimate) -> Iterator[str]:
    """What half of all unseen calls need at most, and nine in ten, where that is stated."""
    for risk, words in _BUDGETS.items():
        if risk in estimate.risks:
            yield f"{words} {estimate.budget(risk):,}"


def _priced(item: DeliverableCost) -> Iterator[Cells]:
    """What a file costs, and what its size adds where that counts."""
    yield f"{item.operation} {item.kind}", code(item.path), plain(f"{item.tokens:,}")
    if item.size_bytes:
        size = f"its size, {item.size_bytes:,} bytes"
        yield size, code(item.path), plain(f"{item.size_tokens:,.2f}")


def estimate_dict(estimate: Estimate, place: str) -> dict[str, Any]:
    """An estimate; ``place``: where the coefficients are."""
    return {
        "tokens": estimate.tokens,
        "interval": estimate.interval._asdict(),
        "budgets": [{"risk": one, "tokens": estimate.budget(one)} for one in estimate.risks],
        **picked(estimate, "share_measured", "basis"),
        "breakdown": {
            **estimate.breakdown._asdict(),
            "deliverables": [picked(one, *one._fields) for one in estimate.breakdown.deliverables],
            "retry": estimate.breakdown.retry and estimate.breakdown.retry._asdict(),
        },
        **picked(estimate, "registry_version", "digest"),
        "from": as_json(place),
    }
