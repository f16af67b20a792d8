"""Where stored calls come from."""

from __future__ import annotations

from coefgate.samples.status import Audited, CallCount
from coefgate.use_cases.site.origins import CallOrigin, origins_of
from tests.replay.builders import sample


def test_each_origin_has_its_lines_and_those_that_are_scored() -> None:
    audited = [
        Audited(sample(0, 900, origin="ours", phase_id="one"), "eligible", ""),
        Audited(sample(1, 900, origin="autopack"), "partial", "not all paths are known"),
        Audited(sample(2, 900, origin="ours", phase_id="two"), "censored", "cut off"),
        Audited(sample(2, 900, origin="ours", phase_id="two"), "duplicate", "stored elsewhere"),
    ]
    assert origins_of(audited) == (
        CallOrigin("autopack", 1, CallCount(0, 0, 0)),
        CallOrigin("ours", 3, CallCount(1, 1, 2)),
    )
