"""The releases that a commit contains: tags by hand."""

from __future__ import annotations

from pathlib import Path

from coefgate.core.versions import Version
from coefgate.git.repository import Repository
from coefgate.registry.model import Withdrawn
from coefgate.use_cases.releases.overview import ReleaseOverview, release_overview
from tests.runner.remotes import Remote, snapshot, yank

AT = 1_795_000_000
DATE = {"GIT_COMMITTER_DATE": f"{AT} +0100"}


def _overview(root: Path, revision: str, *withdrawn: str) -> ReleaseOverview:
    gone = Withdrawn({version: yank(version) for version in withdrawn})
    with Repository(root) as repository:
        return release_overview(repository, repository.commit(revision), gone, {})


def test_the_newest_first_with_what_each_holds(tmp_path: Path) -> None:
    remote = Remote(tmp_path, bare=False)
    remote.release("1.0.0")
    remote.release("1.0.1", 100, environment=DATE)
    remote.release("1.0.2", yanked=[yank("1.0.1")])
    found = _overview(tmp_path, "HEAD", "1.0.1", "0.9.0")
    assert [str(one.tag.version) for one in found.releases] == ["1.0.2", "1.0.1", "1.0.0"]
    assert found.releases[1].digest == snapshot(100).digest
    assert found.releases[1].tag.made_at == AT
    assert [(str(one.version), one.release) for one in found.withdrawals] == [
        ("1.0.1", Version(1, 0, 2)),
        ("0.9.0", None),
    ]
    assert found.withdrawn[Version(1, 0, 1)].yank == yank("1.0.1")


def test_a_release_that_the_commit_does_not_contain_is_left_out(tmp_path: Path) -> None:
    remote = Remote(tmp_path, bare=False)
    remote.release("1.0.0")
    remote.release("1.0.1", 100)
    found = _overview(tmp_path, "coefficients/v1.0.0")
    assert [str(one.tag.version) for one in found.releases] == ["1.0.0"]
