"""The thread that follows: what it waits for, what it tells, and that nothing of it is left."""

from __future__ import annotations

import gc
import logging
import os
import queue
import subprocess
import sys
import threading
from itertools import islice, pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from coefgate import FollowEvent, Registry, YankedVersionWarning
from coefgate.core.problems import EnvironmentProblem, UsageProblem
from coefgate.runner import serving
from coefgate.runner.following import LONGEST, SHORTEST, check_every, pauses
from tests.runner.remotes import snapshot, yank
from tests.runner.shelf import Shelf, follow, followed, one_category, pinned

ROOT = Path(__file__).parents[2]
BOUND = 60
"""Seconds after which a test that waits for a thread or a process has failed."""


class ByHand:
    """Waits until the test says how to go on."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self._steps: queue.SimpleQueue[bool] = queue.SimpleQueue()

    def __call__(self, seconds: float) -> bool:
        self.asked.append(seconds)
        return self._steps.get(timeout=BOUND)

    def look(self) -> None:
        self._steps.put(False)

    def end(self) -> None:
        self._steps.put(True)


@pytest.fixture
def shelf() -> Shelf:
    shelf = Shelf()
    shelf.put("1.4.0", 1511)
    return shelf


@pytest.fixture(autouse=True)
def nobody_was_warned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "_warned", set())


def test_the_thread_looks_after_each_pause_and_ends(shelf: Shelf, tmp_path: Path) -> None:
    registry = pinned(tmp_path, "1.4.0")
    told: queue.SimpleQueue[FollowEvent] = queue.SimpleQueue()
    wait = ByHand()
    following = follow(registry, fetcher=shelf, every=100.0, callback=told.put, wait=wait)
    for number in (1, 2, 3):
        shelf.put(f"1.4.{number}", 1511 + number)
        wait.look()
        event = told.get(timeout=BOUND)
        assert (event.kind, event.current.version, registry.version) == (
            "swapped",
            f"1.4.{number}",
            event.current.version,
        )
    wait.end()
    following.stop(timeout=BOUND)
    assert not following._thread.is_alive()
    first, *others = wait.asked
    assert first <= 5
    assert all(90 <= seconds <= 110 for seconds in others)
    assert len(others) == 3


def test_stops_at_once_and_leaves_no_thread(shelf: Shelf, tmp_path: Path) -> None:
    registry = pinned(tmp_path, "1.4.0")
    before = threading.active_count()
    with follow(registry, fetcher=shelf, every=3600) as following:
        assert threading.active_count() == before + 1
        assert following._thread.daemon
    assert threading.active_count() == before
    assert following.stopped
    following.stop()  # again


def test_stops_while_the_source_hangs_and_swaps_nothing_later(
    shelf: Shelf, tmp_path: Path
) -> None:
    registry = pinned(tmp_path, "1.4.0")
    asked, answer = threading.Event(), threading.Event()

    def hang() -> None:
        asked.set()
        assert answer.wait(BOUND)

    shelf.put("1.4.1", 1600)
    shelf.meanwhile = hang
    wait = ByHand()
    following = follow(registry, fetcher=shelf, wait=wait)
    wait.look()
    assert asked.wait(BOUND)
    following.stop(timeout=0.0)
    answer.set()
    wait.end()
    following._thread.join(BOUND)
    assert (following._thread.is_alive(), registry.version) == (False, "1.4.0")


def test_a_callback_may_stop_it(shelf: Shelf, tmp_path: Path) -> None:
    registry = pinned(tmp_path, "1.4.0")
    wait = ByHand()
    shelf.put("1.4.1", 1600)
    done = threading.Event()

    def callback(event: FollowEvent) -> None:
        following.stop()
        done.set()

    following = follow(registry, fetcher=shelf, callback=callback, wait=wait)
    wait.look()
    assert done.wait(BOUND)
    wait.end()
    following._thread.join(BOUND)
    assert not following._thread.is_alive()


def test_ends_with_its_registry(shelf: Shelf, tmp_path: Path) -> None:
    registry = pinned(tmp_path, "1.4.0")
    wait = ByHand()
    following = follow(registry, fetcher=shelf, wait=wait)
    assert not following.stopped
    del registry
    gc.collect()
    assert following.stopped
    wait.look()  # it ends when it wakes up
    following._thread.join(BOUND)
    assert (following._thread.is_alive(), shelf.asked) == (False, [])


def test_a_callback_that_fails_ends_nothing(
    shelf: Shelf, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def callback(event: FollowEvent) -> None:
        raise RuntimeError("not mine")

    registry = pinned(tmp_path, "1.4.0")
    following = follow(registry, fetcher=shelf, callback=callback, wait=lambda _: True)
    shelf.put("1.4.1", 1600)
    with caplog.at_level(logging.ERROR, "coefgate.follow"):
        assert [event.kind for event in following.check()] == ["swapped"]
    assert "the callback of registry.follow() failed" in caplog.text
    assert "RuntimeError: not mine" in caplog.text
    assert (registry.version, following.problem) == ("1.4.1", None)


def test_each_distinct_failure_is_logged_once_until_all_is_well(
    shelf: Shelf, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    registry = pinned(tmp_path, "1.4.0")
    told: list[FollowEvent] = []
    following = followed(registry, shelf, told=told)
    with caplog.at_level(logging.WARNING, "coefgate.follow"):
        for text in ("one", "two", "one", None, "one"):
            shelf.broken = None if text is None else EnvironmentProblem(text)
            following.check()
    said = [record.getMessage().rpartition(": ")[2] for record in caplog.records]
    assert said == ["one", "two", "one"]
    assert [event.message for event in told] == ["one", "two", "one", "one"]


def test_failures_that_are_always_different_take_no_memory(
    shelf: Shelf, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    registry = pinned(tmp_path, "1.4.0")
    following = followed(registry, shelf)
    for number in range(200):
        shelf.broken = EnvironmentProblem(str(number))
        following.check()
    assert len(following._logged) <= 60
    assert len(caplog.records) == 200


def test_a_yank_warns_once_per_process(shelf: Shelf, tmp_path: Path) -> None:
    shelf.put("1.4.0", 1511, yanked=[yank("1.4.0")])
    first, second = (pinned(tmp_path, "1.4.0") for _ in range(2))
    with pytest.warns(YankedVersionWarning):
        assert [event.kind for event in followed(first, shelf).check()] == ["yanked"]
    assert [event.kind for event in followed(second, shelf).check()] == [
        "yanked"
    ]  # warnings are errors


def test_a_yank_ends_nothing_where_warnings_are_errors(
    shelf: Shelf, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shelf.put("1.4.0", 1511, yanked=[yank("1.4.0")])
    registry = pinned(tmp_path, "1.4.0")
    told: list[FollowEvent] = []
    assert [event.kind for event in followed(registry, shelf, told=told).check()] == ["yanked"]
    assert [event.kind for event in told] == ["yanked"]
    [record] = caplog.records  # the fact is told once
    assert record.getMessage() == (
        "version 1.4.0 was withdrawn on 2026-11-20: too low. Leave it with: coefgate update"
    )


def test_only_one_follows(shelf: Shelf, tmp_path: Path) -> None:
    registry = pinned(tmp_path, "1.4.0")
    following = followed(registry, shelf)
    with pytest.raises(UsageProblem, match="is followed already; call stop"):
        followed(registry, shelf)
    following.stop()
    assert followed(registry, shelf).check() == ()


@pytest.mark.parametrize("channel", ["main", "1.4.0", ""])
def test_what_is_no_channel_is_refused(channel: str, shelf: Shelf, tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="is not a channel"):
        followed(pinned(tmp_path, "1.4.0"), shelf, channel)


def test_a_period_that_is_none_starts_no_thread(shelf: Shelf, tmp_path: Path) -> None:
    registry = pinned(tmp_path, "1.4.0")
    before = threading.active_count()
    with pytest.raises(ValueError, match=r"every is 0\.0"):
        follow(registry, fetcher=shelf, every=0.0)
    assert threading.active_count() == before


def test_estimates_are_of_one_release_while_others_are_swapped_in(
    shelf: Shelf, tmp_path: Path
) -> None:
    registry = pinned(tmp_path, "1.4.0", 1000)
    shelf.put("1.4.0", 1000)
    following = followed(registry, shelf)
    tokens = {f"1.4.{number}": 1000 + number for number in range(12)}
    digests = {text: snapshot(number).digest for text, number in tokens.items()}
    seen: list[set[tuple[str, str, int]]] = [set() for _ in range(4)]
    done = threading.Event()

    def estimating(mine: set[tuple[str, str, int]]) -> None:
        while not done.is_set():
            found = registry.estimate(
                category="docs", complexity="low", deliverables=["create:a.md"]
            )
            mine.add((found.registry_version, found.digest, found.breakdown.overhead))
            serving = registry.serving
            mine.add((serving.version, serving.digest, tokens[serving.version]))

    readers = [threading.Thread(target=estimating, args=(mine,)) for mine in seen]
    for reader in readers:
        reader.start()
    for text, number in tokens.items():
        shelf.put(text, number)
        following.check()
    done.set()
    for reader in readers:
        reader.join(BOUND)
    assert registry.version == "1.4.11"
    assert set().union(*seen) <= {(text, digests[text], number) for text, number in tokens.items()}


def test_looks_from_several_threads_swap_each_release_once(shelf: Shelf, tmp_path: Path) -> None:
    registry = pinned(tmp_path, "1.4.0")
    told: list[FollowEvent] = []
    following = followed(registry, shelf, told=told)
    for number in range(1, 10):
        shelf.put(f"1.4.{number}", 1600 + number)
        lookers = [threading.Thread(target=following.check) for _ in range(4)]
        for looker in lookers:
            looker.start()
        for looker in lookers:
            looker.join(BOUND)
    assert [event.kind for event in told] == ["swapped"] * 9
    assert all(a.current == b.previous for a, b in pairwise(told))


def _python(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", program, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=BOUND,
        check=False,
    )


_FORKED = """
import os, sys, threading
from pathlib import Path
from tests.runner.shelf import Shelf, follow, pinned

