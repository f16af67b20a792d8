"""What replies that were cut off cost: their tokens, and dollars where the prices are known."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from coefgate.registry.wording import count
from coefgate.reports.figures import tokens
from coefgate.reports.page import Page, Paragraph, TableBlock, code, plain
from coefgate.reports.render.json import picked
from coefgate.telemetry.cut_off_cost import CutOffReplies


def cut_off_blocks(cut_off: Sequence[CutOffReplies], price_source: str | None) -> Page:
    """How many replies were cut off, and what of each model; ``price_source``: who was asked."""
    if not cut_off:
        yield Paragraph("No reply was cut off.")
        return
    calls, lost = (sum(getattr(one, name) for one in cut_off) for name in ("calls", "tokens"))
    told = f"{count(calls, 'reply', 'replies')} cut off: {tokens(lost)} output tokens paid, lost"
    if price_source is not None:
        told += f"; {_money(cut_off)}, by {price_source}"
    yield Paragraph(plain(told), emphasis="strong")
    yield TableBlock(
        ("model", "replies cut off", "tokens", "cost"),
        [
            (
                "model not known" if one.model is None else code(one.model),
                plain(f"{one.calls:,}"),
                plain(f"{one.tokens:,}"),
                plain(_cost(one, asked=price_source is not None)),
            )
            for one in cut_off
        ],
        figures=range(1, 4),
    )


def _money(cut_off: Sequence[CutOffReplies]) -> str:
    known = [one.dollars for one in cut_off if one.dollars is not None]
    unknown = [one for one in cut_off if one.dollars is None]
    told = _dollars(sum(known, Decimal(0))) if known else "no price is known"
    if known and unknown:
        calls = sum(one.calls for one in unknown)
        models = count(len(unknown), "model")
        told += f" without {count(calls, 'reply', 'replies')} of {models} whose price is not known"
    return told


def _dollars(found: Decimal) -> str:
    """``$12.34``; less than a cent with as many digits as it takes to be more than nothing."""
    cents = f"{found:,.2f}"
    return f"${cents}" if not found or found >= Decimal("0.01") else f"${found.normalize():f}"


def _cost(one: CutOffReplies, *, asked: bool) -> str:
    if one.dollars is not None:
        return _dollars(one.dollars)
    return "price not known" if asked else ""


def cut_off_dict(cut_off: Sequence[CutOffReplies], price_source: str | None) -> dict[str, Any]:
    """The same for programs."""
    return {
        **{name: sum(getattr(one, name) for one in cut_off) for name in ("calls", "tokens")},
        "price_source": price_source,
        "models": [
            {**picked(one, "model", "calls", "tokens"), "dollars": _exact(one.dollars)}
            for one in cut_off
        ],
    }


def _exact(dollars: Decimal | None) -> str | None:
    return None if dollars is None else f"{dollars:f}"
