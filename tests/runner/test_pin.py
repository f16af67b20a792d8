"""Pin, update, verify and show against real sources: what is refused leaves the old lock."""

from __future__ import annotations

import errno
import os
import re
import shutil
import signal
import subprocess
import sys
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from coefgate.core.problems import EnvironmentProblem, InvalidDocument, UsageProblem
from coefgate.core.release import Published
from coefgate.core.release_index import index_bytes, index_of
from coefgate.runner import source
from coefgate.runner.cache import Cache
from coefgate.runner.fetcher import NoSuchRelease
from coefgate.runner.lock import Lock, Trust, lock_bytes, read_lock
from coefgate.runner.pin import PinChange, pin, update
from coefgate.runner.verify import pinned_snapshot, show, verify
from tests.runner.remotes import Remote, snapshot, two_releases, version, yank
from tests.runner.servers import Answer, Web, redirect, status, web_server

ROOT = Path(__file__).parents[2]


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    return two_releases(tmp_path / "remote.git")


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


@pytest.fixture
def lock_path(tmp_path: Path) -> Path:
    return tmp_path / "coefgate.lock"


@pytest.fixture
def web() -> Iterator[Web]:
    with web_server() as server:
        yield server


def _index(*published: tuple[str, int], yanked: tuple[str, ...] = ()) -> bytes:
    entries = (Published(version(text), "a" * 40, snapshot(low).digest) for text, low in published)
    return index_bytes(index_of(entries, [yank(text, "1.1.0") for text in yanked]))


def _pin(text: str, lock_path: Path, cache: Cache, trust: Trust | None = None) -> PinChange:
    done = pin(text, lock_path=lock_path, cache=cache, trust=trust)
    assert read_lock(lock_path) == done.lock
    assert pinned_snapshot(done.lock, cache).snapshot.digest == done.lock.digest
    return done


# Git


def test_pins_the_newest(remote: Remote, lock_path: Path, cache: Cache) -> None:
    done = _pin(remote.url, lock_path, cache)
    commit = remote.git("rev-parse", "coefficients/v1.1.0^{commit}")
    assert done == PinChange(
        Lock(remote.url, version("1.1.0"), commit, snapshot(11).digest, Trust()), None, ()
    )
    assert verify(lock_path, cache).cached
    assert verify(lock_path, cache, online=True).newest == version("1.1.0")


@pytest.mark.parametrize("wish", ["1.0.0", "v1.0.0", "coefficients/v1.0.0"])
def test_pins_a_version(remote: Remote, lock_path: Path, cache: Cache, wish: str) -> None:
    assert _pin(f"{remote.folder}@{wish}", lock_path, cache).lock.version == version("1.0.0")


@pytest.mark.parametrize(
    ("wish", "advice"),
    [
        ("main", "1.1.0"),
        ("latest", "1.1.0"),
        ("1.0", "1.0.0"),
        ("v1", "1.1.0"),
        ("7", "1.1.0"),
        ("a" * 40, "1.1.0"),
    ],
)
def test_a_moving_ref_is_refused_with_what_fits(
    remote: Remote, lock_path: Path, cache: Cache, wish: str, advice: str
) -> None:
    with pytest.raises(UsageProblem, match=f"is no release.*coefgate pin {remote.url}@{advice}$"):
        pin(f"{remote.url}@{wish}", lock_path=lock_path, cache=cache)
    assert not lock_path.exists()


def test_a_moving_ref_of_a_source_that_is_away(
    tmp_path: Path, lock_path: Path, cache: Cache
) -> None:
    with pytest.raises(UsageProblem, match=r"@VERSION$"):
        pin(f"{tmp_path}/none@main", lock_path=lock_path, cache=cache)


def test_no_release_at_all(tmp_path: Path, lock_path: Path, cache: Cache) -> None:
    empty = Remote(tmp_path / "empty.git")
    with pytest.raises(NoSuchRelease, match="git ls-remote --tags"):
        pin(empty.url, lock_path=lock_path, cache=cache)
    empty.release("1.0.0", yanked=[yank("1.0.0")])
    with pytest.raises(NoSuchRelease, match="all are withdrawn"):
        pin(empty.url, lock_path=lock_path, cache=cache)


