"""Releases from real git repositories; tags and servers that are not what they have to be."""

from __future__ import annotations

import os
import select
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from coefgate.core.problems import EnvironmentProblem, InvalidDocument
from coefgate.core.tag_annotation import read_tag_object
from coefgate.runner.fetcher import NoSuchRelease
from coefgate.runner.git_fetcher import GitFetcher
from coefgate.runner.lock import Trust
from tests.runner.remotes import Remote, snapshot, version, yank
from tests.runner.servers import Web, git_server, redirect, web_server

V1, V2 = version("1.0.0"), version("1.1.0")


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    made = Remote(tmp_path / "remote.git")
    made.release("1.0.0", 10)
    made.release("1.1.0", 11, yanked=[yank("1.0.0", "1.1.0")])
    return made


def _fetcher(remote: Remote, *signers: str) -> GitFetcher:
    return GitFetcher(remote.url, Trust(signers))


def test_every_release_and_nothing_else(remote: Remote) -> None:
    remote.tag("v9.9.9", "another kind of tag\n")
    remote.tag("coefficients/v2", "no version\n")
    remote.tag("coefficients/v2.0.0-rc1", "no version\n")
    remote.git("tag", "coefficients/v3.0.0", "main")  # lightweight: it carries nothing
    remote.git("branch", "refs/tags/coefficients/v4.0.0", "main")
    remote.git("branch", "coefficients/v5.0.0", "main")
    found = _fetcher(remote).versions()
    assert set(found) == {V1, V2}
    assert found[V1] == remote.git("rev-parse", "refs/tags/coefficients/v1.0.0")
    assert _fetcher(remote).named() is None
    assert _fetcher(remote).url_of(V1) == remote.url


def test_a_release(remote: Remote) -> None:
    offered = _fetcher(remote).release(V2)
    assert offered.version == V2
    assert offered.commit == remote.git("rev-parse", "coefficients/v1.1.0^{commit}")
    assert offered.snapshot == snapshot(11)
    assert offered.yanked == (yank("1.0.0", "1.1.0"),)


def test_a_moved_tag_has_another_text(remote: Remote) -> None:
    before = _fetcher(remote).versions()
    remote.release("1.0.0", 12, options=["-f"])
    assert _fetcher(remote).versions()[V1] != before[V1]
    assert _fetcher(remote).release(V1).snapshot == snapshot(12)


def test_a_branch_of_the_same_name_changes_nothing(remote: Remote) -> None:
    remote.git("branch", "coefficients/v1.1.0", "coefficients/v1.0.0^{commit}")
    assert _fetcher(remote).release(V2).snapshot == snapshot(11)


def test_only_the_tag_is_fetched(tmp_path: Path) -> None:
    # A blob that is larger than the limit does not matter, because it never comes.
    remote = Remote(tmp_path / "remote.git")
    large = remote.git("hash-object", "-w", "--stdin", text="".join(map(str, range(2**18))))
    tree = remote.git("mktree", text=f"100644 blob {large}\tlarge\n")
    remote.git("update-ref", "refs/heads/main", remote.git("commit-tree", tree, "-m", "large"))
    remote.release("1.0.0", 10, tree=tree)
    assert GitFetcher(remote.url, Trust(), most=300_000).release(V1).snapshot == snapshot(10)


@pytest.mark.parametrize("bare", [True, False])
def test_hashes_of_the_other_kind(tmp_path: Path, bare: bool) -> None:
    remote = Remote(tmp_path / "remote", bare=bare, options=["--object-format=sha256"])
    remote.release("1.0.0", 10)
    assert len(_fetcher(remote).release(V1).commit or "") == 64
    assert set(_fetcher(remote).versions()) == {V1}


def test_an_empty_repository(tmp_path: Path) -> None:
    assert _fetcher(Remote(tmp_path / "remote.git")).versions() == {}


def test_no_such_release(remote: Remote) -> None:
    with pytest.raises(NoSuchRelease, match=r"no tag coefficients/v9\.0\.0.*git ls-remote --tags"):
        _fetcher(remote).release(version("9.0.0"))


def test_no_such_repository(tmp_path: Path) -> None:
    fetcher = GitFetcher((tmp_path / "none").as_uri(), Trust())
    with pytest.raises(
        EnvironmentProblem, match=r"does not appear to be a git repository.*git ls-remote"
    ):
        fetcher.versions()


