"""What git may do for a fetcher: its surroundings, and servers that want too much."""

from __future__ import annotations

import os
import select
import stat
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from coefgate.core.problems import EnvironmentProblem, NoSuchRelease
from coefgate.runner.git_fetcher import GitFetcher
from coefgate.runner.lock import Trust
from tests.runner.remotes import Remote, snapshot, version
from tests.runner.servers import Web, git_server, redirect

V1, V2 = version("1.0.0"), version("1.1.0")


def _fetcher(remote: Remote, *signers: str) -> GitFetcher:
    return GitFetcher(remote.url, Trust(signers))


def test_without_git(remote: Remote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EnvironmentProblem, match="git --version"):
        _fetcher(remote).versions()


def test_a_repository_in_the_environment_is_not_meant(
    remote: Remote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_NAMESPACE",
    ):
        monkeypatch.setenv(name, str(tmp_path / "elsewhere"))
    assert _fetcher(remote).release(V2).snapshot == snapshot(11)
    assert not (tmp_path / "elsewhere").exists()


def test_no_hook_runs(remote: Remote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hook = tmp_path / "hooks" / "reference-transaction"
    hook.parent.mkdir()
    hook.write_text(f"#!/bin/sh\ntouch '{tmp_path}/ran'\n")
    hook.chmod(hook.stat().st_mode | stat.S_IXUSR)
    (tmp_path / "config").write_text(f"[core]\n\thooksPath = {hook.parent}\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "config"))
    assert _fetcher(remote).release(V2).snapshot == snapshot(11)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("other", ["ext::touch RAN", "git://127.0.0.1/x", "http://127.0.0.1:1/x"])
def test_no_other_protocol_by_a_detour(
    remote: Remote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: str
) -> None:
    place = other.replace("RAN", str(tmp_path / "ran"))
    (tmp_path / "config").write_text(
        f'[url "{place} "]\n\tinsteadOf = {remote.url}\n[protocol]\n\tallow = always\n'
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "config"))
    with pytest.raises(EnvironmentProblem, match=r"transport '(?:ext|git|http)' not allowed"):
        _fetcher(remote).versions()
    assert not (tmp_path / "ran").exists()


def test_what_the_environment_allows_is_not_widened(
    remote: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_ALLOW_PROTOCOL", "https:ext")
    with pytest.raises(EnvironmentProblem, match="transport 'file' not allowed"):
        _fetcher(remote).versions()


def test_no_room(remote: Remote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "none"))
    with pytest.raises(EnvironmentProblem, match=r"no room for git in .* export TMPDIR=FOLDER"):
        _fetcher(remote).versions()


@pytest.mark.parametrize("way", ["hang", "trickle", "hang_in_body"])
def test_a_server_that_is_never_done(
    web: Web, way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    web.pages["/r.git/info/refs?service=git-upload-pack"] = getattr(web, way)
    with pytest.raises(EnvironmentProblem, match=r"it did not answer within 0\.4 s"):
        GitFetcher(f"{web.root}/r.git", Trust(), timeout=0.4).versions()
    assert list(tmp_path.iterdir()) == []


def test_a_gigabyte_is_not_kept_in_memory(web: Web) -> None:
    web.pages["/r.git/info/refs?service=git-upload-pack"] = web.endless
    with pytest.raises(EnvironmentProblem, match="Out of memory"):
        GitFetcher(f"{web.root}/r.git", Trust()).versions()


@pytest.mark.parametrize("filters", ["true", "false"])
def test_a_release_over_http(web: Web, remote: Remote, filters: str) -> None:
    remote.git("config", "uploadpack.allowFilter", filters)
    web.other = git_server(remote.folder.parent)
    fetcher = GitFetcher(f"{web.root}/remote.git", Trust())
    assert set(fetcher.versions()) == {V1, V2}
    assert fetcher.release(V2).snapshot == snapshot(11)
    with pytest.raises(NoSuchRelease):
        fetcher.release(version("9.0.0"))


@pytest.mark.parametrize("url", ["git@h.example:{}", "ssh://git@h.example{}"])
def test_a_release_over_ssh(
    remote: Remote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    program = tmp_path / "ssh"
    program.write_text(
        '#!/bin/sh\nfor last; do :; done\nexec sh -c "$last"\n'
    )  # the far end is here
    program.chmod(0o755)
    monkeypatch.setenv("GIT_SSH_COMMAND", f"'{program}'")
    fetcher = GitFetcher(url.format(remote.folder), Trust())
    assert set(fetcher.versions()) == {V1, V2}
    assert fetcher.release(V2).snapshot == snapshot(11)


def test_a_redirect_to_another_server_mid_way(web: Web, remote: Remote) -> None:
    web.pages["/r.git/info/refs?service=git-upload-pack"] = redirect("file:///etc/passwd")
    with pytest.raises(EnvironmentProblem, match="could not be read"):
        GitFetcher(f"{web.root}/r.git", Trust()).versions()


def test_a_server_that_cannot(web: Web) -> None:
    with pytest.raises(EnvironmentProblem, match="not found"):
        GitFetcher(f"{web.root}/r.git", Trust()).versions()


SSH = """#!/bin/sh
echo "$$ $*" > '{log}'
exec sleep 60
"""


def test_all_that_git_started_is_ended_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, log = tmp_path / "bin" / "ssh", tmp_path / "log"
    program.parent.mkdir()
    program.write_text(SSH.format(log=log))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(EnvironmentProblem, match="it did not answer within 2 s"):
        GitFetcher("git@h.example:r.git", Trust(), timeout=2.0).versions()
    pid, arguments = log.read_text().split(" ", 1)
    assert "BatchMode=yes" in arguments
    with suppress(ProcessLookupError):  # it was killed; that it is gone may take a moment more
        ended = os.pidfd_open(int(pid))
        assert select.select([ended], [], [], 10)[0]
        os.close(ended)


RUNNER = """
import os, sys, threading, time
from coefgate.runner.git_fetcher import GitFetcher
from coefgate.runner.lock import Trust
look = GitFetcher("git@h.example:r.git", Trust()).versions
threading.Thread(target=look, daemon=True).start()
sys.stdin.read()
{end}
"""


@pytest.mark.parametrize(("end", "code"), [("", 0), ("os.kill(os.getpid(), 9)", -9)])
def test_a_runner_that_is_gone_leaves_no_git(tmp_path: Path, end: str, code: int) -> None:
    """Each process below it holds the pipe ``alive`` open; one that is left would for ever."""
    scratch, alive = tmp_path / "scratch", tmp_path / "alive"
    scratch.mkdir()
    os.mkfifo(alive)
    hang = f"exec 4> '{alive}'; echo begun >&4; exec sleep 60; :"
    surroundings = {**os.environ, "GIT_SSH_COMMAND": hang, "TMPDIR": str(scratch)}
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", RUNNER.format(end=end)],
        env=surroundings,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as runner:
        pipe = os.open(alive, os.O_RDONLY)  # opens when ssh does
        try:
            assert os.read(pipe, 100) == b"begun\n"
            _, said = runner.communicate()
            assert (runner.returncode, said) == (code, b"")
            ready, _, _ = select.select([pipe], [], [], 20)
            assert ready
            assert os.read(pipe, 1) == b""
        finally:
            os.close(pipe)
    if code == 0:
        assert list(scratch.iterdir()) == []


FORKING = """
import os, sys
from coefgate.runner.git_fetcher import GitFetcher
from coefgate.runner.lock import Trust
with GitFetcher("git@h.example:r.git", Trust())._git() as git:
    if (child := os.fork()) == 0:
        sys.exit(0)
    os.waitpid(child, 0)
    print(git.folder.exists())
print(git.folder.exists())
"""


def test_a_forked_child_leaves_the_folder_of_its_parent_alone() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FORKING], capture_output=True, text=True, check=True
    )
    assert done.stdout == "True\nFalse\n"


ENDING = """
import threading, weakref
from coefgate.runner.git_fetcher import GitFetcher
from coefgate.runner.lock import Trust
def look():
    fetcher = GitFetcher("file:///none", Trust())
    with fetcher._git() as git:
        weakref.finalize._exitfunc()  # what takes the folder at the end of a process
        fetcher._begin(git)
thread = threading.Thread(target=look)
thread.start()
thread.join()
"""


def test_a_look_at_the_end_of_a_process_says_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ENDING], capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("", "")


