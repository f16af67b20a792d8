"""Drills of the way back as text and as JSON."""

from __future__ import annotations

import json
from dataclasses import replace

from coefgate.drill.way_back.ledger import DrilledRelease, RollbackDrill, Runner
from coefgate.reports.pages.drills import rollback_drills_dict, rollback_drills_page
from coefgate.reports.render.json import json_text
from tests.reports.formats import printed

RELEASES = (
    DrilledRelease("1.0.0", "sha256:a", 4000),
    DrilledRelease("1.0.1", "sha256:b", 2100),
    DrilledRelease("1.0.2", "sha256:a", 4000),
)
WAY = ("1.0.0", "1.0.1", "1.0.2")
RIGHT = RollbackDrill(
    RELEASES,
    1.25,
    2.5,
    (Runner("runner-1", 1234, WAY, 2.75), Runner("runner-2", 900, WAY, 3.0)),
    (),
)
WRONG = replace(
    RIGHT,
    runners=(Runner("runner-1", 5, WAY[:2], None),),
    complaints=("runner-1 never came back",),
)


def text(*drills: RollbackDrill) -> str:
    return printed(rollback_drills_page(drills), 120)


def test_one_drill_is_told_in_full() -> None:
    said = text(RIGHT)
    assert "broke      1.0.1  sha256:b, noticed after 1.25 s" in said
    assert "went back  1.0.2  sha256:a, the command took 2.50 s" in said
    assert "1.0.0 → 1.0.1 → 1.0.2" in said
    assert "1,234" in said
    assert "From the command to the last runner on the old digest: 3.00 s." in said
    assert "1 of 1 drill passed." in said
    assert "whose digest was checked" in said


def test_a_drill_that_failed_says_what_was_wrong_and_claims_nothing() -> None:
    said = text(WRONG)
    assert "never" in said
    assert "NOT as it should be: runner-1 never came back" in said
    assert "0 of 1 drill passed." in said
    assert "whose digest was checked" not in said


def test_several_drills_show_the_spread_and_name_the_one_that_failed() -> None:
    said = text(RIGHT, RIGHT, WRONG)
    assert "every runner was back after" in said
    assert "NOT as it should be, drill 3: runner-1 never came back" in said
    assert "2 of 3 drills passed." in said
    assert "4,273 estimates were served." in said  # 2 × (1,234 + 900) + 5


def test_json_has_every_figure() -> None:
    right, wrong = json.loads(json_text(rollback_drills_dict((RIGHT, WRONG))))["drills"]
    assert right["noticed_after"] == 1.25
    assert right["command_took"] == 2.5
    assert right["back_after"] == 3.0
    assert right["runners"][0]["estimates"] == 1234
    assert wrong["back_after"] is None
    assert wrong["complaints"] == ["runner-1 never came back"]