class Later(Shelf):
    # A child's source changes after it was forked, as a server does.
    def versions(self):
        if os.getpid() != parent:
            self.put("1.4.1", 1600)
        return super().versions()

parent = os.getpid()
source = Later()
source.put("1.4.0", 1511)
registry = pinned(Path(sys.argv[1]), "1.4.0")
swapped = threading.Event()
following = follow(registry, fetcher=source, every=0.05, callback=lambda event: swapped.set())
stopped = pinned(Path(sys.argv[1]), "1.4.0")
follow(stopped, fetcher=source, every=0.05).stop()
following._looking.acquire()  # as if the fork came in the middle of a look
children = []
for _ in range(2):
    child = os.fork()
    if child == 0:
        went = swapped.wait(30)
        following.stop()
        alive = [thread for thread in threading.enumerate() if thread.name == "coefgate-follow"]
        good = went and registry.version == "1.4.1" and not alive and stopped.version == "1.4.0"
        sys.exit(0 if good else 3)
    children.append(child)
codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
following._looking.release()
print(codes, registry.version, threading.active_count(), following.problem)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_goes_on_in_a_forked_process(tmp_path: Path) -> None:
    done = _python(_FORKED, str(tmp_path))
    assert (done.returncode, done.stdout, done.stderr) == (0, "[0, 0] 1.4.0 2 None\n", "")


