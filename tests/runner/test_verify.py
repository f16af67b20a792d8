"""Whether a pin holds: moved tags, edited locks, sources and caches that lose something."""

from __future__ import annotations

import re
import shutil
import warnings
from dataclasses import replace
from pathlib import Path

import pytest

from coefgate.core.problems import EnvironmentProblem, InvalidDocument
from coefgate.runner.cache import Cache
from coefgate.runner.lock import Trust, lock_bytes, read_lock
from coefgate.runner.pin import pin, update
from coefgate.runner.verify import pinned_snapshot, show, verify
from tests.runner.pins import checked_pin
from tests.runner.remotes import Remote, snapshot, version, yank


def test_what_replaces_a_withdrawn_version_may_be_withdrawn_too(
    remote: Remote, lock_path: Path, cache: Cache
) -> None:
    checked_pin(f"{remote.url}@1.0.0", lock_path, cache)
    remote.release("1.2.0", 12, yanked=[yank("1.0.0", "1.1.0"), yank("1.1.0", "1.2.0")])
    found = show(lock_path, cache)
    assert found.yank == yank("1.0.0", "1.2.0")
    circle = [yank("1.0.0", "1.1.0"), yank("1.1.0", "1.0.0")]
    remote.release("1.3.0", 12, yanked=circle)
    found = show(lock_path, cache)
    assert found.yank == yank("1.0.0", None)


def test_a_moved_tag_is_refused(
    remote: Remote, lock_path: Path, cache: Cache, tmp_path: Path
) -> None:
    checked_pin(remote.url, lock_path, cache)
    old = lock_path.read_bytes()
    remote.release("1.1.0", 99, options=["-f"])
    moved = r"moved.*Releases never move"
    elsewhere = Cache(tmp_path / "other")
    for work in (
        lambda: pin(remote.url, lock_path=lock_path, cache=cache),
        lambda: pin(remote.url, lock_path=lock_path, cache=elsewhere),  # the lock knows it
        lambda: pin(
            remote.url, lock_path=tmp_path / "new.lock", cache=cache
        ),  # the cache knows it
        lambda: update(lock_path, cache),
        lambda: update(lock_path, elsewhere, to=version("1.1.0")),
        lambda: verify(lock_path, cache, online=True),
        lambda: pinned_snapshot(read_lock(lock_path), elsewhere).snapshot,
    ):
        with pytest.raises(InvalidDocument, match=moved):
            work()
    assert lock_path.read_bytes() == old
    assert not (tmp_path / "new.lock").exists()
    assert pinned_snapshot(read_lock(lock_path), cache).snapshot == snapshot(11)
    assert "moved" in (show(lock_path, cache).trouble or "")
    assert verify(lock_path, cache).cached


def test_a_tag_moved_to_another_commit_with_the_same_values(
    remote: Remote, lock_path: Path, cache: Cache
) -> None:
    checked_pin(remote.url, lock_path, cache)
    remote.release("1.1.0", 11, options=["-f"])
    with pytest.raises(InvalidDocument, match="moved"):
        verify(lock_path, cache, online=True)


def test_a_removed_tag_is_noticed(remote: Remote, lock_path: Path, cache: Cache) -> None:
    checked_pin(remote.url, lock_path, cache)
    remote.git("tag", "-d", "coefficients/v1.1.0")
    with pytest.raises(InvalidDocument, match="is gone from its source"):
        verify(lock_path, cache, online=True)


def test_a_version_that_the_source_does_not_list(
    remote: Remote, lock_path: Path, cache: Cache
) -> None:
    lock = checked_pin(remote.url, lock_path, cache).lock
    lock_path.write_bytes(lock_bytes(replace(lock, version=version("7.0.0"), commit="b" * 40)))
    [told] = update(lock_path, cache).warnings
    assert told.startswith("the source lists no version 7.0.0: the lock was edited")
    assert told.endswith("coefgate update --to 1.1.0")
    assert show(lock_path, cache).warnings == (told,)


def test_works_from_the_cache_when_the_source_is_gone(
    remote: Remote, lock_path: Path, cache: Cache
) -> None:
    lock = checked_pin(remote.url, lock_path, cache).lock
    shutil.rmtree(remote.folder)
    assert pinned_snapshot(lock, cache).snapshot == snapshot(11)
    assert verify(lock_path, cache).cached
    found = show(lock_path, cache)
    assert (found.cached, found.asked, found.newest) == (True, False, version("1.1.0"))
    assert "could not be read" in (found.trouble or "")
    shutil.rmtree(lock_path.parent / "cache")
    with pytest.raises(EnvironmentProblem, match="could not be read"):
        pinned_snapshot(lock, cache)
    with pytest.raises(EnvironmentProblem, match="coefgate verify --online"):
        verify(lock_path, cache)
    found = show(lock_path, cache, offline=True)
    assert (found.cached, found.newest, found.trouble) == (False, None, None)


def test_fetches_what_the_cache_lost(remote: Remote, lock_path: Path, cache: Cache) -> None:
    lock = checked_pin(f"{remote.url}@1.0.0", lock_path, cache).lock
    remote.release("1.1.1", 11, yanked=[yank("1.0.0")])
    assert show(lock_path, cache).yank == yank("1.0.0")
    shutil.rmtree(lock_path.parent / "cache" / "snapshots")
    assert pinned_snapshot(lock, cache).snapshot == snapshot(10)
    assert cache.snapshot(lock.digest) == snapshot(10)
    assert show(lock_path, cache, offline=True).yank == yank(
        "1.0.0"
    )  # an older release knows of less


