"""What the runners wrote down against what was released: each kind of trouble is seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from coefgate.drill.way_back.ledger import (
    WINDOW,
    DrilledRelease,
    RollbackDrill,
    ServedEstimate,
    all_serve,
    in_trouble,
    judged,
)

GOOD = DrilledRelease("1.0.0", "sha256:good", 4000)
BROKEN = DrilledRelease("1.0.1", "sha256:broken", 2100)
BACK = DrilledRelease("1.0.2", "sha256:good", 4000)
MOMENTS = {"detected": 12.0, "called": 20.0, "pushed": 21.5}


def served(at: float, release: DrilledRelease) -> ServedEstimate:
    return ServedEstimate(at, release.version, release.digest, release.tokens, release is BROKEN)


RIGHT = (
    served(5, GOOD),
    served(11, BROKEN),
    served(20.5, BROKEN),
    served(22, BACK),
    served(23, BACK),
)


def drill(
    log: Sequence[ServedEstimate], releases: Sequence[DrilledRelease] = (GOOD, BROKEN, BACK)
) -> RollbackDrill:
    return judged(releases, {"runner-1": RIGHT, "runner-2": log}, told="1.0.2", **MOMENTS)


def test_a_drill_in_which_all_is_right() -> None:
    found = drill((*RIGHT[:3], served(24.5, BACK)))
    assert found.complaints == ()
    assert [runner.versions for runner in found.runners] == [("1.0.0", "1.0.1", "1.0.2")] * 2
    # From the call at 20: 22 - 20, and 24.5 - 20; the last runner counts.
    assert [runner.back_after for runner in found.runners] == [2.0, 4.5]
    assert found.back_after == 4.5
    assert found.noticed_after == 1.0  # the first reply that was cut off came at 11
    assert found.command_took == 1.5


@pytest.mark.parametrize(
    ("log", "complaint"),
    [
        (RIGHT[:3], "runner-2 never came back to sha256:good"),
        ((RIGHT[0], RIGHT[3]), "runner-2 served 1.0.0 → 1.0.2, not 1.0.0 → 1.0.1 → 1.0.2"),
        ((*RIGHT, served(25, BROKEN), served(26, BACK)), "1.0.2 → 1.0.1 → 1.0.2, not"),
        (
            (*RIGHT, replace(RIGHT[3], tokens=2100)),
            "served 2100 tokens from 1.0.2, sha256:good: no release",
        ),
        (
            (*RIGHT, replace(RIGHT[3], digest="sha256:other")),
            "4000 tokens from 1.0.2, sha256:other: no release",
        ),
        ((), "runner-2 served nothing, not"),
    ],
)
def test_what_a_runner_does_wrong_is_seen(log: Sequence[ServedEstimate], complaint: str) -> None:
    assert any(complaint in one for one in drill(log).complaints)


def test_a_runner_that_never_came_back_leaves_no_time() -> None:
    assert drill(RIGHT[:3]).back_after is None


def test_a_way_back_with_another_digest_is_seen() -> None:
    found = drill(RIGHT, (GOOD, BROKEN, replace(BACK, digest="sha256:other")))
    assert "1.0.2 has the digest sha256:other, and 1.0.0 has sha256:good" in found.complaints


@pytest.mark.parametrize(("told", "word"), [(None, "nothing"), ("1.0.0", "1.0.0")])
def test_a_way_back_that_who_has_pinned_the_break_does_not_hear_of_is_seen(
    told: str | None, word: str
) -> None:
    found = judged((GOOD, BROKEN, BACK), {"runner-1": RIGHT}, told=told, **MOMENTS)
    assert found.complaints == (
        f"whoever has pinned 1.0.1 is directed to {word} instead of 1.0.2",
    )


def test_a_break_that_breaks_nothing_is_seen() -> None:
    found = drill(RIGHT, (GOOD, replace(BROKEN, digest=GOOD.digest), BACK))
    assert "1.0.1 broke nothing: it has the digest of 1.0.0" in found.complaints


def test_trouble_is_more_than_a_twentieth_of_a_full_window() -> None:
    whole, cut = served(1, GOOD), served(2, BROKEN)
    assert WINDOW == 50
    assert not in_trouble([cut] * 49)  # no full window yet
    assert not in_trouble([whole] * 48 + [cut] * 2)  # 4%
    assert in_trouble([whole] * 47 + [cut] * 3)  # 6%
    assert not in_trouble([cut] * 100 + [whole] * 48 + [cut] * 2)  # only the last fifty count


def test_the_first_reply_that_was_cut_off_is_the_earliest_of_all_runners() -> None:
    log = (RIGHT[0], served(9, BROKEN), *RIGHT[2:])
    assert drill(log).noticed_after == 3.0


def test_all_serve_looks_at_the_last_estimates_of_each_runner() -> None:
    logs = {"a": [served(1, BROKEN), served(2, GOOD), served(3, GOOD)], "b": [served(1, GOOD)]}
    assert all_serve(logs, GOOD.digest)
    assert not all_serve(logs, GOOD.digest, for_calls=2)  # b has served one only
    assert not all_serve(logs, BROKEN.digest)
    assert not all_serve({"a": []}, GOOD.digest)