@pytest.mark.parametrize("where", ["environment", "config"])
def test_the_ssh_that_the_user_set_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    command = f"touch '{tmp_path}/used'; exit 1; :"
    if where == "environment":
        monkeypatch.setenv("GIT_SSH_COMMAND", command)
    else:
        (tmp_path / "config").write_text(f'[core]\n\tsshCommand = "{command}"\n')
        monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "config"))
    with pytest.raises(EnvironmentProblem, match="could not be read"):
        GitFetcher("ssh://git@h.example/r.git", Trust()).versions()
    assert (tmp_path / "used").exists()


def test_what_git_sends_is_not_told(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who looks for a fault sets this, and git redacts no header but those that it knows."""
    monkeypatch.setenv("GIT_CURL_VERBOSE", "1")
    monkeypatch.setenv("GIT_TRACE_CURL", "1")
    with pytest.raises(EnvironmentProblem) as caught:
        GitFetcher(f"{web.root}/r.git", Trust()).versions()
    assert "Send header" not in str(caught.value)


def test_what_a_server_says_cannot_steer_a_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    says = r"printf 'fatal: \033[2Jhttps://u:hunter2@h/r\n' >&2; exit 1; :"
    monkeypatch.setenv("GIT_SSH_COMMAND", says)
    with pytest.raises(EnvironmentProblem) as caught:
        GitFetcher("git@h.example:r.git", Trust()).versions()
    assert "https://***@h/r" in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert str(caught.value).isprintable()
