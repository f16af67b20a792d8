"""What is said of a trigger, its proof, and what became of it."""

from __future__ import annotations

import pytest

from coefgate.reports.page import Item, Items, Paragraph, fitting, unmarked
from coefgate.reports.pages.rollback_proposal import act_blocks, proposal_blocks
from coefgate.telemetry.alarms.own_weeks import OwnWeek
from coefgate.telemetry.alarms.proof import CutOff, Proof
from coefgate.telemetry.store_address import store_address
from coefgate.telemetry.times import week_spelled
from coefgate.use_cases.monitoring.act import Act
from coefgate.use_cases.monitoring.proposal import ProposalVerdict, RollbackProposal, WhyNone

STORE = store_address("our {calls}.db")
WEEK_48 = week_spelled("2026-W48")
PROOF = Proof("better", 100, 50, CutOff(20, 20, 20.0), CutOff(1, 9, 3.2), 12, 0, 0.0002, 15.0)


def proposal(
    verdict: ProposalVerdict, why: WhyNone = "", proof: Proof | None = None
) -> RollbackProposal:
    weeks = (OwnWeek(WEEK_48 - 7, "a", 200, 4),) if proof else ()
    reason, command = "2026-W48: too low", "coefgate rollback 1.0.0 --push"
    return RollbackProposal(
        WEEK_48, "a", verdict, why, "1.0.1", "1.0.0", reason, command, proof, weeks
    )


def said(one: RollbackProposal) -> list[str]:
    return [
        unmarked(row.words) if isinstance(row, Item) else unmarked(row)
        for block in fitting(proposal_blocks(one, STORE), "narrow")
        for row in (block.rows if isinstance(block, Items) else [_words(block)])
    ]


def _words(block: object) -> str:
    assert isinstance(block, Paragraph)
    return unmarked(block.words)


@pytest.mark.parametrize(
    ("verdict", "why", "words"),
    [
        ("roll-back", "", "go back from 1.0.1 to 1.0.0"),
        ("tune", "", "the work has changed: 1.0.0 would not have done better"),
        ("undecided", "", "it is not decided whether 1.0.0 would have done better"),
        ("gone-back", "", "1.0.1 is withdrawn already: 2026-W48: too low"),
        ("none", "no-release", "what served these calls is no release of this branch"),
        ("none", "not-newest", "moved on with: coefgate runners --store 'our {calls}.db'"),
        ("none", "none-known-good", "no release before it did well in a week of its own"),
        ("none", "tag-missing", "to go back to: the tag of 1.0.0 is missing in this clone"),
        ("none", "answered", "for this week already, and 1.0.1 cuts off too many as well"),
    ],
)
def test_each_verdict_has_its_sentence(verdict: ProposalVerdict, why: WhyNone, words: str) -> None:
    first, *others = said(proposal(verdict, why))
    assert first.startswith("2026-W48: ")
    assert words in first
    assert others == (["coefgate rollback 1.0.0 --push"] if verdict == "roll-back" else [])


def test_a_proof_says_what_either_release_does() -> None:
    lines = said(proposal("roll-back", proof=PROOF))
    assert lines[1:-1] == [
        "100 calls of 50 phases replayed",
        "cut off by 1.0.1: 20",
        "by 1.0.0: 3 expected (1 to 9)",
        "better in 12 phases, worse in 0 (p = 0.0002)",
        "its own weeks explain 15 of the calls that were cut off (50% is asked)",
        "cut off in own weeks of 1.0.0: 2026-W47 2.0% of 200",
    ]


def test_without_own_weeks_that_is_said() -> None:
    blind = Proof("undecided", 9, 9, CutOff(9, 9, 9.0), CutOff(0, 9, 9.0), 0, 0, 1.0, None)
    assert "1.0.0 has no weeks of its own to say what open calls need" in said(
        proposal("undecided", proof=blind)
    )


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (
            Act(WEEK_48, proposal("roll-back"), "1.0.2", "origin"),
            "1.0.2, pushed to origin. Who is back already: coefgate runners --store 'our {calls}",
        ),
        (Act(WEEK_48, proposal("roll-back"), failed="no remote"), "not rolled back: no remote"),
        (Act(WEEK_48, proposal("roll-back"), refused="fail"), "the gate says fail to it"),
        (Act(WEEK_48, proposal("gone-back")), "the server has more than this clone"),
    ],
)
def test_what_became_of_it(one: Act, words: str) -> None:
    [block] = act_blocks(one, STORE)
    assert words in _words(block)