_LEFT_BEHIND = """
import sys, threading
from pathlib import Path
from tests.runner.shelf import Shelf, follow, pinned

looking, never = threading.Event(), threading.Event()

class Hangs(Shelf):
    def versions(self):
        looking.set()
        never.wait()

registry = pinned(Path(sys.argv[1]), "1.4.0")
following = follow(registry, fetcher=Hangs(), every=float(sys.argv[2]))
if sys.argv[2] == "0.05":
    assert looking.wait(30)
print(registry.version)
"""


@pytest.mark.parametrize("every", ["0.05", "3600"])
def test_a_process_that_follows_ends_when_it_is_done(every: str, tmp_path: Path) -> None:
    # In the middle of a look at a source that hangs, or long before the first one.
    done = _python(_LEFT_BEHIND, str(tmp_path), every)
    assert (done.returncode, done.stdout, done.stderr) == (0, "1.4.0\n", "")


def test_a_snapshot_file_has_nothing_to_follow(tmp_path: Path) -> None:
    path = tmp_path / "snapshot.json"
    path.write_bytes(snapshot().data)
    with pytest.raises(UsageProblem, match="a snapshot file has no releases to follow"):
        Registry.from_snapshot(path).follow()


def test_a_refusal_is_no_failure(shelf: Shelf, tmp_path: Path) -> None:
    registry = pinned(tmp_path, "1.4.0")
    following = followed(registry, shelf)
    shelf.put("1.4.1", one_category(snapshot()))
    assert [event.kind for event in following.check()] == ["refused"]
    assert "fewer than half" in str(following.problem)


@pytest.mark.parametrize(
    ("draw", "seconds"),
    [(0.0, [0.0, 270.0, 270.0]), (0.5, [2.5, 300.0, 300.0]), (1.0, [5.0, 330.0, 330.0])],
)
def test_the_first_look_comes_soon_and_the_others_give_or_take_a_tenth(
    draw: float, seconds: list[float]
) -> None:
    assert list(islice(pauses(300.0, lambda: draw), 3)) == pytest.approx(seconds)


@given(st.floats(SHORTEST, LONGEST), st.lists(st.floats(0, 1), min_size=5, max_size=5))
@example(0.1875, [1.0, 0.0, 0.0, 0.0, 0.0])  # a tenth of it, times 0.1, is more than a tenth
def test_no_pause_is_far_from_the_period(every: float, draws: list[float]) -> None:
    first, *others = islice(pauses(every, iter(draws).__next__), 5)
    assert 0 <= first <= min(5.0, every / 10)
    assert all(0.89 * every <= pause <= 1.11 * every for pause in others)


def test_every_pause_is_drawn_anew() -> None:
    draws = iter([0.1, 0.2, 0.3, 0.4])
    assert len(set(islice(pauses(300.0, lambda: next(draws)), 4))) == 4


@pytest.mark.parametrize("every", [0.0, -1.0, 0.01, float("nan"), float("inf"), LONGEST + 1])
def test_a_period_is_a_number_of_seconds(every: float) -> None:
    with pytest.raises(ValueError, match=r"it is a number of seconds from 0\.05 to 604800"):
        check_every(every)
