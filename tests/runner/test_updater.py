"""What one look at a source brings; the last good version serves on whatever the source does."""

from __future__ import annotations

from pathlib import Path

import pytest

from coefgate import FollowEvent, Registry, Serving, YankedVersionWarning
from coefgate.core.problems import EnvironmentProblem, InvalidDocument, NewerFormat, NoSuchRelease
from coefgate.core.release import Published, index_of
from coefgate.core.snapshot import Snapshot
from coefgate.runner import serving
from coefgate.runner.cache import Cache
from coefgate.runner.git_fetcher import GitFetcher
from coefgate.runner.lock import Lock, Trust
from coefgate.runner.serving import load
from tests.runner.remotes import Remote, snapshot, version, yank
from tests.runner.shelf import URL, Shelf, commit_of, follow, followed, one_category, pinned


@pytest.fixture(autouse=True)
def nobody_was_warned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "_warned", set())


@pytest.fixture
def shelf() -> Shelf:
    shelf = Shelf()
    shelf.put("1.4.0", 1511)
    return shelf


def _kinds(events: tuple[FollowEvent, ...]) -> list[str]:
    return [event.kind for event in events]


def test_goes_to_a_newer_release(shelf: Shelf, tmp_path: Path) -> None:
    registry = pinned(tmp_path, "1.4.0")
    before = registry.serving
    made = shelf.put("1.4.1", 1600)
    following = followed(registry, shelf)
    after = Serving("1.4.1", commit_of("1.4.1"), made.digest)
    assert following.check() == (FollowEvent("swapped", "1.4.1 was released", before, after),)
    assert (registry.serving, following.problem) == (after, None)
    found = registry.estimate(category="docs", complexity="low", deliverables=["a.md"])
    assert (found.registry_version, found.digest, found.breakdown.overhead) == (
        "1.4.1",
        made.digest,
        1600,
    )


def test_keeps_in_the_cache_what_it_went_to_and_what_it_saw(shelf: Shelf, tmp_path: Path) -> None:
    made = shelf.put("1.4.1", 1600, yanked=[yank("1.3.0")])
    registry = pinned(tmp_path, "1.4.0")
    followed(registry, shelf).check()
    cache = Cache(tmp_path)
    index = cache.known(URL)
    assert cache.snapshot(made.digest) == made
    assert index == index_of(
        [Published(version("1.4.1"), commit_of("1.4.1"), made.digest)], [yank("1.3.0")]
    )


def test_asks_for_nothing_more_when_nothing_changed(shelf: Shelf, tmp_path: Path) -> None:
    shelf.put("1.4.1", 1600)
    registry = pinned(tmp_path, "1.4.0")
    following = followed(registry, shelf)
    following.check()
    assert shelf.asked == ["versions", "1.4.1"]
    assert following.check() == ()
    assert shelf.asked == ["versions", "1.4.1", "versions"]


def test_leaves_a_withdrawn_version_upwards(shelf: Shelf, tmp_path: Path) -> None:
    registry = pinned(tmp_path, "1.4.1", 900)
    shelf.put("1.4.1", 900)
    shelf.put("1.4.2", 1511, yanked=[yank("1.4.1", "1.4.2")])
    [event] = followed(registry, shelf).check()
    assert (event.kind, event.message, registry.version) == (
        "swapped",
        "1.4.1 was withdrawn: too low",
        "1.4.2",
    )
    assert registry.digest == snapshot(1511).digest  # the same as that of 1.4.0


def test_goes_down_through_a_yank_only(shelf: Shelf, tmp_path: Path) -> None:
    registry = pinned(tmp_path, "2.0.0", 900)
    following = followed(registry, shelf, "1.4")
    assert (following.check(), registry.version) == ((), "2.0.0")
    shelf.put("2.0.0", 900, yanked=[yank("2.0.0", "1.4.0")])
    [event] = following.check()
    assert (event.message, registry.version) == ("2.0.0 was withdrawn: too low", "1.4.0")