def test_a_lightweight_tag(remote: Remote) -> None:
    remote.git("tag", "coefficients/v2.0.0", "main")
    with pytest.raises(
        InvalidDocument, match=r"coefficients/v2\.0\.0 is lightweight: it is a commit's"
    ):
        _fetcher(remote).release(version("2.0.0"))


def test_a_tag_of_a_tag(remote: Remote) -> None:
    remote.git("tag", "-a", "-m", "x", "coefficients/v2.0.0", "coefficients/v1.0.0")
    with pytest.raises(InvalidDocument, match="is on a 'tag'"):
        _fetcher(remote).release(version("2.0.0"))


def test_a_tag_under_another_name(remote: Remote) -> None:
    # A release that was withdrawn, dressed up as a newer one: its signature would still hold.
    old = remote.git("rev-parse", "refs/tags/coefficients/v1.0.0")
    remote.git("update-ref", "refs/tags/coefficients/v2.0.0", old)
    with pytest.raises(InvalidDocument, match=r"was made under the name 'coefficients/v1\.0\.0'"):
        _fetcher(remote).release(version("2.0.0"))


def test_a_tag_without_a_snapshot(remote: Remote) -> None:
    remote.tag("coefficients/v2.0.0", "made by hand\n")
    with pytest.raises(InvalidDocument, match="carries no snapshot"):
        _fetcher(remote).release(version("2.0.0"))


def test_a_message_that_names_another_version(remote: Remote) -> None:
    remote.release("2.0.0", claims="1.9.0")
    with pytest.raises(InvalidDocument, match=r'version is "1\.9\.0"; its name says 2\.0\.0'):
        _fetcher(remote).release(version("2.0.0"))


def test_a_message_of_another_digest(remote: Remote) -> None:
    text = remote.git("cat-file", "tag", "coefficients/v1.1.0").partition("\n\n")[2]
    remote.tag(
        "coefficients/v2.0.0", text.replace('"tokens":11', '"tokens":12').replace("1.1.0", "2.0.0")
    )
    with pytest.raises(InvalidDocument, match="digest is"):
        _fetcher(remote).release(version("2.0.0"))


def test_a_newer_format(remote: Remote) -> None:
    remote.release("2.0.0", format=2)
    with pytest.raises(InvalidDocument, match=r"format 2.*pip install --upgrade coefgate"):
        _fetcher(remote).release(version("2.0.0"))


def test_more_than_any_release_needs(remote: Remote) -> None:
    remote.tag("coefficients/v2.0.0", "x" * 9_000_000 + "\n")
    with pytest.raises(InvalidDocument, match="no release needs as many"):
        _fetcher(remote).release(version("2.0.0"))
    with pytest.raises(EnvironmentProblem, match="it sends more than 100,000 bytes"):
        GitFetcher(remote.url, Trust(), most=100_000).release(version("2.0.0"))


# Signatures


def _key(folder: Path, name: str) -> tuple[Path, str]:
    """A key and its line of allowed signers."""
    path = folder / name
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(path)]
    subprocess.run(command, check=True, capture_output=True)
    return path, f"{name}@example.org {path.with_suffix('.pub').read_text().strip()}"


def _signing(key: Path) -> list[str]:
    return ["-c", "gpg.format=ssh", "-c", f"user.signingKey={key}"]


@pytest.fixture
def keys(tmp_path: Path) -> dict[str, tuple[Path, str]]:
    return {name: _key(tmp_path, name) for name in ("right", "wrong")}


def test_a_release_by_an_allowed_signer(remote: Remote, keys: dict[str, tuple[Path, str]]) -> None:
    right, wrong = keys["right"], keys["wrong"]
    remote.release("2.0.0", 20, options=["-s"], settings=_signing(right[0]))
    assert _fetcher(remote, wrong[1], right[1]).release(version("2.0.0")).snapshot == snapshot(20)
    with pytest.raises(
        InvalidDocument, match="not signed by one of the lock's allowed signers"
    ) as caught:
        _fetcher(remote, wrong[1]).release(version("2.0.0"))
    assert "No principal matched" in str(caught.value)


