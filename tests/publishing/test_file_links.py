"""Where a forge shows files: an address of a form that nothing can break out of, or none."""

from __future__ import annotations

import pytest

from coefgate.publishing.file_links import files_address

COMMIT = "3f2c1ab0" * 5
GITHUB = {"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "owner/name"}
GITLAB = {"CI_PROJECT_URL": "https://gitlab.example.org/team/group/name"}


def test_github_shows_blobs_of_a_commit() -> None:
    assert files_address(GITHUB, COMMIT) == f"https://github.com/owner/name/blob/{COMMIT}"


def test_a_registry_in_a_folder_is_shown_there() -> None:
    below = files_address(GITLAB, COMMIT, "teams/the irs/")
    assert below == f"https://gitlab.example.org/team/group/name/-/blob/{COMMIT}/teams/the%20irs"


@pytest.mark.parametrize(
    ("environment", "commit"),
    [
        ({}, COMMIT),
        (GITHUB, "worktree"),
        (GITHUB, COMMIT[:12]),
        ({**GITHUB, "GITHUB_SERVER_URL": "http://github.com"}, COMMIT),
        ({**GITHUB, "GITHUB_REPOSITORY": "owner/name)](x"}, COMMIT),
        ({"CI_PROJECT_URL": "https://gitlab.example.org/a b"}, COMMIT),
    ],
)
def test_what_is_not_known_is_no_address(environment: dict[str, str], commit: str) -> None:
    assert files_address(environment, commit) == ""