def test_a_line_of_versions_does_not_leave_its_line(shelf: Shelf, tmp_path: Path) -> None:
    shelf.put("1.5.0", 1600)
    shelf.put("1.4.7", 1700)
    registry = pinned(tmp_path, "1.4.0")
    followed(registry, shelf, "1.4").check()
    assert (registry.version, shelf.asked) == ("1.4.7", ["versions", "1.5.0", "1.4.7"])


def test_a_pin_that_nobody_knows_the_version_of_goes_to_the_newest(
    shelf: Shelf, tmp_path: Path
) -> None:
    registry = pinned(tmp_path, None)
    assert registry.version == "0.0.0+unversioned"
    followed(registry, shelf).check()
    assert (registry.version, registry.commit) == ("1.4.0", commit_of("1.4.0"))


def test_an_unknown_version_that_is_much_larger_is_kept(shelf: Shelf, tmp_path: Path) -> None:
    shelf.put("1.4.0", one_category(snapshot()))
    registry = pinned(tmp_path, None)
    following = followed(registry, shelf)
    assert _kinds(following.check()) == ["refused"]
    assert registry.digest == snapshot().digest


def test_pinned_learns_of_yanks_and_stays(shelf: Shelf, tmp_path: Path) -> None:
    registry = pinned(tmp_path, "1.4.0")
    following = followed(registry, shelf, "pinned")
    shelf.put("1.4.1", 1600)
    assert (following.check(), registry.version) == ((), "1.4.0")
    shelf.put("1.4.2", 1600, yanked=[yank("1.4.0", "1.4.2")])
    with pytest.warns(
        YankedVersionWarning, match=r"Use 1\.4\.2 instead: coefgate update --to 1\.4\.2$"
    ):
        events = following.check()
    assert (_kinds(events), registry.version, following.problem) == (["yanked"], "1.4.0", None)
    known = Cache(tmp_path).known(URL)
    assert known is not None
    assert known.yanked == (yank("1.4.0", "1.4.2"),)
    shelf.put("1.4.3", 1600, yanked=[yank("1.4.0", "1.4.2")])
    assert following.check() == ()  # told once


def test_a_yank_without_replacement_is_told_and_keeps_serving(
    shelf: Shelf, tmp_path: Path
) -> None:
    registry = pinned(tmp_path, "1.4.0")
    shelf.put("1.4.0", 1511, yanked=[yank("1.4.0")])
    with pytest.warns(YankedVersionWarning, match=r"too low\. Leave it with: coefgate update$"):
        events = followed(registry, shelf).check()
    assert (_kinds(events), registry.version) == (["yanked"], "1.4.0")


def test_a_yank_is_told_even_where_its_replacement_is_refused(
    shelf: Shelf, tmp_path: Path
) -> None:
    registry = pinned(tmp_path, "1.4.0")
    shelf.put("1.4.1", one_category(snapshot()), yanked=[yank("1.4.0", "1.4.1")])
    with pytest.warns(YankedVersionWarning):
        events = followed(registry, shelf).check()
    assert (_kinds(events), registry.version) == (["yanked", "refused"], "1.4.0")


@pytest.mark.parametrize(
    "error",
    [
        EnvironmentProblem("the server does not answer"),
        OSError("broken pipe"),
        KeyError("a bug"),
        Exception(),
    ],
)
def test_whatever_fails_the_last_good_version_serves_on(
    error: Exception, shelf: Shelf, tmp_path: Path
) -> None:
    registry = pinned(tmp_path, "1.4.0")
    told: list[FollowEvent] = []
    following = followed(registry, shelf, told=told)
    shelf.broken = error
    [event] = following.check()
    assert (event.kind, event.current, told) == ("failed", registry.serving, [event])
    assert following.problem == event.message == (str(error) or "Exception()")
    shelf.broken = None
    shelf.put("1.4.1", 1600)
    assert _kinds(following.check()) == ["swapped"]
    assert following.problem is None


def test_a_source_without_a_release_is_told(tmp_path: Path) -> None:
    registry = pinned(tmp_path, "1.4.0")
    following = followed(registry, Shelf())
    assert _kinds(following.check()) == ["failed"]
    assert following.problem == f"{URL} has no release. See what is there with: coefgate show"


