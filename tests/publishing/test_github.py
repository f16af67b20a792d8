from __future__ import annotations

import pytest

from coefgate.core.problems import EnvironmentProblem, UsageProblem
from coefgate.publishing.github import checked_commit, place_of

COMPLETE = {"GITHUB_REPOSITORY": "example/registry", "GITHUB_TOKEN": "ghs_1"}


def test_github_itself_is_the_default() -> None:
    place = place_of(COMPLETE)
    assert (place.root, place.repository, place.run) == (
        "https://api.github.com",
        "example/registry",
        None,
    )


def test_a_server_of_ones_own_and_the_run() -> None:
    place = place_of(
        {
            **COMPLETE,
            "GITHUB_API_URL": "https://git.example/api/v3/",
            "GITHUB_SERVER_URL": "https://git.example",
            "GITHUB_RUN_ID": "7",
        }
    )
    assert place.root == "https://git.example/api/v3"
    assert place.run == "https://git.example/example/registry/actions/runs/7"


@pytest.mark.parametrize("name", COMPLETE)
def test_what_is_missing_is_named(name: str) -> None:
    with pytest.raises(EnvironmentProblem, match=f"{name} is not set"):
        place_of({**COMPLETE, name: ""})


@pytest.mark.parametrize(
    "repository", ["registry", "a/b/c", "a/..", "a b/c", "a/b?x=1", "../b", "a/b\n"]
)
def test_a_repository_is_owner_and_name(repository: str) -> None:
    with pytest.raises(EnvironmentProblem, match="GITHUB_REPOSITORY"):
        place_of({**COMPLETE, "GITHUB_REPOSITORY": repository})


@pytest.mark.parametrize(
    "root", ["http://api.github.com", "ftp://x", "file:///etc", "api.github.com"]
)
def test_a_token_is_sent_over_https_only(root: str) -> None:
    with pytest.raises(EnvironmentProblem, match="must begin with https://"):
        place_of({**COMPLETE, "GITHUB_API_URL": root})


@pytest.mark.parametrize("token", ["a b", "a\n", "a\r\nX-Header: b", "ä"])
def test_a_token_cannot_smuggle_a_header(token: str) -> None:
    with pytest.raises(EnvironmentProblem, match="GITHUB_TOKEN") as failed:
        place_of({**COMPLETE, "GITHUB_TOKEN": token})
    assert token not in str(failed.value)


@pytest.mark.parametrize("commit", ["", "main", "a1" * 19, "A1" * 20, "a1" * 20 + "\n", "a1" * 32])
def test_a_commit_is_named_in_full(commit: str) -> None:
    with pytest.raises(UsageProblem, match="not a full commit"):
        checked_commit(commit)
    assert checked_commit("a1" * 20) == "a1" * 20