def test_what_is_withdrawn_is_passed_over_and_may_be_named(
    remote: Remote, lock_path: Path, cache: Cache
) -> None:
    remote.release("1.2.0", 12)
    remote.release("1.2.1", 13, yanked=[yank("1.2.0", "1.2.1"), yank("1.2.1")])
    assert _pin(remote.url, lock_path, cache).lock.version == version("1.1.0")
    done = _pin(f"{remote.url}@1.2.0", lock_path, cache)
    assert "version 1.2.0 was withdrawn" in done.warnings[0]
    assert done.warnings[0].endswith("Leave it with: coefgate update")  # 1.2.1 is withdrawn too
    found = verify(lock_path, cache)
    assert found.yank == yank("1.2.0")
    assert found.newest == version("1.1.0")


def test_a_newest_release_that_cannot_be_read(
    remote: Remote, lock_path: Path, cache: Cache
) -> None:
    remote.tag("coefficients/v2.0.0", "made by hand\n")
    with pytest.raises(InvalidDocument, match=r"carries no snapshot.*coefgate pin .*@VERSION"):
        pin(remote.url, lock_path=lock_path, cache=cache)
    [told] = _pin(f"{remote.url}@1.0.0", lock_path, cache).warnings
    assert "not known whether 1.0.0 is withdrawn" in told
    with pytest.raises(InvalidDocument, match="coefgate update --to VERSION"):
        update(lock_path, cache)
    assert update(lock_path, cache, to=version("1.1.0")).lock.version == version("1.1.0")
    found = verify(lock_path, cache, online=True)
    assert "carries no snapshot" in (found.trouble or "")
    assert "carries no snapshot" in (show(lock_path, cache).trouble or "")


def test_what_replaces_a_withdrawn_version_may_be_withdrawn_too(
    remote: Remote, lock_path: Path, cache: Cache
) -> None:
    _pin(f"{remote.url}@1.0.0", lock_path, cache)
    remote.release("1.2.0", 12, yanked=[yank("1.0.0", "1.1.0"), yank("1.1.0", "1.2.0")])
    found = show(lock_path, cache)
    assert found.yank == yank("1.0.0", "1.2.0")
    circle = [yank("1.0.0", "1.1.0"), yank("1.1.0", "1.0.0")]
    remote.release("1.3.0", 12, yanked=circle)
    found = show(lock_path, cache)
    assert found.yank == yank("1.0.0", None)


def test_updates(remote: Remote, lock_path: Path, cache: Cache) -> None:
    _pin(f"{remote.url}@1.0.0", lock_path, cache)
    remote.release("1.1.1", 12)
    remote.release("2.0.0", 20)
    assert update(lock_path, cache, channel="pinned").lock.version == version("1.0.0")
    assert update(lock_path, cache, channel="1.1").lock.version == version("1.1.1")
    assert update(lock_path, cache).lock == read_lock(lock_path)
    assert read_lock(lock_path).version == version("2.0.0")
    assert update(lock_path, cache).warnings == ()
    assert update(lock_path, cache, to=version("1.0.0")).lock.version == version("1.0.0")
    with pytest.raises(NoSuchRelease):
        update(lock_path, cache, to=version("3.0.0"))
    with pytest.raises(UsageProblem):
        update(lock_path, cache, channel="main")


def test_goes_down_only_from_what_was_withdrawn(
    remote: Remote, lock_path: Path, cache: Cache
) -> None:
    _pin(remote.url, lock_path, cache)
    remote.git("tag", "-d", "coefficients/v1.1.0")
    assert update(lock_path, cache).lock.version == version("1.1.0")
    remote.release("0.9.0", 9)
    remote.release("1.0.1", 10, yanked=[yank("1.1.0", "1.0.0")])
    found = show(lock_path, cache)
    assert (found.yank, found.newest) == (yank("1.1.0", "1.0.0"), version("1.0.1"))
    done = update(lock_path, cache)
    assert (done.lock.version, done.before and done.before.version) == (
        version("1.0.0"),
        version("1.1.0"),
    )


