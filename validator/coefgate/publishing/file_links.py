"""Where a forge shows the files of a commit, as far as the environment of its CI says."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import quote

_SERVER: Final = re.compile(r"https://[A-Za-z0-9.-]+(?::[0-9]+)?\Z")
_PROJECT: Final = re.compile(r"https://[A-Za-z0-9.-]+(?::[0-9]+)?(?:/[A-Za-z0-9_.-]+)+\Z")
_NAME: Final = re.compile(r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+\Z")
_COMMIT: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?\Z")


FileLinks = Callable[[tuple[str, int]], str]
"""Gives the address of a line of a file."""


def file_links(environment: Mapping[str, str], commit: str, folder: str = "") -> FileLinks | None:
    """Where GitHub or GitLab shows lines of the files of ``folder`` in a commit.

    ``https://github.com/owner/name/blob/3f2c1ab…/README.md#L7``; ``None`` where it is not known:
    outside of their CI, or for what is no commit.
    """
    above = _address(environment, commit, folder)

    def link(place: tuple[str, int]) -> str:
        file, line = place
        return f"{above}/{quote(file, errors='replace')}#L{line}"

    return link if above else None


def _address(environment: Mapping[str, str], commit: str, folder: str) -> str:
    if not _COMMIT.match(commit):
        return ""
    below = f"/{quote(folder.strip('/'))}" if folder.strip("/") else ""
    server, name = (environment.get(f"GITHUB_{one}", "") for one in ("SERVER_URL", "REPOSITORY"))
    if _SERVER.match(server) and _NAME.match(name):
        return f"{server}/{name}/blob/{commit}{below}"
    project = environment.get("CI_PROJECT_URL", "")
    return f"{project}/-/blob/{commit}{below}" if _PROJECT.match(project) else ""
