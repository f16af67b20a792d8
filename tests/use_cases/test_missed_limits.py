"""What a fit misses is put into ``tuning.yaml``, and a reason only where somebody gave one."""

from __future__ import annotations

from fractions import Fraction

from coefgate.gates.verdict import RuleResult
from coefgate.registry.tuning import MissedLimit
from coefgate.use_cases.missed_limits import open_misses, with_misses

BEFORE = b"level: 0.9\nsamples: []\n"
SMAPE = RuleResult(
    "smape", "fail", "mean below 50", "", "g", 1, head=Fraction(200, 3), met=False, to_state=True
)
BAND = RuleResult(
    "waste-band", "pass", "1 to 1.5", "", "g", 2, head=Fraction(2), met=False
)  # let through by what is stated of it
MET = RuleResult("waste-p90", "pass", "up to 3", "", "g", 3, head=Fraction(2))
STATED = (
    MissedLimit("waste-band", Fraction(2), "it scatters", 3),
    MissedLimit("waste-p90", Fraction(4), "once", 4),
)


def test_where_nothing_is_to_be_stated_nothing_changes() -> None:
    assert with_misses(BEFORE, [BAND, MET], STATED, "") == BEFORE


def test_a_miss_is_stated_to_the_thousandth_and_waits_for_its_reason() -> None:
    found = with_misses(BEFORE, [SMAPE, BAND, MET], STATED, "").decode()
    assert found.startswith(BEFORE.decode())
    assert "66.667" in found
    assert "it scatters" in found  # it still is what it was
    assert "waste-p90" not in found  # it is met by now
    (waits,) = open_misses(found.encode())
    assert (waits.rule, waits.figure) == ("smape", Fraction("66.667"))
    assert found.splitlines()[waits.line - 1].strip() in {'reason: ""', "reason: ''"}


def test_a_reason_that_was_given_is_written() -> None:
    found = with_misses(BEFORE, [SMAPE], (), "few calls")
    assert b"few calls" in found
    assert list(open_misses(found)) == []


def test_what_has_no_figure_cannot_be_stated() -> None:
    unknown = RuleResult("smape", "not-measurable", "", "", "g", 1, met=False)
    assert with_misses(BEFORE, [unknown], (), "") == BEFORE