def test_a_pin_that_was_withdrawn_without_another(
    tmp_path: Path, lock_path: Path, cache: Cache
) -> None:
    remote = Remote(tmp_path / "one.git")
    remote.release("1.0.0", 10)
    _pin(remote.url, lock_path, cache)
    remote.release("1.0.1", 11, yanked=[yank("1.0.0"), yank("1.0.1")])
    done = update(lock_path, cache)
    assert done.lock == done.before
    assert "Leave it with: coefgate update" in done.warnings[0]


def test_a_moved_tag_is_refused(
    remote: Remote, lock_path: Path, cache: Cache, tmp_path: Path
) -> None:
    _pin(remote.url, lock_path, cache)
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
    _pin(remote.url, lock_path, cache)
    remote.release("1.1.0", 11, options=["-f"])
    with pytest.raises(InvalidDocument, match="moved"):
        verify(lock_path, cache, online=True)


def test_a_removed_tag_is_noticed(remote: Remote, lock_path: Path, cache: Cache) -> None:
    _pin(remote.url, lock_path, cache)
    remote.git("tag", "-d", "coefficients/v1.1.0")
    with pytest.raises(InvalidDocument, match="is gone from its source"):
        verify(lock_path, cache, online=True)


def test_a_version_that_the_source_does_not_list(
    remote: Remote, lock_path: Path, cache: Cache
) -> None:
    lock = _pin(remote.url, lock_path, cache).lock
    lock_path.write_bytes(lock_bytes(replace(lock, version=version("7.0.0"), commit="b" * 40)))
    [told] = update(lock_path, cache).warnings
    assert told.startswith("the source lists no version 7.0.0: the lock was edited")
    assert told.endswith("coefgate update --to 1.1.0")
    assert show(lock_path, cache).warnings == (told,)


def test_works_from_the_cache_when_the_source_is_gone(
    remote: Remote, lock_path: Path, cache: Cache
) -> None:
    lock = _pin(remote.url, lock_path, cache).lock
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
    lock = _pin(f"{remote.url}@1.0.0", lock_path, cache).lock
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


def test_a_lock_that_cannot_be_written(remote: Remote, cache: Cache, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match=r"cannot be written: No such file.*ls -ld"):
        pin(remote.url, lock_path=tmp_path / "none" / "coefgate.lock", cache=cache)


def test_a_full_disk_leaves_the_old_lock(
    remote: Remote, lock_path: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    _pin(f"{remote.url}@1.0.0", lock_path, cache)
    old = lock_path.read_bytes()

    def full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EnvironmentProblem, match="No space left on device"):
        update(lock_path, cache)
    assert lock_path.read_bytes() == old
    assert not list(lock_path.parent.glob(".*.tmp"))


def test_a_lock_that_is_a_link_stays_one(
    remote: Remote, lock_path: Path, cache: Cache, tmp_path: Path
) -> None:
    (tmp_path / "real").mkdir()
    lock_path.symlink_to(tmp_path / "real" / "the.lock")
    _pin(remote.url, lock_path, cache)
    assert lock_path.is_symlink()
    assert read_lock(tmp_path / "real" / "the.lock") == read_lock(lock_path)


def test_a_lock_that_is_no_file(remote: Remote, cache: Cache, tmp_path: Path) -> None:
    """Nothing takes its place: who may do everything would lose a device."""
    os.mkfifo(tmp_path / "pipe")
    for place in (tmp_path / "pipe", tmp_path):
        with pytest.raises(EnvironmentProblem, match=r"is no file\. .* --lock FILE"):
            _pin(remote.url, place, cache)
    assert (tmp_path / "pipe").is_fifo()


