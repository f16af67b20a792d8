"""A repository on GitHub: what a job's environment says of it, and its REST API, call by call.

The only place of the package that opens a network connection.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any, Final, TypeVar
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from coefgate.core.problems import EnvironmentProblem, UsageProblem

_Result = TypeVar("_Result")

ATTEMPTS: Final = 4
LONGEST_WAIT: Final = 60.0
"""Seconds; who is told to wait longer gives up."""

_COMMIT: Final = re.compile(r"[0-9a-f]{40}")
_REPOSITORY: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*/[A-Za-z0-9_.-]*[A-Za-z0-9_-]")
_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
_TIMEOUT: Final = 30.0
_PASSING: Final = (429, 500, 502, 503, 504)
_PERMISSIONS: Final = "permissions `statuses: write` and `pull-requests: write`"
_REMEDIES: Final = {
    401: "The token is not valid (any more); set a new one in GITHUB_TOKEN.",
    403: f"The job needs the {_PERMISSIONS}.",
    404: "This token finds no such repository, commit or pull request; the job needs the "
    f"{_PERMISSIONS}.",
    422: "GitHub did not accept the content; start the run again, and report it if it happens "
    "again.",
}


class PublishingFailed(EnvironmentProblem):
    """GitHub did not take what was to be published, or could not be asked."""


class Refused(PublishingFailed):
    """GitHub answered, and said no; ``status`` is the HTTP status of its answer."""

    def __init__(self, message: str, status: int) -> None:
        self.status = status
        super().__init__(message)


class Unavailable(PublishingFailed):
    """A passing fault: no answer, overload, a rate limit. ``after``: seconds to wait, if known."""

    def __init__(self, message: str, after: float | None = None) -> None:
        self.after = after
        super().__init__(message)


class _NoRedirect(HTTPRedirectHandler):
    """A redirect is an answer like others: the token goes to no other address."""

    def redirect_request(self, *_arguments: Any, **_more: Any) -> None:
        return None


_OPENER: Final = build_opener(_NoRedirect)


@dataclass(frozen=True, slots=True)
class PublishingPlace:
    """One repository, below ``root`` (no slash at its end); no message ever shows the ``token``.

    ``run``: the address of the run that publishes, if any. ``wait``: lets seconds go by.
    """

    root: str
    token: str = field(repr=False)
    repository: str
    run: str | None
    wait: Callable[[float], None]

    def call(self, method: str, path: str, payload: dict[str, str] | None = None) -> Any:
        """Make one call about the repository, once, and return the JSON of its answer.

        Raises ``Unavailable`` for faults that may pass, ``Refused`` for an answer that stays.
        """
        path = f"/repos/{self.repository}{path}"
        request = Request(  # noqa: S310 (place_of checks the scheme)
            self.root + path,
            method=method,
            data=None if payload is None else json.dumps(payload).encode(),
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/json; charset=utf-8",
                "User-Agent": "coefgate",
                "X-GitHub-Api-Version": "2022-11-28",
            },
        )
        said = f"{method} {path}"
        try:
            with _OPENER.open(request, timeout=_TIMEOUT) as answer:
                text = answer.read()
        except HTTPError as error:
            with error:
                raise _meaning(error, said) from None
        except (OSError, HTTPException) as error:  # URLError, timeouts and cut connections
            reason = getattr(error, "reason", None) or error
            raise Unavailable(
                f"{said}: no answer from {self.root} ({reason}). Start the run again."
            ) from None
        try:
            return json.loads(text)
        except ValueError:
            raise PublishingFailed(
                f"{said}: the answer of {self.root} is not JSON. Check GITHUB_API_URL."
            ) from None

    def patiently(self, action: Callable[[], _Result]) -> _Result:
        """Run ``action``, and after a passing fault again, ``ATTEMPTS`` in all."""
        for attempt in range(ATTEMPTS - 1):
            try:
                return action()
            except Unavailable as fault:
                seconds = 2.0**attempt if fault.after is None else fault.after
                if seconds > LONGEST_WAIT:
                    raise
                self.wait(seconds)
        return action()


def place_of(
    environment: Mapping[str, str], wait: Callable[[float], None] = time.sleep
) -> PublishingPlace:
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
    run = _run(environment, repository)
    return PublishingPlace(root.rstrip("/"), token, repository, run, wait)


def checked_commit(text: str) -> str:
    """The commit ``text`` if it is a full one; raises ``UsageProblem`` otherwise."""
    if not _COMMIT.fullmatch(text):
        raise UsageProblem(
            f"{text!r} is not a full commit (40 characters, 0-9a-f). See: git rev-parse HEAD"
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
            f"{name} is not set; in a workflow pass it with env: (docs/why/security.md)"
        )
    return value


def _meaning(error: HTTPError, said: str) -> PublishingFailed:
    message = f"{said}: GitHub answered {error.code}{_reason(error)}."
    after = error.headers.get("Retry-After", "")
    limited = error.code == 403 and (after or error.headers.get("X-RateLimit-Remaining") == "0")
    if error.code in _PASSING or limited:
        return Unavailable(
            f"{message} Start the run again later.", float(after) if after.isdecimal() else None
        )
    remedy = _REMEDIES.get(error.code, "Check GITHUB_API_URL and GITHUB_REPOSITORY.")
    return Refused(f"{message} {remedy}", error.code)


def _reason(error: HTTPError) -> str:
    """GitHub's own words about what it did not like, on one line, or nothing."""
    try:
        document = json.loads(error.read(10_000))
        words = document["message"]
    except (ValueError, OSError, HTTPException, KeyError, TypeError):
        return ""
    return f" ({' '.join(str(words).split())[:200]})"