def test_a_cache_that_cannot_be_written_prevents_nothing(
    remote: Remote, lock_path: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    blocked = Cache(tmp_path / "file" / "cache")
    done = pin(remote.url, lock_path=lock_path, cache=blocked)
    assert "is used but not kept" in done.warnings[0]
    assert read_lock(lock_path) == done.lock
    released = pinned_snapshot(done.lock, blocked)
    assert released.snapshot == snapshot(11)
    assert "is used but not kept" in released.warnings[0]
    found = verify(lock_path, blocked, online=True)
    assert not found.cached
    assert "is used but not kept" in found.warnings[0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"digest": snapshot(10).digest}, "the lock was edited"),
        ({"commit": "b" * 40}, "the lock was edited"),
        ({"version": version("9.9.9")}, "a commit is one release's alone, so the lock was edited"),
        ({"commit": None}, "commit is null beside a version"),
        ({"version": None}, "commit is given without a version"),
        ({"version": None, "commit": None}, "names no version, and its source has many"),
        ({"url": "https://user:hunter2@h.example/r.git"}, "url or trust was edited"),
        ({"url": "-x"}, "url is not an address"),
        ({"url": "ext::sh"}, "url or trust was edited"),
        ({"url": "https://h.example/c.json", "trust": Trust(("a b",))}, "url or trust was edited"),
    ],
)
def test_a_lock_edited_by_hand(
    remote: Remote, lock_path: Path, cache: Cache, change: dict[str, object], words: str
) -> None:
    lock = checked_pin(remote.url, lock_path, cache).lock
    lock_path.write_bytes(lock_bytes(replace(lock, **change)))  # type: ignore[arg-type]
    with pytest.raises(InvalidDocument, match=words) as caught:
        verify(lock_path, cache)
    assert "hunter2" not in str(caught.value)
    assert "coefgate pin" in str(caught.value)
    for reader in (lambda: show(lock_path, cache), lambda: update(lock_path, cache)):
        with pytest.raises(InvalidDocument, match=words):
            reader()
    with pytest.raises(InvalidDocument, match=words):
        pinned_snapshot(read_lock(lock_path), cache, lock_path)


def test_a_lock_without_a_version_of_a_repository(
    remote: Remote, lock_path: Path, cache: Cache
) -> None:
    lock = checked_pin(remote.url, lock_path, cache).lock
    edited = replace(lock, version=None, commit=None, digest="sha256:" + "0" * 64)
    with pytest.raises(InvalidDocument, match="names no version"):
        pinned_snapshot(edited, cache)


def test_a_source_that_loses_its_newest_release_takes_no_yank_back(
    remote: Remote, lock_path: Path, cache: Cache
) -> None:
    checked_pin(remote.url, lock_path, cache)
    remote.release("1.1.1", 10, yanked=[yank("1.1.0", "1.1.1")])
    assert show(lock_path, cache).yank == yank("1.1.0", "1.1.1")
    remote.git("tag", "-d", "coefficients/v1.1.1")
    lost = (
        "1.1.1, the newest release known, is gone from its source: .* git ls-remote --tags "
        f"{remote.url}$"
    )
    for _ in range(2):  # nor does the cache forget
        for found in (show(lock_path, cache), verify(lock_path, cache, online=True)):
            assert found.yank == yank("1.1.0", "1.1.1")
            assert found.newest == version("1.0.0")
            assert re.fullmatch(lost, found.warnings[0])
        assert verify(lock_path, cache).yank == yank("1.1.0", "1.1.1")
        assert pinned_snapshot(read_lock(lock_path), cache).yank == yank("1.1.0", "1.1.1")
    for done in (
        update(lock_path, cache, channel="pinned"),
        pin(f"{remote.url}@1.1.0", lock_path=lock_path, cache=cache),
    ):
        assert done.lock.version == version("1.1.0")
        assert re.fullmatch(lost, done.warnings[0])
        assert "was withdrawn" in done.warnings[1]
    assert update(lock_path, cache).lock.version == version("1.0.0")
    remote.release("1.1.2", 12)  # a newer word
    assert update(lock_path, cache).warnings == ()
    assert update(lock_path, cache, to=version("1.1.0")).warnings == ()


def test_a_cold_cache_hears_that_its_pin_is_withdrawn(
    remote: Remote, lock_path: Path, cache: Cache, tmp_path: Path
) -> None:
    lock = checked_pin(remote.url, lock_path, cache).lock
    remote.release("1.1.1", 10, yanked=[yank("1.1.0", "1.1.1")])
    cold = Cache(tmp_path / "cold")
    assert pinned_snapshot(lock, cold).yank == yank("1.1.0", "1.1.1")
    assert verify(lock_path, cold).yank == yank("1.1.0", "1.1.1")
    (tmp_path / "file").write_text("in the way")
    found = pinned_snapshot(lock, Cache(tmp_path / "file" / "cache"))
    assert "is used but not kept" in found.warnings[0]
    assert found.yank == yank("1.1.0", "1.1.1")


def test_a_repository_whose_releases_are_all_gone(
    remote: Remote, lock_path: Path, cache: Cache
) -> None:
    checked_pin(remote.url, lock_path, cache)
    remote.git("tag", "-d", "coefficients/v1.0.0", "coefficients/v1.1.0")
    [told] = update(lock_path, cache).warnings
    assert told.startswith(f"{remote.url} lists no release any more, so nobody says")


def test_nothing_warns_when_all_is_well(remote: Remote, lock_path: Path, cache: Cache) -> None:
    lock = checked_pin(remote.url, lock_path, cache).lock
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert pinned_snapshot(lock, cache).snapshot == snapshot(11)