def test_a_broken_lock_is_written_anew(remote: Remote, lock_path: Path, cache: Cache) -> None:
    lock_path.write_text("<<<<<<< HEAD\n")
    assert _pin(remote.url, lock_path, cache).before is None


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
        ({"url": "-x"}, "url is no address"),
        ({"url": "ext::sh"}, "url or trust was edited"),
        ({"url": "https://h.example/c.json", "trust": Trust(("a b",))}, "url or trust was edited"),
    ],
)
def test_a_lock_edited_by_hand(
    remote: Remote, lock_path: Path, cache: Cache, change: dict[str, object], words: str
) -> None:
    lock = _pin(remote.url, lock_path, cache).lock
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
    lock = _pin(remote.url, lock_path, cache).lock
    edited = replace(lock, version=None, commit=None, digest="sha256:" + "0" * 64)
    with pytest.raises(InvalidDocument, match="names no version"):
        pinned_snapshot(edited, cache)


def test_a_source_that_loses_its_newest_release_takes_no_yank_back(
    remote: Remote, lock_path: Path, cache: Cache
) -> None:
    _pin(remote.url, lock_path, cache)
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
    lock = _pin(remote.url, lock_path, cache).lock
    remote.release("1.1.1", 10, yanked=[yank("1.1.0", "1.1.1")])
    cold = Cache(tmp_path / "cold")
    assert pinned_snapshot(lock, cold).yank == yank("1.1.0", "1.1.1")
    assert verify(lock_path, cold).yank == yank("1.1.0", "1.1.1")
    (tmp_path / "file").write_text("in the way")
    found = pinned_snapshot(lock, Cache(tmp_path / "file" / "cache"))
    assert "is used but not kept" in found.warnings[0]
    assert found.yank == yank("1.1.0", "1.1.1")


def test_a_newest_release_that_cannot_be_had_keeps_nobody_from_a_pin(
    web: Web, lock_path: Path, cache: Cache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "SHORT", 0.2)
    url = _serve(web)
    lock = _pin(url, lock_path, cache).lock
    answers: list[bytes | Answer] = [status(500), b"no snapshot", web.hang, web.other]
    for number, answer in enumerate(answers):
        web.pages["/c/coefficients-1.1.0.json"] = answer
        assert pinned_snapshot(lock, Cache(tmp_path / str(number))).snapshot == snapshot(10)


# Signatures


def _signer(folder: Path, name: str) -> tuple[list[str], Trust]:
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
    subprocess.run(command, check=True, capture_output=True)
    line = f"{name}@example.org {(folder / f'{name}.pub').read_text().strip()}"
    return ["-c", "gpg.format=ssh", "-c", f"user.signingKey={folder / name}"], Trust((line,))


def test_trust_is_kept_until_another_is_given(
    remote: Remote, lock_path: Path, cache: Cache, tmp_path: Path
) -> None:
    settings, trust = _signer(tmp_path, "signer")
    remote.release("2.0.0", 20, options=["-s"], settings=settings)
    _pin(remote.url, lock_path, cache, trust)
    assert read_lock(lock_path).trust == trust
    remote.release("2.1.0", 21)  # by somebody who has no key
    with pytest.raises(InvalidDocument, match="is not signed with an ssh key"):
        pin(remote.url, lock_path=lock_path, cache=cache)
    with pytest.raises(InvalidDocument, match="is not signed with an ssh key"):
        update(lock_path, cache)
    assert read_lock(lock_path).version == version("2.0.0")
    assert verify(lock_path, cache, online=True).trouble is not None
    lock_path.unlink()
    assert _pin(remote.url, lock_path, cache).lock.version == version("2.1.0")


def test_a_lock_that_asks_for_signatures_no_longer_is_told(
    remote: Remote, lock_path: Path, cache: Cache, tmp_path: Path
) -> None:
    settings, trust = _signer(tmp_path, "signer")
    remote.release("2.0.0", 20, options=["-s"], settings=settings)
    assert _pin(remote.url, lock_path, cache, trust).warnings == ()
    assert _pin(remote.url, lock_path, cache).warnings == ()
    (tmp_path / "link.git").symlink_to(remote.folder)
    other = (tmp_path / "link.git").as_uri()
    [told] = _pin(other, lock_path, cache).warnings
    assert told == (
        f"the lock asked for signed releases of {remote.url}, and now takes unsigned ones of "
        f"{other}. Where that is not meant: coefgate pin {remote.url} --allowed-signers FILE"
    )
    assert read_lock(lock_path).trust == Trust()
    assert _pin(other, lock_path, cache).warnings == ()


