"""``coefgate release --push``: branch and tag arrive together, or neither does."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.end_to_end.checkouts import git as elsewhere
from tests.end_to_end.conftest import Coefgate
from tests.end_to_end.releases import (
    ALIAS,
    BETTER,
    Git,
    clone,
    commit,
    meanwhile,
    origin,
    releasable,
    released,
    state,
    succeeded,
)

__all__ = ["origin", "releasable"]


def test_branch_and_tag_arrive_together(
    releasable: Path, git: Git, coefgate: Coefgate, origin: Path
) -> None:
    found = succeeded(coefgate("release", "--push"))
    assert found.out.endswith("pushed: branch and coefficients/v1.0.0 to origin\n")
    tag = git("rev-parse", "coefficients/v1.0.0")
    there = elsewhere(origin, "rev-parse", "main", "coefficients/v1.0.0")
    assert there == f"{git('rev-parse', 'HEAD')}\n{tag}"


def test_the_upstream_of_the_branch_is_where_it_goes(
    releasable: Path, git: Git, coefgate: Coefgate, origin: Path
) -> None:
    git("remote", "rename", "origin", "server")
    git("checkout", "-qb", "work")
    git("push", "-q", "-u", "server", "work:theirs")
    assert succeeded(coefgate("release")).out.endswith(
        "next: git push --atomic server work:theirs coefficients/v1.0.0\n"
    )
    commit(releasable, git, BETTER)
    succeeded(coefgate("release", "--push"))
    assert elsewhere(origin, "rev-parse", "theirs") == git("rev-parse", "HEAD")
    git("config", "--unset", "branch.work.remote")
    commit(releasable, git, ALIAS)
    assert succeeded(coefgate("release")).out.endswith(
        "next: git push --atomic server work coefficients/v1.1.0\n"
    )


def test_what_only_the_server_has_is_told_before_anything_is_done(
    releasable: Path, git: Git, coefgate: Coefgate, origin: Path, tmp_path: Path
) -> None:
    other = clone(git, origin, tmp_path / "other")
    elsewhere(other, "commit", "-q", "--allow-empty", "-m", "meanwhile")
    elsewhere(other, "push", "-q", "origin", "main")
    pull = "Get what is there with: git pull --no-rebase --tags origin main; then do this again."
    before = state(releasable, git)
    found = coefgate("release", "--push")
    assert found.code == 2
    assert (
        f"origin has commits on main that are not here; nothing has changed. {pull}" in found.err
    )
    assert state(releasable, git) == before
    git("pull", "-q", "--no-rebase", "--tags", "origin", "main")

    elsewhere(other, "checkout", "-qb", "side")
    succeeded(coefgate("release", cwd=other))
    elsewhere(other, "push", "-q", "origin", "side", "coefficients/v1.0.0")
    before = state(releasable, git)
    found = coefgate("release", "--push")
    assert found.code == 2
    assert (
        f"origin has the release 1.0.0, which is not here; nothing has changed. {pull}"
        in found.err
    )

    git("tag", "coefficients/v1.0.0")
    found = coefgate("release", "--push", "--dry-run")
    take = "git fetch --force origin refs/tags/coefficients/v1.0.0:refs/tags/coefficients/v1.0.0"
    assert found.code == 2
    assert "origin has another tag coefficients/v1.0.0 than this clone" in found.err
    assert f"take it with: {take}; then do this again." in found.err
    git(*take.split()[1:])
    git("merge", "-q", "side" if git("branch", "--list", "side") else "coefficients/v1.0.0")
    assert "nothing to release: 1.0.0" in succeeded(coefgate("release", "--push")).out


def test_what_is_pushed_by_somebody_else_at_the_same_time_is_not_overtaken(
    releasable: Path, git: Git, coefgate: Coefgate, origin: Path, tmp_path: Path
) -> None:
    other = clone(git, origin, tmp_path / "other")
    succeeded(coefgate("release", cwd=other))
    meanwhile(releasable, other, "main", "coefficients/v1.0.0")
    commit(releasable, git, BETTER)
    base = git("rev-parse", "HEAD")
    found = coefgate("release", "--push")
    assert found.code == 5
    assert "the release is complete here, and nothing of it was pushed" in found.err
    assert found.err.endswith(
        "origin has commits on main that are not here. Take this release back: "
        f"git tag -d coefficients/v1.0.0 && git reset --keep {base[:12]}. "
        "Get what is there with: git pull --no-rebase --tags origin main; then do this again.\n"
    )
    (releasable / ".git/hooks/pre-push").unlink()
    git("tag", "-d", "coefficients/v1.0.0")
    git("reset", "-q", "--keep", base[:12])
    git("pull", "-q", "--no-rebase", "--no-edit", "--tags", "origin", "main")
    assert released(coefgate, "--push") == "1.0.1"


def test_where_a_branch_takes_pull_requests_only_a_release_goes_to_one_beside_it(
    releasable: Path, git: Git, coefgate: Coefgate, origin: Path
) -> None:
    hook = origin / "hooks/update"
    hook.write_text(
        '#!/bin/sh\n[ "$1" != refs/heads/main ] || { echo "pull requests only" >&2; exit 1; }\n'
    )
    hook.chmod(0o755)
    found = coefgate("release", "--push")
    assert found.code == 5
    assert "pull requests only" in found.err
    aside = "git push --atomic origin main:coefficients-1.0.0 coefficients/v1.0.0"
    assert found.err.endswith(
        "Then again: git push --atomic origin main coefficients/v1.0.0\n"
        f"Where main takes pull requests only, push to another branch: {aside}\n"
        "Runners have the release then. Merge coefficients-1.0.0 with a merge commit.\n"
    )
    assert elsewhere(origin, "tag") == ""
    git(*aside.split()[1:])
    assert (
        elsewhere(
            origin, "rev-parse", "coefficients-1.0.0", "coefficients/v1.0.0^{commit}"
        ).split()
        == [git("rev-parse", "HEAD")] * 2
    )


def test_no_remote_is_known_before_anything_is_done(
    releasable: Path, git: Git, coefgate: Coefgate
) -> None:
    before = state(releasable, git)
    found = coefgate("release", "--push")
    assert (found.code, "git remote add origin URL" in found.err) == (2, True)
    assert state(releasable, git) == before


@pytest.mark.parametrize(
    "address",
    [
        "http://somebody:secret@127.0.0.1:9/x.git",
        "https://127.0.0.1:9/x.git?access_token=secret",
        "ssh://git:secret@127.0.0.1:9/x.git",
    ],
)
def test_an_address_in_the_place_of_a_remote_is_asked_of_git_where_it_holds_a_secret(
    address: str, releasable: Path, git: Git, coefgate: Coefgate
) -> None:
    git("config", "branch.main.remote", address)
    found = succeeded(coefgate("release"))
    asked = '"$(git config branch.main.remote)"'
    assert found.out.endswith(f"next: git push --atomic {asked} main coefficients/v1.0.0\n")
    found = coefgate(
        "rollback", "--push", environment={"GIT_TERMINAL_PROMPT": "0", "GIT_SSH_COMMAND": "false"}
    )
    assert (found.code, "cannot be asked, and nothing has changed" in found.err) == (5, True)
    assert "secret" not in found.text


def test_the_command_that_asks_git_for_the_remote_can_be_typed(
    releasable: Path, git: Git, coefgate: Coefgate, origin: Path
) -> None:
    secret = origin.parent / "origin.git?token=secret"
    origin.rename(secret)
    git("checkout", "-q", "-b", "a$b'c")
    git("config", "branch.a$b'c.remote", f"file://{secret}")
    found = succeeded(coefgate("release"))
    command = found.out.splitlines()[-1].removeprefix("next: ")
    assert "token" not in found.text
    subprocess.run(["sh", "-c", command], cwd=releasable, check=True, capture_output=True)
    assert elsewhere(secret, "tag") == "coefficients/v1.0.0"


def test_an_address_with_a_user_name_for_ssh_is_shown_as_it_is(
    releasable: Path, git: Git, coefgate: Coefgate
) -> None:
    git("config", "branch.main.remote", "ssh://git@127.0.0.1:9/x.git")
    found = succeeded(coefgate("release"))
    assert found.out.endswith(" --atomic ssh://git@127.0.0.1:9/x.git main coefficients/v1.0.0\n")


def test_a_server_that_is_not_there_says_so_without_credentials(
    releasable: Path, git: Git, coefgate: Coefgate
) -> None:
    git("remote", "add", "origin", "http://somebody:secret@127.0.0.1:9/x.git")
    before = state(releasable, git)
    found = coefgate("release", "--push", environment={"GIT_TERMINAL_PROMPT": "0"})
    assert found.code == 5
    assert "secret" not in found.text
    assert "origin cannot be asked, and nothing has changed" in found.err
    assert state(releasable, git) == before


def test_a_server_that_is_gone_meanwhile_may_be_asked_again_later(
    releasable: Path, git: Git, coefgate: Coefgate, origin: Path, tmp_path: Path
) -> None:
    hook = releasable / ".git/hooks/pre-push"
    hook.write_text(f"#!/bin/sh\nmv {origin} {origin}.gone\nexit 1\n", "utf-8")
    hook.chmod(0o755)
    found = coefgate("release", "--push")
    assert found.code == 5
    assert found.err.endswith("Then again: git push --atomic origin main coefficients/v1.0.0\n")
    Path(f"{origin}.gone").rename(origin)
    hook.unlink()
    found = succeeded(coefgate("release", "--push"))
    assert found.out.splitlines()[0].startswith("nothing to release: 1.0.0")
    assert found.out.splitlines()[1:] == ["pushed: branch and coefficients/v1.0.0 to origin"]
    assert elsewhere(origin, "tag") == "coefficients/v1.0.0"
    for again in (["--push"], []):
        said = succeeded(coefgate("release", *again)).out.splitlines()
        assert said[1:] == ["nothing to push: origin has branch and coefficients/v1.0.0"]
