"""Releases from real git repositories, and tags that are not what they have to be."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from coefgate.core.problems import EnvironmentProblem, InvalidDocument, NoSuchRelease
from coefgate.runner import git_fetcher
from coefgate.runner.cache import Cache
from coefgate.runner.git_fetcher import GitFetcher
from coefgate.runner.lock import Trust
from coefgate.runner.source import Source
from tests.runner.remotes import Remote, snapshot, version, yank

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
    assert Source(remote.url, Trust(), Cache(None)).url_of(V1) == remote.url


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


def test_only_the_tag_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git_fetcher, "MOST", 300_000)
    # A blob that is larger than the limit does not matter, because it never comes.
    remote = Remote(tmp_path / "remote.git")
    large = remote.git("hash-object", "-w", "--stdin", text="".join(map(str, range(2**18))))
    tree = remote.git("mktree", text=f"100644 blob {large}\tlarge\n")
    remote.git("update-ref", "refs/heads/main", remote.git("commit-tree", tree, "-m", "large"))
    remote.release("1.0.0", 10, tree=tree)
    assert _fetcher(remote).release(V1).snapshot == snapshot(10)


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
        InvalidDocument, match=r"coefficients/v2\.0\.0 is lightweight: it only names a commit"
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
    with pytest.raises(InvalidDocument, match=r"format 2.*pip install --force-reinstall"):
        _fetcher(remote).release(version("2.0.0"))


def test_more_than_any_release_needs(remote: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    remote.tag("coefficients/v2.0.0", "x" * 9_000_000 + "\n")
    with pytest.raises(InvalidDocument, match="no release needs that many"):
        _fetcher(remote).release(version("2.0.0"))
    monkeypatch.setattr(git_fetcher, "MOST", 100_000)
    with pytest.raises(EnvironmentProblem, match="it sends more than 100,000 bytes"):
        _fetcher(remote).release(version("2.0.0"))


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
