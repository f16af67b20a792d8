"""What cut-off replies cost, by hand, and with the prices of the real package."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from coefgate.telemetry.call_table import UNKNOWN
from coefgate.telemetry.cut_off_cost import CutOffReplies, TokenPrices, cut_off_replies
from coefgate.telemetry.prices import KNOWN_PRICES
from tests.telemetry.tables import MONDAY, SECOND, table_of

DAY = 86_400 * SECOND
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def _cut_off(**said: Any) -> dict[str, Any]:
    return {"truncated": 1, "success": 0, **said}


def test_tokens_of_replies_that_were_cut_off_by_model() -> None:
    found = cut_off_replies(
        table_of(
            _cut_off(actual=900, model="small", phase="a/b"),
            _cut_off(actual=900, model="small", phase="a/b"),  # paid again
            _cut_off(actual=5000, model="large"),
            _cut_off(actual=10, model=None),
            _cut_off(actual=UNKNOWN, model="large"),
            _cut_off(actual=7, model="large", faulty=True),
            _cut_off(actual=7, model="large", unit="turn"),
            {"actual": 7, "model": "large"},
        )
    )
    assert found == (
        CutOffReplies("large", 1, 5000, None),
        CutOffReplies("small", 2, 1800, None),
        CutOffReplies(None, 1, 10, None),
    )


def test_each_day_has_its_price() -> None:
    asked = []

    def dollars(model: str, tokens: int, moment: datetime) -> Decimal | None:
        asked.append((model, tokens, moment))
        return Decimal(tokens) * (1 if moment.day == 23 else 2)

    table = table_of(
        _cut_off(actual=100),
        _cut_off(actual=10, started_at=MONDAY + DAY - 1),
        _cut_off(actual=1, started_at=MONDAY + DAY),
        model="m",
    )
    (one,) = cut_off_replies(table, TokenPrices("a list", dollars))
    assert one.dollars == 112
    assert asked == [("m", 110, NOON), ("m", 1, NOON.replace(day=24))]


def test_a_model_whose_price_is_not_known_costs_no_zero() -> None:
    table = table_of(
        _cut_off(model="house-model"), _cut_off(model=None), _cut_off(model="claude-sonnet-4-5")
    )
    costs = {one.model: one.dollars for one in cut_off_replies(table, KNOWN_PRICES)}
    assert costs["house-model"] is None
    assert costs[None] is None
    # $15 for a million output tokens, of which there are 800.
    assert costs["claude-sonnet-4-5"] == Decimal("0.012")


def test_prices_of_one_day_do_not_make_up_for_those_of_another() -> None:
    known = TokenPrices("a list", lambda _, __, moment: Decimal(1) if moment.day == 23 else None)
    table = table_of(_cut_off(), _cut_off(started_at=MONDAY + DAY))
    assert [one.dollars for one in cut_off_replies(table, known)] == [None]


def test_a_model_may_stand_behind_its_provider() -> None:
    plain, behind = (
        KNOWN_PRICES.dollars(name, 1_000_000, NOON)
        for name in ("claude-sonnet-4-5", "anthropic/claude-sonnet-4-5")
    )
    assert plain == behind == 15


def test_a_model_without_a_price_for_output_is_not_free() -> None:
    assert KNOWN_PRICES.dollars("amazon.titan-embed-text-v1", 1000, NOON) is None


def test_no_reply_costs_nothing() -> None:
    assert cut_off_replies(table_of({})) == ()
