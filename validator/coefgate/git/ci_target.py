"""The branch that a proposal is on its way to, as a CI names it in the environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

VARIABLES: Final = (
    "COEFGATE_TARGET_BRANCH",
    "GITHUB_BASE_REF",
    "CI_MERGE_REQUEST_TARGET_BRANCH_NAME",
    "CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME",
    "SYSTEM_PULLREQUEST_TARGETBRANCH",
    "BITBUCKET_PR_DESTINATION_BRANCH",
    "CHANGE_TARGET",
)
"""Set for a proposal and for nothing else: by GitHub, GitLab (twice), Azure Pipelines, Bitbucket and Jenkins.

The first is for whoever has another CI. CircleCI sets no such variable, but knows the branch as
the pipeline value ``pipeline.event.github.pull_request.base.ref``, which its configuration can
hand on. docs/gates.md"""


class Named(NamedTuple):
    """A target branch, without ``refs/heads/``, and the variable that names it."""

    variable: str
    branch: str


def named_target(environment: Mapping[str, str]) -> Named | None:
    """The target branch of the proposal that a CI is at work on, ``None`` where there is no such thing."""
    for variable in VARIABLES:
        # Azure gives the full ref for its own repositories and the short name for those of GitHub.
        branch = environment.get(variable, "").strip().removeprefix("refs/heads/")
        if branch:
            return Named(variable, branch)
    return None
