"""Who runs on what, and who is back, by hand: 1.4.1 (digest bad) was taken back by 1.4.2."""

from __future__ import annotations

from coefgate.telemetry.runners import (
    RollbackReach,
    RunnerReach,
    ServedRunner,
    VersionServed,
    Withdrawal,
    answer,
    rollbacks,
    runners,
)
from coefgate.telemetry.served_calls import ServedCalls

AT = 1_000
TAKEN_BACK = Withdrawal("1.4.2", AT, frozenset({"1.4.1"}), frozenset({"bad"}))
DIGESTS = {"1.4.0": "good", "1.4.1": "bad", "1.4.2": "good"}


def _served(
    runner: str, version: str, first: int, last: int, *, writer: str = "w", lately: int = 1
) -> ServedCalls:
    digest = DIGESTS.get(version, "bad")
    return ServedCalls(runner, f"{runner}-{writer}", version, digest, first, last, 0, lately)


def _states(*served: ServedCalls) -> dict[str, tuple[str, bool]]:
    return {one.name: (one.state, one.on_withdrawn) for one in runners(served, [TAKEN_BACK])}


def _back(*served: ServedCalls) -> RollbackReach:
    (found,) = rollbacks(served, [TAKEN_BACK])
    return found


def test_a_runner_is_on_what_served_the_last_call_of_a_process() -> None:
    both = (_served("a", "1.4.1", 100, 1_200), _served("a", "1.4.2", 1_210, 1_300))
    (found,) = runners(both, [TAKEN_BACK])
    assert found == ServedRunner(
        "a",
        "standing",
        False,
        1_300,
        (
            VersionServed("1.4.2", "good", False, 0, 1, 1_300),
            VersionServed("1.4.1", "bad", True, 0, 1, 1_200),
        ),
    )
    assert answer([found]) == "fine"
    forth = (_served("a", "1.4.2", 100, 200), _served("a", "1.4.1", 300, 400))
    assert _states(*forth) == {"a": ("withdrawn", True)}
    assert answer(runners(forth, [TAKEN_BACK])) == "alert"


def test_one_process_that_stayed_behind_is_enough() -> None:
    beside = [
        _served("a", "1.4.1", 100, 1_400, writer="1"),
        _served("a", "1.4.2", 1_100, 1_500, writer="2"),
    ]
    assert _states(*beside) == {"a": ("withdrawn", True)}
    # One that made no call since the other began gave way to it.
    replaced = [
        _served("a", "1.4.1", 100, 1_050, writer="1"),
        _served("a", "1.4.2", 1_100, 1_500, writer="2"),
    ]
    assert _states(*replaced) == {"a": ("standing", False)}


def test_a_version_between_releases_is_known_by_its_digest() -> None:
    assert _states(_served("a", "1.4.0+3.g3f2c1ab", 1, 2)) == {"a": ("withdrawn", True)}


def test_silence_is_not_fine() -> None:
    silent = _served("a", "1.4.1", 100, 200, lately=0)
    spoke, good = _served("b", "1.4.2", 1_100, 1_200), _served("c", "1.4.0", 1, 2, lately=0)
    assert answer(()) == "cannot-tell"
    assert _states(silent, good) == {"a": ("silent", True), "c": ("silent", False)}
    assert answer(runners([good], [TAKEN_BACK])) == "cannot-tell"
    # Others that are heard do not speak for one that was on it when it fell silent …
    assert answer(runners([silent, spoke], [TAKEN_BACK])) == "cannot-tell"
    # … but a silent one that was not on it hides nothing.
    assert answer(runners([good, spoke], [TAKEN_BACK])) == "fine"


def test_the_way_back_is_as_long_as_the_last_runner_takes() -> None:
    found = _back(
        _served("a", "1.4.1", 100, 1_200),
        _served("a", "1.4.2", 1_210, 1_300),
        _served("b", "1.4.1", 100, 900),  # its next call was after its next look
        _served("b", "1.4.2", 1_100, 1_300),
        _served("c", "1.4.0", 100, 1_300),  # never on it
    )
    assert found.runners == (
        RunnerReach("a", "back", 1_200, 200),
        RunnerReach("b", "back", 900, 0),
    )
    assert found.reached_all_after == 200


def test_who_was_not_seen_since_is_not_back() -> None:
    found = _back(
        _served("a", "1.4.1", 100, 1_200),
        _served("a", "1.4.2", 1_210, 1_300),
        _served("b", "1.4.1", 100, 900),
        _served("d", "1.4.1", 100, 1_900),
    )
    assert [(one.runner, one.state, one.after) for one in found.runners] == [
        ("a", "back", 200),
        ("b", "not-seen", 0),
        ("d", "withdrawn", 900),
    ]
    assert found.reached_all_after is None


def test_a_release_that_took_back_what_nobody_used_has_no_rollback() -> None:
    assert rollbacks([_served("c", "1.4.0", 1, 1_300)], [TAKEN_BACK]) == ()
    unreleased = Withdrawal(None, None, frozenset({"1.4.1"}), frozenset())
    assert rollbacks([_served("a", "1.4.1", 1, 2)], [unreleased]) == ()
