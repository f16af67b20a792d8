"""Pin and update against real repositories: what is refused leaves the old lock."""

from __future__ import annotations

import errno
import os
import subprocess
from pathlib import Path

import pytest

from coefgate.core.problems import EnvironmentProblem, InvalidDocument, NoSuchRelease, UsageProblem
from coefgate.runner.cache import Cache
from coefgate.runner.lock import Lock, Trust, read_lock
from coefgate.runner.pin import PinChange, pin, update
from coefgate.runner.verify import show, verify
from tests.runner.pins import checked_pin
from tests.runner.remotes import Remote, snapshot, version, yank
from tests.runner.servers import Web


def test_pins_the_newest(remote: Remote, lock_path: Path, cache: Cache) -> None:
    done = checked_pin(remote.url, lock_path, cache)
    commit = remote.git("rev-parse", "coefficients/v1.1.0^{commit}")
    assert done == PinChange(
        Lock(remote.url, version("1.1.0"), commit, snapshot(11).digest, Trust()), None, ()
    )
    assert verify(lock_path, cache).cached
    assert verify(lock_path, cache, online=True).newest == version("1.1.0")


@pytest.mark.parametrize("wish", ["1.0.0", "v1.0.0", "coefficients/v1.0.0"])
def test_pins_a_version(remote: Remote, lock_path: Path, cache: Cache, wish: str) -> None:
    assert checked_pin(f"{remote.folder}@{wish}", lock_path, cache).lock.version == version(
        "1.0.0"
    )


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
    with pytest.raises(
        UsageProblem, match=f"is not a release.*coefgate pin {remote.url}@{advice}$"
    ):
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
    assert checked_pin(remote.url, lock_path, cache).lock.version == version("1.1.0")
    done = checked_pin(f"{remote.url}@1.2.0", lock_path, cache)
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
    [told] = checked_pin(f"{remote.url}@1.0.0", lock_path, cache).warnings
    assert "not known whether 1.0.0 is withdrawn" in told
    with pytest.raises(InvalidDocument, match="coefgate update --to VERSION"):
        update(lock_path, cache)
    assert update(lock_path, cache, to=version("1.1.0")).lock.version == version("1.1.0")
    found = verify(lock_path, cache, online=True)
    assert "carries no snapshot" in (found.trouble or "")
    assert "carries no snapshot" in (show(lock_path, cache).trouble or "")


def test_updates(remote: Remote, lock_path: Path, cache: Cache) -> None:
    checked_pin(f"{remote.url}@1.0.0", lock_path, cache)
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
    checked_pin(remote.url, lock_path, cache)
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
    checked_pin(remote.url, lock_path, cache)
    remote.release("1.0.1", 11, yanked=[yank("1.0.0"), yank("1.0.1")])
    done = update(lock_path, cache)
    assert done.lock == done.before
    assert "Leave it with: coefgate update" in done.warnings[0]


def test_a_lock_that_cannot_be_written(remote: Remote, cache: Cache, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match=r"cannot be written: No such file.*ls -ld"):
        pin(remote.url, lock_path=tmp_path / "none" / "coefgate.lock", cache=cache)


def test_a_full_disk_leaves_the_old_lock(
    remote: Remote, lock_path: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked_pin(f"{remote.url}@1.0.0", lock_path, cache)
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
    checked_pin(remote.url, lock_path, cache)
    assert lock_path.is_symlink()
    assert read_lock(tmp_path / "real" / "the.lock") == read_lock(lock_path)


def test_a_lock_that_is_no_file(remote: Remote, cache: Cache, tmp_path: Path) -> None:
    """Nothing takes its place: who may do everything would lose a device."""
    os.mkfifo(tmp_path / "pipe")
    for place in (tmp_path / "pipe", tmp_path):
        with pytest.raises(EnvironmentProblem, match=r"is not a file\. .* --lock FILE"):
            checked_pin(remote.url, place, cache)
    assert (tmp_path / "pipe").is_fifo()


def test_a_broken_lock_is_written_anew(remote: Remote, lock_path: Path, cache: Cache) -> None:
    lock_path.write_text("<<<<<<< HEAD\n")
    assert checked_pin(remote.url, lock_path, cache).before is None


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
    checked_pin(remote.url, lock_path, cache, trust)
    assert read_lock(lock_path).trust == trust
    remote.release("2.1.0", 21)  # by somebody who has no key
    with pytest.raises(InvalidDocument, match="is not signed with an ssh key"):
        pin(remote.url, lock_path=lock_path, cache=cache)
    with pytest.raises(InvalidDocument, match="is not signed with an ssh key"):
        update(lock_path, cache)
    assert read_lock(lock_path).version == version("2.0.0")
    assert verify(lock_path, cache, online=True).trouble is not None
    lock_path.unlink()
    assert checked_pin(remote.url, lock_path, cache).lock.version == version("2.1.0")


def test_a_lock_that_asks_for_signatures_no_longer_is_told(
    remote: Remote, lock_path: Path, cache: Cache, tmp_path: Path
) -> None:
    settings, trust = _signer(tmp_path, "signer")
    remote.release("2.0.0", 20, options=["-s"], settings=settings)
    assert checked_pin(remote.url, lock_path, cache, trust).warnings == ()
    assert checked_pin(remote.url, lock_path, cache).warnings == ()
    (tmp_path / "link.git").symlink_to(remote.folder)
    other = (tmp_path / "link.git").as_uri()
    [told] = checked_pin(other, lock_path, cache).warnings
    assert told == (
        f"the lock asked for signed releases of {remote.url}, and now takes unsigned ones of "
        f"{other}. If not meant: coefgate pin {remote.url} --allowed-signers FILE"
    )
    assert read_lock(lock_path).trust == Trust()
    assert checked_pin(other, lock_path, cache).warnings == ()


def test_signers_are_for_git(lock_path: Path, cache: Cache, web: Web, tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="a snapshot file carries no signature"):
        pin(f"{web.root}/c-1.0.0.json", lock_path=lock_path, cache=cache, trust=Trust(("a b",)))


def test_what_was_asked_for_is_judged_before_the_newest_release(
    remote: Remote, lock_path: Path, cache: Cache
) -> None:
    """It was moved as well; who asks for what is not there is told of that."""
    checked_pin(remote.url, lock_path, cache)
    remote.release("1.1.0", 99, options=["-f"])
    with pytest.raises(NoSuchRelease, match=r"no tag coefficients/v3\.0\.0"):
        update(lock_path, cache, to=version("3.0.0"))
    with pytest.raises(
        UsageProblem, match=rf"is not a release.*coefgate pin {remote.url}@1\.1\.0$"
    ):
        pin(f"{remote.url}@main", lock_path=lock_path, cache=cache)
    with pytest.raises(InvalidDocument, match="was moved at its source"):
        update(lock_path, cache, to=version("1.0.0"))