def test_a_moved_tag_is_refused(shelf: Shelf, tmp_path: Path) -> None:
    registry = pinned(tmp_path, "1.4.0")
    following = followed(registry, shelf)
    assert following.check() == ()
    shelf.put("1.4.0", 666)
    assert _kinds(following.check()) == ["refused"]
    assert "was moved at its source" in str(following.problem)
    assert (registry.version, registry.digest) == ("1.4.0", snapshot().digest)
    shelf.put("1.4.0", 1511)
    assert (following.check(), following.problem) == ((), None)


def test_a_moved_tag_of_what_serves_is_told_beside_a_newer_release(
    shelf: Shelf, tmp_path: Path
) -> None:
    registry = pinned(tmp_path, "1.4.0")
    shelf.put("1.3.0", 1200)
    following = followed(registry, shelf, "pinned")
    shelf.put("1.4.1", 1600)
    assert following.check() == ()
    shelf.put("1.4.0", 666)
    assert _kinds(following.check()) == ["refused"]
    assert registry.digest == snapshot().digest


def test_a_moved_tag_is_known_from_the_cache(shelf: Shelf, tmp_path: Path) -> None:
    Cache(tmp_path).remember(
        URL, index_of([Published(version("1.4.1"), commit_of("1.4.1"), snapshot(2).digest)], [])
    )
    registry = pinned(tmp_path, "1.4.0")
    shelf.put("1.4.1", 1600)
    assert _kinds(followed(registry, shelf).check()) == ["refused"]
    assert registry.version == "1.4.0"


def test_a_tag_that_was_made_anew_with_the_same_values_is_no_move(
    shelf: Shelf, tmp_path: Path
) -> None:
    registry = pinned(tmp_path, "1.4.0")
    following = followed(registry, shelf)
    following.check()
    shelf.put("1.4.0", 1511, yanked=[yank("1.0.0")])
    assert (following.check(), following.problem) == ((), None)


def test_a_source_that_loses_its_newest_release_is_told_and_takes_no_yank_back(
    shelf: Shelf, tmp_path: Path
) -> None:
    shelf.put("1.4.1", 900)
    shelf.put("1.4.2", 1511, yanked=[yank("1.4.1", "1.4.2")])
    registry = pinned(tmp_path, "1.4.0")
    followed(registry, shelf).check()
    del shelf.releases[version("1.4.2")]
    registry = pinned(tmp_path, "1.4.0")
    following = followed(registry, shelf)
    for _ in range(2):
        assert (_kinds(following.check()), registry.version) == (["refused"], "1.4.0")
        assert str(following.problem).startswith(
            "1.4.2, the newest release known, is gone from its source"
        )
    shelf.put("1.4.3", 1600)
    assert (_kinds(following.check()), registry.version) == (["swapped"], "1.4.3")
    del shelf.releases[version("1.4.3")]
    assert (_kinds(following.check()), registry.version) == (["refused"], "1.4.3")


def test_a_wrong_digest_is_refused(shelf: Shelf, tmp_path: Path) -> None:
    registry = pinned(tmp_path, "1.4.0")
    shelf.put("1.4.1", Snapshot(snapshot(1600).content, snapshot(1601).digest))
    assert _kinds(followed(registry, shelf).check()) == ["refused"]
    assert registry.version == "1.4.0"


def test_a_tag_that_is_no_release_keeps_nobody_from_a_rollback(tmp_path: Path) -> None:
    remote = Remote(tmp_path / "remote.git")
    remote.tag("coefficients/v9.9.9", "made by hand\n")
    remote.release("1.4.1", 900)
    registry = pinned(tmp_path / "cache", "1.4.0", url=remote.url)
    following = follow(registry, fetcher=GitFetcher(remote.url, Trust()), wait=lambda _: True)
    assert (_kinds(following.check()), registry.version) == (["refused", "swapped"], "1.4.1")
    remote.release("1.4.2", 1511, yanked=[yank("1.4.1", "1.4.2")])
    assert (_kinds(following.check()), registry.version) == (["refused", "swapped"], "1.4.2")
    assert str(following.problem).startswith("9.9.9 is skipped, as it cannot be read: the tag")
    remote.git("tag", "-d", "coefficients/v9.9.9")
    assert (following.check(), following.problem) == ((), None)


