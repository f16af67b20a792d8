"""A stand-in for GitHub's REST API: keeps statuses and comments, refuses what GitHub refuses."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

REPOSITORY: Final = "example/registry"
TOKEN: Final = "a-token-of-the-stand-in"  # noqa: S105 (opens nothing)
BOT: Final = "github-actions[bot]"


@dataclass(frozen=True, slots=True)
class Fault:
    """What the next call is answered with, in place of what it asks for.

    ``after_work``: the call does its work first, and only its answer is lost.
    """

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b'{"message": "planted"}'
    after_work: bool = False


@dataclass(slots=True)
class GitHub:
    """What the stand-in keeps: ``statuses`` by commit, oldest first, ``comments`` by pull request.

    ``faults`` are for the next calls, one each; ``None`` lets a call through.
    """

    root: str = ""
    statuses: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    comments: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    faults: list[Fault | None] = field(default_factory=list)
    refused_tokens: list[str] = field(default_factory=list)

    def comment(self, pull_request: int, body: str, *, login: str | None = BOT) -> dict[str, Any]:
        """Add a comment by ``login``; ``None``: by an account that was deleted."""
        number = 1000 + sum(map(len, self.comments.values()))
        kept = {
            "id": number,
            "body": body,
            "user": None if login is None else {"login": login},
            "html_url": f"https://github.example/{REPOSITORY}/pull/{pull_request}#issuecomment-{number}",
        }
        self.comments.setdefault(pull_request, []).append(kept)
        return kept

    def environment(self) -> dict[str, str]:
        """What a job on GitHub finds in its environment, with the API here."""
        return {
            "GITHUB_API_URL": self.root,
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_TOKEN": TOKEN,
            "GITHUB_SERVER_URL": "https://github.example",
            "GITHUB_RUN_ID": "42",
        }

    def answer(self, method: str, target: str, payload: dict[str, Any]) -> tuple[int, Any]:
        """Do what a call asks for, as GitHub documents it."""
        address = urlsplit(target)
        path = address.path.removeprefix(f"/repos/{REPOSITORY}/")
        if found := re.fullmatch(r"statuses/([0-9a-f]{40})", path):
            return self._status(found[1], payload) if method == "POST" else (405, {})
        if found := re.fullmatch(r"issues/(\d+)/comments", path):
            if method == "POST":
                return self._written(self.comment(int(found[1]), ""), payload, 201)
            query = {name: int(values[0]) for name, values in parse_qs(address.query).items()}
            start = (query["page"] - 1) * query["per_page"]
            return 200, self.comments.get(int(found[1]), [])[start : start + query["per_page"]]
        if (found := re.fullmatch(r"issues/comments/(\d+)", path)) and method == "PATCH":
            for kept in chain.from_iterable(self.comments.values()):
                if kept["id"] == int(found[1]):
                    return self._written(kept, payload, 200)
        return 404, {"message": "Not Found"}

    def _status(self, commit: str, payload: dict[str, Any]) -> tuple[int, Any]:
        if (
            payload["state"] not in ("error", "failure", "pending", "success")
            or len(payload["description"]) > 140
        ):
            return 422, {"message": "Validation Failed"}
        self.statuses.setdefault(commit, []).append(payload)
        return 201, payload

    def _written(
        self, kept: dict[str, Any], payload: dict[str, Any], status: int
    ) -> tuple[int, Any]:
        if len(payload["body"]) > 65_536:
            return 422, {"message": "Body is too long (maximum is 65536 characters)"}
        kept["body"] = payload["body"]
        return status, kept


def _handler(github: GitHub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            github.calls.append((self.command, self.path))
            if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                github.refused_tokens.append(self.headers.get("Authorization", ""))
                return self._answer(401, {}, b'{"message": "Bad credentials"}')
            fault = github.faults.pop(0) if github.faults else None
            status, answer = 0, None
            if fault is None or fault.after_work:
                status, answer = github.answer(
                    self.command, self.path, json.loads(body) if body else {}
                )
            if fault is not None:
                return self._answer(fault.status, fault.headers, fault.body)
            return self._answer(status, {}, json.dumps(answer).encode())

        def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PATCH = _serve  # noqa: N815 (names that http.server asks for)

        def log_message(self, *_arguments: object) -> None:
            pass

    return Handler


@contextmanager
def github_stand_in() -> Iterator[GitHub]:
    """A stand-in that serves until the end of the block."""
    github = GitHub()
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(github)) as server:
        github.root = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield github
        finally:
            server.shutdown()
            thread.join()