def test_signers_are_for_git(lock_path: Path, cache: Cache, web: Web, tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="a snapshot file carries no signature"):
        pin(f"{web.root}/c-1.0.0.json", lock_path=lock_path, cache=cache, trust=Trust(("a b",)))


# Files


def _serve(web: Web) -> str:
    web.pages |= {
        "/c/coefficients-1.0.0.json": snapshot(10).data,
        "/c/coefficients-1.1.0.json": snapshot(11).data,
        "/c/index.json": _index(("1.0.0", 10), ("1.1.0", 11), yanked=("1.0.0",)),
    }
    return f"{web.root}/c/coefficients-1.0.0.json"


def test_pins_a_snapshot_of_a_server(web: Web, lock_path: Path, cache: Cache) -> None:
    url = _serve(web)
    done = _pin(url, lock_path, cache)
    assert done.lock == Lock(url, version("1.0.0"), "a" * 40, snapshot(10).digest, Trust())
    assert "was withdrawn" in done.warnings[0]
    assert verify(lock_path, cache, online=True).newest == version("1.1.0")
    moved = update(lock_path, cache).lock
    assert (moved.url, moved.version) == (
        f"{web.root}/c/coefficients-1.1.0.json",
        version("1.1.0"),
    )
    assert _pin(f"{url}@1.1.0", lock_path, cache).lock == moved
    with pytest.raises(
        NoSuchRelease, match=r"coefficients-7\.0\.0\.json is not there\. .* with: curl -fIL "
    ):
        pin(f"{url}@7.0.0", lock_path=lock_path, cache=cache)
    web.pages.clear()
    assert show(lock_path, cache).trouble is None
    assert pinned_snapshot(moved, cache).snapshot == snapshot(11)


def test_pins_a_snapshot_of_which_nobody_says_what_it_is(
    web: Web, lock_path: Path, cache: Cache
) -> None:
    url = _serve(web)
    del web.pages["/c/index.json"]
    lock = _pin(url, lock_path, cache).lock
    assert (lock.url, lock.version, lock.registry_version) == (url, None, "0.0.0+unversioned")
    assert (
        _pin(f"{url}@1.1.0", lock_path, cache).lock.url == f"{web.root}/c/coefficients-1.1.0.json"
    )
    assert verify(lock_path, cache, online=True).newest is None
    with pytest.raises(UsageProblem, match="nothing to go to"):
        update(lock_path, cache)
    web.pages["/c/coefficients-1.1.0.json"] = snapshot(12).data
    with pytest.raises(InvalidDocument, match="Releases never move"):
        verify(lock_path, cache, online=True)


def test_an_index_that_is_gone_is_told_as_that(
    web: Web, lock_path: Path, cache: Cache, tmp_path: Path
) -> None:
    url = _serve(web)
    lock = _pin(url, lock_path, cache).lock
    del web.pages["/c/index.json"]
    missing = (
        rf"nobody says that it is 1\.0\.0: the index {web.root}/c/index\.json is not there"
        ".*curl -fL"
    )
    with pytest.raises(EnvironmentProblem, match=missing):
        verify(lock_path, cache, online=True)
    with pytest.raises(EnvironmentProblem, match=missing):
        pinned_snapshot(lock, Cache(tmp_path / "cold"))
    told, yanked = update(lock_path, cache).warnings
    assert told.startswith(
        f"the index {web.root}/c/index.json is not there, or lists no release, so nobody"
    )
    assert yanked.startswith("version 1.0.0 was withdrawn")
    found = show(lock_path, cache)
    assert (found.warnings, found.yank) == ((told,), yank("1.0.0", "1.1.0"))
    _serve(web)
    assert verify(lock_path, cache, online=True).warnings == ()