@pytest.mark.parametrize(
    "error", [InvalidDocument("made by hand"), NoSuchRelease("not there yet")]
)
def test_what_is_no_release_is_passed_over_in_a_line_too(
    shelf: Shelf, tmp_path: Path, error: Exception
) -> None:
    shelf.put("1.4.1", 1600)
    shelf.put("1.5.0", 1700)
    shelf.unreadable[version("1.4.9")] = error
    registry = pinned(tmp_path, "1.4.0")
    assert _kinds(followed(registry, shelf, "1.4").check()) == ["refused", "swapped"]
    assert registry.version == "1.4.1"


def test_passed_over_is_what_is_known_to_be_withdrawn_still(shelf: Shelf, tmp_path: Path) -> None:
    shelf.put("1.4.1", 900)
    shelf.put("1.4.2", 1511, yanked=[yank("1.4.1", "1.4.2")])
    registry = pinned(tmp_path, "1.4.0")
    followed(registry, shelf, "pinned").check()
    shelf.unreadable[version("1.4.2")] = InvalidDocument("somebody made it anew")
    registry = pinned(tmp_path, "1.4.0")
    assert (_kinds(followed(registry, shelf).check()), registry.version) == (["refused"], "1.4.0")


@pytest.mark.parametrize("error", [NewerFormat("get a newer program"), EnvironmentProblem("away")])
def test_what_may_be_a_release_is_not_passed_over(
    shelf: Shelf, tmp_path: Path, error: Exception
) -> None:
    shelf.put("1.4.1", 1600)
    shelf.unreadable[version("1.4.2")] = error
    registry = pinned(tmp_path, "1.4.0")
    following = followed(registry, shelf)
    following.check()
    assert (registry.version, following.problem) == ("1.4.0", str(error))


def test_not_all_that_is_there_is_tried(shelf: Shelf, tmp_path: Path) -> None:
    shelf.unreadable = {
        version(f"9.9.{number}"): InvalidDocument("made by hand") for number in range(99)
    }
    registry = pinned(tmp_path, "1.4.0")
    assert len(followed(registry, shelf).check()) == 10


def test_what_serves_is_watched_beside_a_tag_that_is_no_release(
    shelf: Shelf, tmp_path: Path
) -> None:
    shelf.put("1.4.1", 1600)
    shelf.unreadable[version("9.9.9")] = InvalidDocument("made by hand")
    registry = pinned(tmp_path, "1.4.0")
    following = followed(registry, shelf, "pinned")
    following.check()
    shelf.put("1.4.0", 666)
    assert "was moved at its source" in following.check()[-1].message


def test_what_shrank_is_refused_until_it_is_whole_again(shelf: Shelf, tmp_path: Path) -> None:
    registry = pinned(tmp_path, "1.4.0")
    following = followed(registry, shelf)
    shelf.put("1.4.1", one_category(snapshot()))
    assert _kinds(following.check()) == ["refused"]
    shelf.put("1.4.2", one_category(snapshot()))  # the same again is no earlier release
    assert _kinds(following.check()) == ["refused"]
    shelf.put("1.4.3", 1600)
    assert _kinds(following.check()) == ["swapped"]
    assert registry.version == "1.4.3"


