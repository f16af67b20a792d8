"""Below one folder, through no link, over no file, all of them or none."""

from __future__ import annotations

from pathlib import Path

import pytest

from coefgate.core.problems import EnvironmentProblem, UsageProblem
from coefgate.use_cases.new_registry.places import new_files, taken, target_of
from tests.end_to_end.checkouts import git


def everything(root: Path) -> list[str]:
    return sorted(one.relative_to(root).as_posix() for one in root.rglob("*"))


def test_a_folder_that_is_not_there_is_its_own_top(tmp_path: Path) -> None:
    target = target_of(tmp_path / "new/registry")
    assert (target.top, target.folder, target.is_repository) == (
        (tmp_path / "new/registry").resolve(),
        "",
        False,
    )
    assert target.below("samples") == "samples"


def test_in_a_repository_the_top_is_that_of_the_repository(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "trunk")
    target = target_of(tmp_path / "teams/ours")
    assert (target.top, target.folder, target.branch) == (
        tmp_path.resolve(),
        "teams/ours",
        "trunk",
    )
    assert target.below("samples/x") == "teams/ours/samples/x"
    assert target.registry == tmp_path.resolve() / "teams/ours"


def test_changes_go_to_the_default_branch_of_the_remote(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--bare", "-b", "trunk", "remote.git")
    git(tmp_path, "init", "-q", "-b", "trunk", "clone")
    clone = tmp_path / "clone"
    git(clone, "remote", "add", "origin", str(tmp_path / "remote.git"))
    git(clone, "commit", "-q", "--allow-empty", "-m", "first")
    git(clone, "push", "-q", "origin", "trunk")
    git(clone, "remote", "set-head", "origin", "trunk")
    git(clone, "switch", "-q", "-c", "topic")
    target = target_of(clone)
    assert (target.branch, target.remote) == ("trunk", str(tmp_path / "remote.git"))


def test_without_a_remote_changes_go_to_main_whatever_is_checked_out(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "first")
    git(tmp_path, "switch", "-q", "-c", "topic")
    assert target_of(tmp_path).branch == "main"


@pytest.mark.parametrize(
    ("folder", "why"),
    [
        (".git/hooks", "belongs to git"),
        ("file/below", "is no folder"),
        ("bare.git", "holds no files"),
        ("registry/samples/inner", "holds nothing else"),
    ],
)
def test_no_registry_lies_there(tmp_path: Path, folder: str, why: str) -> None:
    git(tmp_path, "init", "-q")
    git(tmp_path, "init", "-q", "--bare", "bare.git")
    (tmp_path / "file").touch()
    (tmp_path / "registry/coefficients").mkdir(parents=True)
    with pytest.raises(UsageProblem, match=why):
        target_of(tmp_path / folder)


def test_no_link_leads_out_of_the_repository(tmp_path: Path) -> None:
    outside, root = tmp_path / "outside", tmp_path / "root"
    for folder in (outside, root / "inside"):
        folder.mkdir(parents=True)
    git(root, "init", "-q")
    (root / "out").symlink_to(outside)
    (root / "in").symlink_to(root / "inside")
    (tmp_path / "to-root").symlink_to(root)
    for folder in (root / "out", root / "out/deeper"):
        with pytest.raises(EnvironmentProblem, match=f"leads to {outside}"):
            target_of(folder)
    assert target_of(root / "in").folder == "inside"
    assert target_of(tmp_path / "to-root/inside").top == root.resolve()


def test_what_is_there_is_taken_also_a_link_to_nowhere(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path.parent / "outside")
    assert [taken(tmp_path, one) for one in ("file", "link", "new", "new/file")] == [
        True,
        True,
        False,
        False,
    ]


def test_a_link_on_the_way_is_refused_wherever_it_leads(tmp_path: Path) -> None:
    inside, outside = tmp_path / "top/inside", tmp_path / "outside"
    inside.mkdir(parents=True)
    outside.mkdir()
    for link, target in (("a", inside), ("b", outside), ("c", tmp_path / "nowhere")):
        (tmp_path / "top" / link).symlink_to(target)
        with pytest.raises(EnvironmentProblem, match=rf"top/{link} is a link to {target}"):
            taken(tmp_path / "top", f"{link}/deeper/file")
    (tmp_path / "top/file").touch()
    with pytest.raises(EnvironmentProblem, match="is in the way: a folder goes there"):
        taken(tmp_path / "top", "file/deeper")


def test_all_files_are_written_or_none(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    before = everything(tmp_path)
    files = {"a/b/one": b"1", "kept/two": b"2", "kept": b"a folder is here"}
    with pytest.raises(EnvironmentProblem), new_files(tmp_path, files):
        pass
    assert everything(tmp_path) == before
    with new_files(tmp_path, {"a/b/one": b"1", "kept/two": b"2"}):
        pass
    assert (tmp_path / "a/b/one").read_bytes() == b"1"
    assert (tmp_path / "kept/two").read_bytes() == b"2"


def interrupted(root: Path, meanwhile: str) -> None:
    with new_files(root, {"a/one": b"1"}):
        assert (root / "a/one").exists()
        (root / meanwhile).touch()
        raise KeyboardInterrupt


def test_they_are_gone_again_where_what_follows_fails(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        interrupted(tmp_path / "top", "a/one")
    assert everything(tmp_path) == []


def test_a_folder_in_which_somebody_wrote_meanwhile_stays(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        interrupted(tmp_path, "a/another")
    assert everything(tmp_path) == ["a", "a/another"]


def test_without_git_nobody_knows_the_top_of_a_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(tmp_path, "init", "-q")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EnvironmentProblem, match="git is not installed"):
        target_of(tmp_path / "teams/ours")


@pytest.mark.parametrize("place", ["samples", "samples/x", "coefficients"])
def test_in_the_folders_of_a_registry_nothing_else_lies(tmp_path: Path, place: str) -> None:
    (tmp_path / "coefficients").mkdir()
    with pytest.raises(UsageProblem, match=rf"{tmp_path}/{place} lies in "):
        target_of(tmp_path / place)
