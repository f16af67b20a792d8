"""Where a forge shows files: an address of a form that nothing can break out of, or none."""

from __future__ import annotations

import pytest

from coefgate.publishing.file_links import file_links

COMMIT = "3f2c1ab0" * 5
GITHUB = {"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "owner/name"}
GITLAB = {"CI_PROJECT_URL": "https://gitlab.example.org/team/group/name"}


def test_github_shows_lines_of_a_commit() -> None:
    link = file_links(GITHUB, COMMIT)
    assert link is not None
    assert link(("a.yaml", 5)) == f"https://github.com/owner/name/blob/{COMMIT}/a.yaml#L5"


def test_a_registry_in_a_folder_is_shown_there() -> None:
    link = file_links(GITLAB, COMMIT, "teams/the irs/")
    assert link is not None
    below = f"https://gitlab.example.org/team/group/name/-/blob/{COMMIT}/teams/the%20irs"
    assert link(("a b/ö\udcff.yaml", 5)) == f"{below}/a%20b/%C3%B6%3F.yaml#L5"


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
    assert file_links(environment, commit) is None