def test_a_small_release_that_is_restored_is_accepted(tmp_path: Path) -> None:
    small = one_category(snapshot())
    shelf = Shelf()
    shelf.put("1.2.0", 1500)
    shelf.put("1.3.0", small)
    shelf.put("1.3.2", 1512)
    shelf.put("1.4.1", 1600)
    shelf.put("1.4.2", small, yanked=[yank("1.4.1", "1.4.2")])
    shelf.put("1.3.1", 1511)
    known = Published(version("1.3.1"), commit_of("1.3.1"), snapshot().digest)
    Cache(tmp_path).remember(URL, index_of([known], []))
    registry = pinned(tmp_path, "1.4.1", 1600)
    assert _kinds(followed(registry, shelf).check()) == ["swapped"]
    assert (registry.version, registry.digest) == ("1.4.2", Snapshot.of(small.content).digest)
    assert shelf.asked == ["versions", "1.4.2", "1.3.2", "1.3.0"]  # no further than it had to


def test_a_restored_release_is_found_behind_a_tag_that_is_none(
    shelf: Shelf, tmp_path: Path
) -> None:
    small = one_category(snapshot())
    shelf.put("1.3.0", small)
    shelf.put("1.4.1", small, yanked=[yank("1.4.0", "1.4.1")])
    shelf.unreadable[version("1.3.9")] = InvalidDocument("made by hand")
    registry = pinned(tmp_path, "1.4.0")
    assert (_kinds(followed(registry, shelf).check()), registry.version) == (["swapped"], "1.4.1")


def test_a_cache_that_cannot_be_written_does_not_stop_the_swap(
    shelf: Shelf, tmp_path: Path
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    registry = pinned(blocked / "cache", "1.4.0")
    shelf.put("1.4.1", 1600)
    following = followed(registry, shelf)
    assert _kinds(following.check()) == ["swapped", "failed"]
    assert registry.version == "1.4.1"
    assert f"the cache {blocked / 'cache'} cannot be written" in str(following.problem)
    assert _kinds(following.check()) == ["failed"]  # tried again
    blocked.unlink()
    assert (following.check(), following.problem) == ((), None)
    assert Cache(blocked / "cache").snapshot(registry.digest) is not None


def test_a_release_without_a_commit_is_not_put_into_the_index(
    shelf: Shelf, tmp_path: Path
) -> None:
    registry = pinned(tmp_path, "1.4.0")
    shelf.put("1.4.1", 1600, is_known=False)
    followed(registry, shelf).check()
    assert (registry.version, registry.commit) == ("1.4.1", None)
    assert Cache(tmp_path).known(URL) is None


def test_whoever_stopped_is_left_alone(shelf: Shelf, tmp_path: Path) -> None:
    registry = pinned(tmp_path, "1.4.0")
    following = followed(registry, shelf)
    shelf.meanwhile = following.stop
    shelf.put("1.4.1", 1600)
    assert (following.check(), registry.version) == ((), "1.4.0")
    with pytest.raises(ValueError, match="this following was stopped"):
        following.check()


def test_a_lock_that_calls_its_release_by_another_version_is_left(
    shelf: Shelf, tmp_path: Path
) -> None:
    """The source says of the commit that it is 1.4.0; nobody knew when the lock was loaded."""
    registry = _called(tmp_path, "9.9.9", "1.4.0")
    [event] = followed(registry, shelf).check()
    assert (event.kind, registry.version, registry.digest) == (
        "swapped",
        "1.4.0",
        snapshot().digest,
    )
    assert event.message == (
        f"the lock was edited: it says that the commit {commit_of('1.4.0')} is 9.9.9, and its "
        "source that it is 1.4.0"
    )


def test_pinned_tells_of_a_lock_that_calls_its_release_by_another_version(
    shelf: Shelf, tmp_path: Path
) -> None:
    registry = _called(tmp_path, "9.9.9", "1.4.0")
    following = followed(registry, shelf, "pinned")
    assert (_kinds(following.check()), registry.version) == (["refused"], "9.9.9")
    assert (following.problem or "").endswith(f"Write it again with: coefgate pin {URL}@1.4.0")


def _called(folder: Path, text: str, release: str) -> Registry:
    """A registry that serves ``release`` under another version."""
    lock = Lock(URL, version(text), commit_of(release), snapshot().digest, Trust())
    first = load(snapshot(), version=text, commit=lock.commit)
    return Registry(first, lock=lock, cache=Cache(folder, wait=0.1))
