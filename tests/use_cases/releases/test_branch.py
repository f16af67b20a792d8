"""Which rules a release is held to: each rule is either asked again, or known not to be."""

from __future__ import annotations

from coefgate.use_cases.help_topics import rule_sections
from coefgate.use_cases.releases.branch import OF_ONE_CHANGE, REMOVED

ASKED = {
    *("smape", "underestimation", "waste-band", "waste-p90", "stratum-regression", "unseen"),
    *("sample-removed", "sample-changed", "cell-shrunk", REMOVED),
}


def test_every_rule_is_asked_or_was_asked_of_each_change() -> None:
    assert set(rule_sections()) == ASKED | OF_ONE_CHANGE
    assert not ASKED & OF_ONE_CHANGE