def test_an_index_that_is_gone_from_a_disk(tmp_path: Path, lock_path: Path, cache: Cache) -> None:
    path = tmp_path / "coefficients-1.1.0.json"
    path.write_bytes(snapshot(11).data)
    (tmp_path / "index.json").write_bytes(_index(("1.1.0", 11)))
    _pin(str(path), lock_path, cache)
    (tmp_path / "index.json").unlink()
    [told] = update(lock_path, cache).warnings
    assert told.endswith(f"Look at it with: ls -l {tmp_path / 'index.json'}")


def test_a_repository_whose_releases_are_all_gone(
    remote: Remote, lock_path: Path, cache: Cache
) -> None:
    _pin(remote.url, lock_path, cache)
    remote.git("tag", "-d", "coefficients/v1.0.0", "coefficients/v1.1.0")
    [told] = update(lock_path, cache).warnings
    assert told.startswith(f"{remote.url} lists no release any more, so nobody says")


def test_pins_a_snapshot_without_a_version_in_its_name(
    web: Web, lock_path: Path, cache: Cache
) -> None:
    _serve(web)
    web.pages["/c/latest.json"] = snapshot(11).data
    lock = _pin(f"{web.root}/c/latest.json", lock_path, cache).lock
    assert (lock.url, lock.version) == (f"{web.root}/c/latest.json", version("1.1.0"))
    for warned in (
        verify(lock_path, cache, online=True).warnings,
        show(lock_path, cache).warnings,
        update(lock_path, cache).warnings,
    ):
        assert warned == ()  # its index is there, and no other version has an address
    with pytest.raises(NoSuchRelease, match="one file without a version in its name"):
        pin(f"{web.root}/c/latest.json@9.0.0", lock_path=lock_path, cache=cache)
    with pytest.raises(InvalidDocument, match="was altered, or is not complete"):
        pin(f"{web.root}/c/latest.json@1.0.0", lock_path=lock_path, cache=cache)


def test_pins_a_local_snapshot(tmp_path: Path, lock_path: Path, cache: Cache) -> None:
    path = tmp_path / "coefficients-1.1.0.json"
    path.write_bytes(snapshot(11).data)
    assert _pin(str(path), lock_path, cache).lock.version is None
    (tmp_path / "index.json").write_bytes(_index(("1.1.0", 11)))
    lock = _pin(str(path), lock_path, cache).lock
    assert (lock.url, lock.version) == (path.as_uri(), version("1.1.0"))
    path.unlink()
    with pytest.raises(InvalidDocument, match=r"is gone from its source: .* ls -l /"):
        verify(lock_path, cache, online=True)
    assert verify(lock_path, cache).cached
    (tmp_path / "index.json").unlink()
    (tmp_path / "index.json").mkdir()
    with pytest.raises(EnvironmentProblem, match="cannot be read: Is a directory"):
        pin(str(path), lock_path=lock_path, cache=cache)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (snapshot(10).data[:-30], "has the digest .* and .* was expected"),
        (snapshot(99).data, "was altered, or is not complete"),
        (b"", "was altered, or is not complete"),
        (b"x" * 5_000_000, "no such file has more than 4,194,304"),
    ],
)
def test_a_snapshot_that_is_not_what_the_index_says(
    web: Web, lock_path: Path, cache: Cache, data: bytes, words: str
) -> None:
    url = _serve(web)
    _pin(f"{url}@1.1.0", lock_path, cache)
    old = lock_path.read_bytes()
    web.pages["/c/coefficients-1.0.0.json"] = data
    with pytest.raises((InvalidDocument, EnvironmentProblem), match=words):
        pin(url, lock_path=lock_path, cache=cache)
    assert lock_path.read_bytes() == old


