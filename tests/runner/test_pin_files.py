"""Pins of snapshot files on a server or a disk, with and without their index."""

from __future__ import annotations

from pathlib import Path

import pytest

from coefgate.core.problems import EnvironmentProblem, InvalidDocument, NoSuchRelease, UsageProblem
from coefgate.core.release import Published, index_bytes, index_of
from coefgate.runner import source
from coefgate.runner.cache import Cache
from coefgate.runner.lock import Lock, Trust
from coefgate.runner.pin import pin, update
from coefgate.runner.verify import pinned_snapshot, show, verify
from tests.runner.pins import checked_pin
from tests.runner.remotes import snapshot, version, yank
from tests.runner.servers import Answer, Web, redirect, status


def _index(*published: tuple[str, int], yanked: tuple[str, ...] = ()) -> bytes:
    entries = (Published(version(text), "a" * 40, snapshot(low).digest) for text, low in published)
    return index_bytes(index_of(entries, [yank(text, "1.1.0") for text in yanked]))


def test_a_newest_release_that_cannot_be_had_keeps_nobody_from_a_pin(
    web: Web, lock_path: Path, cache: Cache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "SHORT", 0.2)
    url = _serve(web)
    lock = checked_pin(url, lock_path, cache).lock
    answers: list[bytes | Answer] = [status(500), b"no snapshot", web.hang, web.other]
    for number, answer in enumerate(answers):
        web.pages["/c/coefficients-1.1.0.json"] = answer
        assert pinned_snapshot(lock, Cache(tmp_path / str(number))).snapshot == snapshot(10)


def _serve(web: Web) -> str:
    web.pages |= {
        "/c/coefficients-1.0.0.json": snapshot(10).data,
        "/c/coefficients-1.1.0.json": snapshot(11).data,
        "/c/index.json": _index(("1.0.0", 10), ("1.1.0", 11), yanked=("1.0.0",)),
    }
    return f"{web.root}/c/coefficients-1.0.0.json"


def test_pins_a_snapshot_of_a_server(web: Web, lock_path: Path, cache: Cache) -> None:
    url = _serve(web)
    done = checked_pin(url, lock_path, cache)
    assert done.lock == Lock(url, version("1.0.0"), "a" * 40, snapshot(10).digest, Trust())
    assert "was withdrawn" in done.warnings[0]
    assert verify(lock_path, cache, online=True).newest == version("1.1.0")
    moved = update(lock_path, cache).lock
    assert (moved.url, moved.version) == (
        f"{web.root}/c/coefficients-1.1.0.json",
        version("1.1.0"),
    )
    assert checked_pin(f"{url}@1.1.0", lock_path, cache).lock == moved
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
    lock = checked_pin(url, lock_path, cache).lock
    assert (lock.url, lock.version, lock.registry_version) == (url, None, "0.0.0+unversioned")
    assert (
        checked_pin(f"{url}@1.1.0", lock_path, cache).lock.url
        == f"{web.root}/c/coefficients-1.1.0.json"
    )
    assert verify(lock_path, cache, online=True).newest is None
    with pytest.raises(UsageProblem, match="nothing to update to"):
        update(lock_path, cache)
    web.pages["/c/coefficients-1.1.0.json"] = snapshot(12).data
    with pytest.raises(InvalidDocument, match="Releases never move"):
        verify(lock_path, cache, online=True)


def test_an_index_that_is_gone_is_told_as_that(
    web: Web, lock_path: Path, cache: Cache, tmp_path: Path
) -> None:
    url = _serve(web)
    lock = checked_pin(url, lock_path, cache).lock
    del web.pages["/c/index.json"]
    missing = (
        rf"nobody says that it is 1\.0\.0: the index {web.root}/c/index\.json is not there"
        r".*curl -fL "
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
    checked_pin(str(path), lock_path, cache)
    (tmp_path / "index.json").unlink()
    [told] = update(lock_path, cache).warnings
    assert told.endswith(f"Look at it with: cat {tmp_path / 'index.json'}")


def test_pins_a_snapshot_without_a_version_in_its_name(
    web: Web, lock_path: Path, cache: Cache
) -> None:
    _serve(web)
    web.pages["/c/latest.json"] = snapshot(11).data
    lock = checked_pin(f"{web.root}/c/latest.json", lock_path, cache).lock
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
    assert checked_pin(str(path), lock_path, cache).lock.version is None
    (tmp_path / "index.json").write_bytes(_index(("1.1.0", 11)))
    lock = checked_pin(str(path), lock_path, cache).lock
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
        (b"x" * 5_000_000, "such a file has at most 4,194,304"),
    ],
)
def test_a_snapshot_that_is_not_what_the_index_says(
    web: Web, lock_path: Path, cache: Cache, data: bytes, words: str
) -> None:
    url = _serve(web)
    checked_pin(f"{url}@1.1.0", lock_path, cache)
    old = lock_path.read_bytes()
    web.pages["/c/coefficients-1.0.0.json"] = data
    with pytest.raises((InvalidDocument, EnvironmentProblem), match=words):
        pin(url, lock_path=lock_path, cache=cache)
    assert lock_path.read_bytes() == old


def test_a_snapshot_of_a_newer_format(web: Web, lock_path: Path, cache: Cache) -> None:
    web.pages["/c.json"] = snapshot(10, format=2).data
    with pytest.raises(InvalidDocument, match="pip install --force-reinstall"):
        pin(f"{web.root}/c.json", lock_path=lock_path, cache=cache)
    web.pages |= {"/c.json": snapshot(10).data, "/index.json": b'{"format": 2}'}
    with pytest.raises(InvalidDocument, match="pip install --force-reinstall"):
        pin(f"{web.root}/c.json", lock_path=lock_path, cache=cache)


@pytest.mark.parametrize("page", ["/c/coefficients-1.0.0.json", "/c/index.json"])
def test_a_server_in_trouble_leaves_the_old_lock(
    web: Web, lock_path: Path, cache: Cache, page: str
) -> None:
    url = _serve(web)
    lock = checked_pin(url, lock_path, cache).lock
    old = lock_path.read_bytes()
    for answer in (status(500), redirect(page), redirect("file:///etc/passwd"), web.endless):
        web.pages[page] = answer
        with pytest.raises(EnvironmentProblem, match="was not downloaded"):
            pin(url, lock_path=lock_path, cache=cache)
    assert lock_path.read_bytes() == old
    assert pinned_snapshot(lock, cache).snapshot == snapshot(10)


def test_an_index_that_moved_a_version(web: Web, lock_path: Path, cache: Cache) -> None:
    url = _serve(web)
    checked_pin(f"{url}@1.1.0", lock_path, cache)
    web.pages |= {
        "/c/coefficients-1.1.0.json": snapshot(12).data,
        "/c/index.json": _index(("1.1.0", 12)),
    }
    with pytest.raises(InvalidDocument, match="was moved at its source"):
        pin(f"{url}@1.1.0", lock_path=lock_path, cache=cache)
