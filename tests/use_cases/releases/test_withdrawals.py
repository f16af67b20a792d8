"""What was withdrawn, by which release: tags by hand, and the file in the folder."""

from __future__ import annotations

from pathlib import Path

from coefgate.telemetry.runners import Withdrawal
from coefgate.telemetry.times import SECOND
from coefgate.use_cases.releases.withdrawals import withdrawals
from tests.runner.remotes import Remote, snapshot, yank

AT = 1_795_000_000
DATE = {"GIT_COMMITTER_DATE": f"{AT} +0100"}
BAD, WORSE = snapshot(100).digest, snapshot(50).digest


def test_a_version_is_taken_back_by_the_first_release_that_says_so(tmp_path: Path) -> None:
    remote = Remote(tmp_path, bare=False)
    remote.release("1.0.0")
    remote.release("1.0.1", 100)
    remote.release("1.0.2", yanked=[yank("1.0.1")], environment=DATE)
    remote.release("1.0.3", 50, yanked=[yank("1.0.1")])
    remote.release("1.0.4", yanked=[yank("1.0.3"), yank("1.0.1")], environment=DATE)
    assert withdrawals(tmp_path) == (
        Withdrawal("1.0.2", AT * SECOND, frozenset({"1.0.1"}), frozenset({BAD})),
        Withdrawal("1.0.4", AT * SECOND, frozenset({"1.0.3"}), frozenset({WORSE})),
    )


def test_a_digest_that_stands_under_another_version_is_good(tmp_path: Path) -> None:
    remote = Remote(tmp_path, bare=False)
    remote.release("1.0.0")
    remote.release("1.0.1", 100)
    remote.release("1.0.2", yanked=[yank("1.0.1"), yank("1.0.0")], environment=DATE)
    (found,) = withdrawals(tmp_path)
    assert (found.versions, found.digests) == (frozenset({"1.0.0", "1.0.1"}), frozenset({BAD}))


def test_the_file_says_what_was_not_released_yet(tmp_path: Path) -> None:
    file = tmp_path / "coefficients" / "yanked.yaml"
    file.parent.mkdir()
    file.write_text(
        'yanked:\n- {version: 1.0.1, date: "2026-11-30", reason: too low, replacement: null}\n'
    )
    unknown = Withdrawal(None, None, frozenset({"1.0.1"}), frozenset())
    assert withdrawals(tmp_path) == (unknown,)  # outside of git
    remote = Remote(tmp_path, bare=False)
    assert withdrawals(tmp_path) == (unknown,)  # without a commit
    remote.release("1.0.0")
    remote.release("1.0.1", 100)
    assert withdrawals(tmp_path) == (
        Withdrawal(None, None, frozenset({"1.0.1"}), frozenset({BAD})),
    )