def test_a_snapshot_of_a_newer_format(web: Web, lock_path: Path, cache: Cache) -> None:
    web.pages["/c.json"] = snapshot(10, format=2).data
    with pytest.raises(InvalidDocument, match="pip install --upgrade coefgate"):
        pin(f"{web.root}/c.json", lock_path=lock_path, cache=cache)
    web.pages |= {"/c.json": snapshot(10).data, "/index.json": b'{"format": 2}'}
    with pytest.raises(InvalidDocument, match="pip install --upgrade coefgate"):
        pin(f"{web.root}/c.json", lock_path=lock_path, cache=cache)


@pytest.mark.parametrize("page", ["/c/coefficients-1.0.0.json", "/c/index.json"])
def test_a_server_in_trouble_leaves_the_old_lock(
    web: Web, lock_path: Path, cache: Cache, page: str
) -> None:
    url = _serve(web)
    lock = _pin(url, lock_path, cache).lock
    old = lock_path.read_bytes()
    for answer in (status(500), redirect(page), redirect("file:///etc/passwd"), web.endless):
        web.pages[page] = answer
        with pytest.raises(EnvironmentProblem, match="was not downloaded"):
            pin(url, lock_path=lock_path, cache=cache)
    assert lock_path.read_bytes() == old
    assert pinned_snapshot(lock, cache).snapshot == snapshot(10)


def test_an_index_that_moved_a_version(web: Web, lock_path: Path, cache: Cache) -> None:
    url = _serve(web)
    _pin(f"{url}@1.1.0", lock_path, cache)
    web.pages |= {
        "/c/coefficients-1.1.0.json": snapshot(12).data,
        "/c/index.json": _index(("1.1.0", 12)),
    }
    with pytest.raises(InvalidDocument, match="was moved at its source"):
        pin(f"{url}@1.1.0", lock_path=lock_path, cache=cache)


# Processes

_PIN = """
import os, signal, sys
from pathlib import Path
from coefgate.runner.cache import Cache
from coefgate.runner.pin import pin
folder, text, rounds, killed = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
replace, done = os.replace, 0
def replaced(*arguments):
    global done
    done += 1
    if done == killed:
        os.kill(os.getpid(), signal.SIGKILL)
    replace(*arguments)
os.replace = replaced
for _ in range(rounds):
    pin(text, lock_path=folder / "coefgate.lock", cache=Cache(folder / "cache", wait=60))
"""


def _process(
    folder: Path, text: str, *, rounds: int = 1, killed: int = 0
) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", _PIN, str(folder), text, str(rounds), str(killed)]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE)


@pytest.mark.parametrize("killed", [1, 2, 3])
def test_a_killed_process_leaves_the_old_state(
    remote: Remote, lock_path: Path, cache: Cache, tmp_path: Path, killed: int
) -> None:
    """It is killed before snapshot, what is known of the source, or lock is in its place."""
    old = _pin(f"{remote.url}@1.0.0", lock_path, cache).lock
    remote.release("1.2.0", 12)
    process = _process(tmp_path, remote.url, killed=killed)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert read_lock(lock_path) == old
    assert verify(lock_path, cache).cached
    assert _pin(remote.url, lock_path, cache).lock.version == version("1.2.0")


def test_processes_that_pin_at_once(
    remote: Remote, lock_path: Path, cache: Cache, tmp_path: Path
) -> None:
    texts = [f"{remote.url}@1.0.0", remote.url]
    processes = [_process(tmp_path, text, rounds=15) for text in texts]
    seen = set()
    while any(process.poll() is None for process in processes):
        if lock_path.exists():
            lock = read_lock(lock_path)
            assert cache.snapshot(lock.digest) is not None
            seen.add(lock.version)
    assert [process.communicate()[1] for process in processes] == [b"", b""]
    assert [process.returncode for process in processes] == [0, 0]
    assert seen <= {version("1.0.0"), version("1.1.0")}
    assert verify(lock_path, cache).cached
    assert not list(tmp_path.rglob("*.tmp"))


def test_nothing_warns_when_all_is_well(remote: Remote, lock_path: Path, cache: Cache) -> None:
    lock = _pin(remote.url, lock_path, cache).lock
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert pinned_snapshot(lock, cache).snapshot == snapshot(11)