def test_an_unsigned_release(remote: Remote, keys: dict[str, tuple[Path, str]]) -> None:
    with pytest.raises(InvalidDocument, match="is not signed with an ssh key"):
        _fetcher(remote, keys["right"][1]).release(V2)


def test_a_message_that_was_altered_after_it_was_signed(
    remote: Remote, keys: dict[str, tuple[Path, str]]
) -> None:
    remote.release("2.0.0", 20, options=["-s"], settings=_signing(keys["right"][0]))
    data = remote.git("cat-file", "tag", "coefficients/v2.0.0") + "\n"
    altered = remote.git(
        "hash-object", "-t", "tag", "-w", "--stdin", text=data.replace("coefficients 2", "! 2")
    )
    remote.git("update-ref", "refs/tags/coefficients/v2.0.0", altered)
    with pytest.raises(InvalidDocument, match="not signed by one of"):
        _fetcher(remote, keys["right"][1]).release(version("2.0.0"))


def test_what_stands_behind_a_signature_is_not_read(
    remote: Remote, keys: dict[str, tuple[Path, str]]
) -> None:
    remote.release("2.0.0", 20, options=["-s"], settings=_signing(keys["right"][0]))
    data = remote.git("cat-file", "tag", "coefficients/v2.0.0") + "\n"
    line = next(one for one in data.splitlines() if one.startswith("coefgate-release: "))
    other = remote.release("3.0.0", 30)
    other_data = remote.git("cat-file", "tag", "coefficients/v3.0.0").replace("3.0.0", "2.0.0")
    smuggled = next(one for one in other_data.splitlines() if one.startswith("coefgate-release: "))
    altered = remote.git("hash-object", "-t", "tag", "-w", "--stdin", text=f"{data}{smuggled}\n")
    remote.git("update-ref", "refs/tags/coefficients/v2.0.0", altered)
    assert line != smuggled
    for signers in ((), (keys["right"][1],)):
        try:
            found = _fetcher(remote, *signers).release(version("2.0.0")).snapshot
        except InvalidDocument:  # what follows a signature may make git refuse it as well
            continue
        assert found == snapshot(20) != other


def test_a_signature_of_another_kind_counts_for_nothing(
    remote: Remote, keys: dict[str, tuple[Path, str]]
) -> None:
    block = "-----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----\n"
    remote.tag("coefficients/v2.0.0", f"words\n{block}")
    with pytest.raises(InvalidDocument, match="is not signed with an ssh key"):
        _fetcher(remote, keys["right"][1]).release(version("2.0.0"))


def test_without_ssh_keygen(
    remote: Remote,
    keys: dict[str, tuple[Path, str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    remote.release("2.0.0", 20, options=["-s"], settings=_signing(keys["right"][0]))
    git = shutil.which("git")
    assert git is not None
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "git").symlink_to(git)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with pytest.raises(
        EnvironmentProblem, match=r"ssh-keygen is not installed.*command -v ssh-keygen"
    ):
        _fetcher(remote, keys["right"][1]).release(version("2.0.0"))


def test_the_signature_does_not_hang_on_the_clock(
    remote: Remote, keys: dict[str, tuple[Path, str]]
) -> None:
    # The key was allowed on the day of the release, long ago; what the clock says now does not
    # matter.
    path, line = keys["right"]
    who, key = line.split(" ", 1)
    limited = f'{who} valid-after="20010101",valid-before="20010201" {key}'
    date = {"GIT_COMMITTER_DATE": "2001-01-15T00:00:00Z"}
    remote.release("2.0.0", 20, options=["-s"], settings=_signing(path), environment=date)
    assert _fetcher(remote, limited).release(version("2.0.0")).snapshot == snapshot(20)
    remote.release("2.1.0", 20, options=["-s"], settings=_signing(path))
    with pytest.raises(InvalidDocument, match="not signed by one of"):
        _fetcher(remote, limited).release(version("2.1.0"))


# Surroundings


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


@pytest.fixture
def web() -> Iterator[Web]:
    with web_server() as server:
        yield server


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
    assert (
        not Path(f"/proc/{pid}/cmdline").exists() or not Path(f"/proc/{pid}/cmdline").read_bytes()
    )


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


def test_a_tag_object_without_headers() -> None:
    with pytest.raises(InvalidDocument, match="under the name ''"):
        read_tag_object("tag", b"\xff\n", V1)
