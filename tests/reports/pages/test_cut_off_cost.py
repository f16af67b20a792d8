"""What is said of replies that were cut off, with and without prices."""

from __future__ import annotations

from decimal import Decimal

from coefgate.reports.pages.cut_off_cost import cut_off_blocks, cut_off_dict
from coefgate.reports.render.markdown import markdown
from coefgate.telemetry.cut_off_cost import CutOffReplies

DEAR = CutOffReplies("dear", 2, 3_000, Decimal("0.045"))
CHEAP = CutOffReplies("cheap", 1, 10, Decimal("0.000010"))
UNKNOWN = CutOffReplies(None, 4, 400, None)


def test_nothing_cut_off_is_said() -> None:
    assert "No reply was cut off." in markdown(cut_off_blocks((), None))


def test_dollars_are_summed_as_far_as_prices_are_known() -> None:
    told = markdown(cut_off_blocks((DEAR, CHEAP, UNKNOWN), "a list"))
    assert "7 replies cut off: 3,410 output tokens paid, lost" in told
    # 0.045 + 0.00001, half even; less than a cent with the digits that it takes
    assert "$0.05 without 4 replies of 1 model whose price is not known, by a list" in told
    assert "$0.00001" in told
    assert "price not known" in told


def test_nobody_asked_for_prices() -> None:
    told = markdown(cut_off_blocks((UNKNOWN,), None))
    assert "4 replies cut off" in told
    assert "price" not in told


def test_programs_get_exact_dollars() -> None:
    found = cut_off_dict((DEAR, UNKNOWN), "a list")
    assert (found["calls"], found["tokens"], found["price_source"]) == (6, 3_400, "a list")
    assert [one["dollars"] for one in found["models"]] == ["0.045", None]
