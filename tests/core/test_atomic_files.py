"""Files for others: whole or not at all, and through nobody else's link."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from coefgate.core import atomic_files
from coefgate.core.atomic_files import ready_files, replace_files, write_new, write_whole
from coefgate.core.problems import EnvironmentProblem
from tests.frozen_registry import BY_HAND


def test_a_link_that_somebody_laid_beside_the_place_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"theirs")
    (tmp_path / f".out.json.{os.getpid()}.new").symlink_to(victim)
    with ready_files({tmp_path / "out.json": b"ours"}) as put:
        put()
    assert (victim.read_bytes(), (tmp_path / "out.json").read_bytes()) == (b"theirs", b"ours")


def test_nothing_is_left_where_nothing_was_put(tmp_path: Path) -> None:
    with ready_files({tmp_path / "new" / "a": b"a", tmp_path / "b": b"b"}):
        assert len(list(tmp_path.rglob(".*.tmp"))) == 2
    assert [path.name for path in tmp_path.rglob("*")] == ["new"]


def test_what_cannot_be_written_takes_the_others_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    full_disk = "a cannot be written: No space left on device"
    with pytest.raises(EnvironmentProblem, match=full_disk), ready_files({tmp_path / "a": b"a"}):
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(BY_HAND / "coefficients", tmp_path / "coefficients")
    return tmp_path


def test_files_are_replaced_with_their_modes(root: Path) -> None:
    path = root / "coefficients/gates.yaml"
    path.chmod(0o640)
    names = sorted(root.rglob("*"))
    replace_files(root, {"coefficients/gates.yaml": (path.read_bytes(), b"new\n")})
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"new\n", 0o640)
    assert sorted(root.rglob("*")) == names


def test_nothing_is_replaced_where_one_file_has_changed(root: Path) -> None:
    first, second = "coefficients/gates.yaml", "coefficients/registry.yaml"
    before = {name: (root / name).read_bytes() for name in (first, second)}
    names = sorted(root.rglob("*"))
    replacements = {
        first: (before[first], b"new"),
        second: (b"other", b"new"),
    }
    with pytest.raises(EnvironmentProblem, match=re.escape(f"{second} was changed meanwhile")):
        replace_files(root, replacements)
    assert {name: (root / name).read_bytes() for name in (first, second)} == before
    assert sorted(root.rglob("*")) == names


@pytest.mark.parametrize(
    "error", [PermissionError(1, "Operation not permitted"), KeyboardInterrupt()]
)
def test_what_was_written_is_put_back_where_the_next_file_cannot_be(
    error: BaseException, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = root / "coefficients/gates.yaml", root / "coefficients/registry.yaml"
    first.chmod(0o640)
    before = {path: path.read_bytes() for path in (first, second)}
    names = sorted(root.rglob("*"))
    replace = Path.replace

    def refused(path: Path, target: Path) -> Path:
        if target == second:
            assert first.read_bytes() == b"new"
            raise error
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", refused)
    files = {path.relative_to(root).as_posix(): (before[path], b"new") for path in before}
    with pytest.raises((EnvironmentProblem, KeyboardInterrupt)) as told:
        replace_files(root, files)
    assert ("no file was changed" in str(told.value)) is isinstance(error, OSError)
    assert {path: path.read_bytes() for path in before} == before
    assert first.stat().st_mode & 0o777 == 0o640
    assert sorted(root.rglob("*")) == names


def test_a_link_that_took_the_place_of_a_file_is_not_written_through(
    root: Path, tmp_path: Path
) -> None:
    name = "coefficients/gates.yaml"
    before = (root / name).read_bytes()
    (tmp_path / "elsewhere").write_bytes(before)
    (root / name).unlink()
    (root / name).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(EnvironmentProblem, match="meanwhile"):
        replace_files(root, {name: (before, b"new")})
    assert (tmp_path / "elsewhere").read_bytes() == before


def test_a_new_file_comes_with_the_others_and_goes_with_them(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = root / "coefficients/gates.yaml"
    before, names = known.read_bytes(), sorted(root.rglob("*"))
    files: dict[str, tuple[bytes | None, bytes]] = {
        "new.yaml": (None, b"new"),
        "coefficients/gates.yaml": (before, b"other"),
    }
    replace = Path.replace

    def refused(path: Path, target: Path) -> Path:
        if target == known:
            assert (root / "new.yaml").read_bytes() == b"new"
            raise PermissionError(1, "Operation not permitted")
        return replace(path, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", refused)
        with pytest.raises(EnvironmentProblem, match=r"gates\.yaml cannot be written"):
            replace_files(root, files)
    assert (known.read_bytes(), sorted(root.rglob("*"))) == (before, names)
    replace_files(root, files)
    assert (known.read_bytes(), (root / "new.yaml").read_bytes()) == (b"other", b"new")


def test_a_new_file_takes_the_place_of_none(root: Path) -> None:
    (root / "new.yaml").symlink_to(root / "nowhere")
    with pytest.raises(EnvironmentProblem, match=r"new.yaml was changed meanwhile"):
        replace_files(root, {"new.yaml": (None, b"new")})
    assert not (root / "nowhere").exists()


def test_a_file_is_never_written_over_another(tmp_path: Path) -> None:
    target = tmp_path / "folder" / "file"
    write_new(target, b"first")
    with pytest.raises(EnvironmentProblem, match="is there already"):
        write_new(target, b"second")
    assert target.read_bytes() == b"first"
    assert sorted(tmp_path.rglob("*")) == [target.parent, target]


def test_a_file_system_without_hard_links_is_served_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What Python raises on such a file system; there is none at hand to try it on.
    def refuse(self: Path, target: Path) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    write_new(tmp_path / "file", b"first")
    with pytest.raises(EnvironmentProblem, match="is there already"):
        write_new(tmp_path / "file", b"second")
    assert (tmp_path / "file").read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


def test_where_a_reader_keeps_a_file_for_a_moment_it_is_replaced_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Windows has it; elsewhere nobody waits."""
    assert (os.name == "nt") == bool(atomic_files._PAUSES)
    monkeypatch.setattr(atomic_files, "_PAUSES", (0.0, 0.0))
    replace, refusals = os.replace, [PermissionError(13, "in use")] * 2

    def replaced(source: Path, target: Path) -> None:
        if refusals:
            raise refusals.pop()
        replace(source, target)

    monkeypatch.setattr(os, "replace", replaced)
    write_whole(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"new"
    refusals += [PermissionError(13, "in use")] * 3
    with pytest.raises(PermissionError, match="in use"):
        write_whole(tmp_path / "a", b"newer")
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("a", b"new")]
