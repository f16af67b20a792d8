"""Following snapshot files with an index beside them, as a server or a folder offers them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from coefgate import Registry, YankedVersionWarning
from coefgate.core.release import Published, index_bytes, index_of
from coefgate.core.yanks import Yank
from coefgate.runner import serving
from coefgate.runner.lock import NAME, Lock, Trust, lock_bytes
from tests.runner.remotes import snapshot, version, yank
from tests.runner.shelf import commit_of, follow


@pytest.fixture(autouse=True)
def nobody_was_warned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "_warned", set())


def _offer(folder: Path, versions: dict[str, int], yanked: Iterable[Yank] = ()) -> None:
    """Put files of versions (text → tokens of ``docs.low``) and their index into a folder."""
    folder.mkdir(exist_ok=True)
    for text, low in versions.items():
        (folder / f"coefficients-{text}.json").write_bytes(snapshot(low).data)
    published = [
        Published(version(text), commit_of(text), snapshot(low).digest)
        for text, low in versions.items()
    ]
    (folder / "index.json").write_bytes(index_bytes(index_of(published, yanked)))


def _lock(folder: Path, text: str, low: int) -> Path:
    url = (folder / f"coefficients-{text}.json").as_uri()
    path = folder.parent / NAME
    path.write_bytes(
        lock_bytes(Lock(url, version(text), commit_of(text), snapshot(low).digest, Trust()))
    )
    return path


def test_follows_an_index_up_and_through_a_rollback(tmp_path: Path) -> None:
    files = tmp_path / "files"
    _offer(files, {"1.4.0": 1511})
    lock = _lock(files, "1.4.0", 1511)
    registry = Registry.from_lock(lock, cache=tmp_path / "cache")
    following = follow(registry, wait=lambda _: True)
    assert (following.check(), following.problem) == ((), None)
    _offer(files, {"1.4.0": 1511, "1.4.1": 600})
    assert [event.kind for event in following.check()] == ["swapped"]
    _offer(files, {"1.4.0": 1511, "1.4.1": 600, "1.4.2": 1511}, [yank("1.4.1", "1.4.2")])
    assert [event.message for event in following.check()] == ["1.4.1 was withdrawn: too low"]
    assert (registry.version, registry.digest) == ("1.4.2", snapshot().digest)


def test_a_new_process_knows_what_following_learnt_of_its_pin(tmp_path: Path) -> None:
    files = tmp_path / "files"
    _offer(files, {"1.4.1": 600})
    lock = _lock(files, "1.4.1", 600)
    registry = Registry.from_lock(lock, cache=tmp_path / "cache")
    _offer(files, {"1.4.1": 600, "1.4.2": 1511}, [yank("1.4.1", "1.4.2")])
    follow(registry, wait=lambda _: True).check()
    assert registry.version == "1.4.2"
    with pytest.warns(
        YankedVersionWarning, match=r"version 1\.4\.1 was withdrawn .*: too low\. Use 1\.4\.2"
    ):
        assert Registry.from_lock(lock, cache=tmp_path / "cache").version == "1.4.1"


def test_a_yank_that_comes_into_the_index_without_a_release(tmp_path: Path) -> None:
    files = tmp_path / "files"
    versions = {"1.4.0": 1511, "1.4.1": 600}
    _offer(files, versions)
    registry = Registry.from_lock(_lock(files, "1.4.1", 600), cache=tmp_path / "cache")
    following = follow(registry, wait=lambda _: True)
    assert (following.check(), registry.version) == ((), "1.4.1")
    _offer(files, versions, [yank("1.4.1", "1.4.0")])
    assert [event.message for event in following.check()] == ["1.4.1 was withdrawn: too low"]
    assert registry.version == "1.4.0"
    assert following.check() == ()
    _offer(files, versions)  # taken back, so it is the newest again
    assert [event.message for event in following.check()] == ["1.4.1 was released"]


def test_a_file_that_is_cut_off_keeps_the_last_good_one(tmp_path: Path) -> None:
    files = tmp_path / "files"
    _offer(files, {"1.4.0": 1511, "1.4.1": 1600})
    lock = _lock(files, "1.4.0", 1511)
    whole = (files / "coefficients-1.4.1.json").read_bytes()
    (files / "coefficients-1.4.1.json").write_bytes(whole[:-9])
    registry = Registry.from_lock(lock, cache=tmp_path / "cache")
    following = follow(registry, wait=lambda _: True)
    assert [event.kind for event in following.check()] == ["refused"]
    assert "was altered, or is not complete" in str(following.problem)
    (files / "coefficients-1.4.1.json").write_bytes(whole)  # it heals by itself
    assert [event.kind for event in following.check()] == ["swapped"]
    assert (registry.version, following.problem) == ("1.4.1", None)
