"""What is handed out: a wheel and an sdist, complete, clean, and the same bytes everywhere."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from email.message import Message
from email.parser import BytesParser
from pathlib import Path

import pytest
from trove_classifiers import classifiers

from tests.repository_files import ROOT, files

ELSEWHERE = {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "4242"}


def _built(source: Path, output: Path, environment: Mapping[str, str], *, umask: int) -> None:
    """Both, the wheel from the sdist, as ``python -m build`` makes them for an index."""
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(output)]
    everything = {**os.environ, **environment}
    done = subprocess.run(
        build, cwd=source, env=everything, umask=umask, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with both files, built here."""
    folder = tmp_path_factory.mktemp("built")
    _built(ROOT, folder, {}, umask=0o022)
    return folder


@pytest.fixture(scope="module")
def sdist(built: Path) -> Path:
    [found] = built.glob("*.tar.gz")
    return found


@pytest.fixture(scope="module")
def wheel_of_sdist(built: Path) -> Path:
    [found] = built.glob("*.whl")
    return found


def _contents(sdist: Path) -> Iterator[tuple[str, bytes]]:
    """Every file in it, without the folder at its top."""
    with tarfile.open(sdist) as archive:
        for member in archive:
            file = archive.extractfile(member)
            assert file is not None, f"{member.name} is no file"
            yield member.name.partition("/")[2], file.read()


def _metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        return BytesParser().parsebytes(archive.read(name))


def test_the_sdist_makes_the_same_wheel_as_the_repository(
    wheel: Path, wheel_of_sdist: Path
) -> None:
    assert wheel_of_sdist.name == wheel.name
    assert wheel_of_sdist.read_bytes() == wheel.read_bytes()


def test_another_place_time_zone_and_umask_make_the_same_bytes(
    built: Path, sdist: Path, tmp_path: Path
) -> None:
    place, again = tmp_path / "elsewhere", tmp_path / "again"
    for name, content in _contents(sdist):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content)
        (place / name).chmod(0o600)
    _built(place, again, ELSEWHERE, umask=0o077)
    assert [one.name for one in sorted(built.iterdir())] == [
        one.name for one in sorted(again.iterdir())
    ]
    for one in built.iterdir():
        assert (again / one.name).read_bytes() == one.read_bytes(), one.name


def test_the_sdist_holds_nothing_that_is_not_in_the_repository(sdist: Path) -> None:
    names = {name for name, _ in _contents(sdist)}
    assert names - set(files()) == {"PKG-INFO"}
    assert {"LICENSE", "README.md", "CHANGELOG.md", "pyproject.toml"} <= names


def test_the_wheel_holds_all_that_the_program_reads(wheel: Path) -> None:
    """Beside modules: templates, assets, schemas and the page that ``explain`` reads."""
    program = "validator/"
    read = {name.removeprefix(program) for name in files() if name.startswith(f"{program}coef")}
    schemas = {name for name in files() if name.endswith(".schema.json") and name.count("/") == 1}
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
        licence = [name for name in archive.namelist() if name.endswith("/licenses/LICENSE")]
        assert [archive.read(name) for name in licence] == [(ROOT / "LICENSE").read_bytes()]
    assert "coefgate/templates/around/workflow.yml" in read
    assert read <= held
    assert {f"coefgate/{name}" for name in schemas} <= held


def test_the_licence_is_said_once_and_no_address_is_invented(wheel: Path) -> None:
    said = _metadata(wheel)
    assert (said["License-Expression"], said.get_all("License-File")) == ("MIT", ["LICENSE"])
    assert said["Author"] == "the Coefgate authors"
    assert said.get_all("Project-URL") is None
    assert said["Home-page"] is None
    known = said.get_all("Classifier", [])
    assert [one for one in known if one.startswith("License ::") or one not in classifiers] == []


def test_an_index_would_take_both(sdist: Path, wheel: Path) -> None:
    command = [sys.executable, "-m", "twine", "--no-color", "check", "--strict"]
    done = subprocess.run([*command, sdist, wheel], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.count("PASSED")) == (0, 2), done.stdout + done.stderr


def test_the_wheel_has_no_fault_that_wheels_tend_to_have(wheel: Path) -> None:
    command = [sys.executable, "-m", "check_wheel_contents", "--no-config", str(wheel)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, f"{wheel}: OK\n"), done.stdout + done.stderr
