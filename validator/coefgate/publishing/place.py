"""Where a verdict is published: what the job's environment says, checked before it is used."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from coefgate.core.problems import EnvironmentProblem, UsageProblem
from coefgate.publishing.api import Api

_COMMIT: Final = re.compile(r"[0-9a-f]{40}")
_REPOSITORY: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*/[A-Za-z0-9_.-]*[A-Za-z0-9_-]")
_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class PublishingPlace:
    """One repository on GitHub; ``run``: the address of the run that publishes, if any."""

    api: Api
    repository: str
    run: str | None


def place_of(environment: Mapping[str, str]) -> PublishingPlace:
    """Read ``GITHUB_API_URL``, ``GITHUB_TOKEN``, ``GITHUB_REPOSITORY`` and the address of the run.

    Raises ``EnvironmentProblem`` naming the variable that is missing or cannot be used.
    """
    repository = _needed(environment, "GITHUB_REPOSITORY")
    if not _REPOSITORY.fullmatch(repository):
        raise EnvironmentProblem(
            f"GITHUB_REPOSITORY is {repository!r}; it must be like owner/name"
        )
    root = environment.get("GITHUB_API_URL", "") or "https://api.github.com"
    address = urlsplit(root)
    if address.scheme != "https" and not (
        address.scheme == "http" and address.hostname in _LOOPBACK
    ):
        raise EnvironmentProblem(
            f"GITHUB_API_URL is {root!r}; a token is sent over https only, so it must begin with "
            "https://"
        )
    token = _needed(environment, "GITHUB_TOKEN")
    if not (token.isascii() and token.isprintable() and " " not in token):
        raise EnvironmentProblem(
            "GITHUB_TOKEN holds a space or a line break; set it to the token alone"
        )
    return PublishingPlace(Api(root.rstrip("/"), token), repository, _run(environment, repository))


def checked_commit(text: str) -> str:
    """The commit ``text`` if it is a full one; raises ``UsageProblem`` otherwise."""
    if not _COMMIT.fullmatch(text):
        raise UsageProblem(
            f"{text!r} is no full commit (40 characters, 0-9a-f). See: git rev-parse HEAD"
        )
    return text


def _run(environment: Mapping[str, str], repository: str) -> str | None:
    server, number = environment.get("GITHUB_SERVER_URL", ""), environment.get("GITHUB_RUN_ID", "")
    if not (server.startswith("https://") and number.isdecimal()):
        return None
    return f"{server.rstrip('/')}/{repository}/actions/runs/{number}"


def _needed(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "")
    if not value:
        raise EnvironmentProblem(
            f"{name} is not set; in a workflow hand it over with env: (docs/security.md)"
        )
    return value
