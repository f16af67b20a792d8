"""Each `run:` step of the release's workflow, in order, and the publishing script by itself."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

import pytest

from coefgate.core.release import Release, annotation, read_index
from coefgate.core.snapshot import read_snapshot
from coefgate.core.trees import FolderTree
from coefgate.core.versions import Version
from coefgate.registry.compilation import snapshot
from coefgate.registry.reading import read_registry
from tests.github.conftest import ROOT, Author
from tests.github.github_cli import Releases
from tests.github.runner import Runner
from tests.publishing.stand_in import REPOSITORY, TOKEN

WORKFLOW = ".github/workflows/release.yml"
SCRIPT = ROOT / ".github/scripts/publish_release.sh"
VERSION = Version(1, 4, 0)
TAG = VERSION.tag
FILES = ["coefficients-1.4.0.json", "coefficients-1.4.0.json.sha256", "index.json"]
WORDS = (
    "coefficients 1.4.0\n\n- docs.low: 1500 → 1600 `$(touch notes)`\n\n## Why\n\nIt was too low."
)


@pytest.fixture
def releases(tmp_path: Path) -> Releases:
    return Releases(tmp_path / "github")


def _tag(author: Author, version: Version, words: str = WORDS) -> None:
    made = snapshot(read_registry(FolderTree(author.folder)))
    message = annotation(words, Release(version, None, made))
    (author.folder / ".git/message").write_text(message, encoding="utf-8")
    author.git("tag", "-a", "--cleanup=verbatim", "-F", ".git/message", version.tag)
    author.git("push", "-q", "origin", version.tag)


# --- The workflow


@pytest.fixture
def releasing(installing: Runner, releases: Releases) -> Runner:
    """A runner with ``gh``, ready for a tag."""
    installing.put_tool("gh", releases.tool)
    return installing


def test_a_tag_becomes_a_release(author: Author, releasing: Runner, releases: Releases) -> None:
    _tag(author, Version(1, 3, 0))
    _tag(author, VERSION)
    released = releasing.execute({}, workflow=WORKFLOW, ref=f"refs/tags/{TAG}")
    assert set(released.outcomes.values()) == {"success"}, released.text
    assert list(released.outcomes) == [
        "Install the program",
        "Build the files and compare them with the tag",
        "Publish them",
    ]
    files = releases.files(TAG)
    assert list(files) == FILES
    assert released.attested == {
        f"dist/{n}": hashlib.sha256(data).hexdigest() for n, data in files.items()
    }
    made = snapshot(read_registry(FolderTree(author.folder)))
    assert (
        read_snapshot(files[FILES[0]], "the snapshot", expected=made.digest).content
        == made.content
    )
    assert files[FILES[1]].decode() == f"{made.digest.removeprefix('sha256:')}  {FILES[0]}\n"
    assert list(read_index(files["index.json"], "the index").versions) == [
        VERSION,
        Version(1, 3, 0),
    ]
    about = releases.about(TAG)
    assert about["title"] == "coefficients 1.4.0"
    assert about["notes"].strip() == WORDS.partition("\n\n")[2]
    assert not (released.workspace / "notes").exists()
    packages = [line for line in released.python if line.startswith("-m venv")]
    assert packages == ["-m venv --clear .venv"]
    assert TOKEN not in released.text


def test_what_cannot_be_installed_is_not_published(
    author: Author, releasing: Runner, releases: Releases
) -> None:
    _tag(author, VERSION)
    releasing.put_tool("make", "#!/bin/bash\nexit 2\n")
    released = releasing.execute({}, workflow=WORKFLOW, ref=f"refs/tags/{TAG}")
    assert list(released.outcomes.values()) == ["failure", "skipped", "skipped"]
    assert not released.attested
    assert not releases.folder.exists()


# --- The script by itself


@pytest.fixture
def built(author: Author) -> Path:
    """A clone with the tag and the files of its release in ``dist``."""
    _tag(author, VERSION)
    for name in FILES:
        author.write(f"dist/{name}", f"{name}\n")
    return author.folder


def publish(folder: Path, releases: Releases, **given: str) -> subprocess.CompletedProcess[str]:
    tools = folder / ".git/tools"
    tools.mkdir(exist_ok=True)
    (tools / "gh").write_text(releases.tool, encoding="utf-8")
    (tools / "gh").chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        "TAG": TAG,
        "GH_TOKEN": TOKEN,
        "GH_REPO": REPOSITORY,
        **given,
    }
    command = ["bash", str(SCRIPT), "dist"]
    return subprocess.run(
        command, cwd=folder, env=environment, check=False, capture_output=True, text=True
    )


def test_a_second_run_finds_the_same_and_changes_nothing(built: Path, releases: Releases) -> None:
    assert publish(built, releases).returncode == 0
    (built / "dist/index.json").write_text("with a later release", encoding="utf-8")
    again = publish(built, releases)
    assert (again.returncode, again.stdout) == (
        0,
        f"{TAG} was published before, with the same files\n",
    ), again.stderr
    assert releases.files(TAG)["index.json"] == b"index.json\n"


def test_a_release_that_was_overtaken_while_it_was_built_is_not_the_latest(
    author: Author, built: Path, releases: Releases
) -> None:
    _tag(author, Version(1, 4, 1))
    author.git("tag", "-d", Version(1, 4, 1).tag)  # it came after this clone was made
    assert publish(built, releases).returncode == 0
    assert releases.about(TAG)["latest"] is False
    author.git("fetch", "-q", "--tags", "origin")
    for name in FILES[:2]:
        (built / "dist" / name).rename(built / "dist" / name.replace("1.4.0", "1.4.1"))
    assert publish(built, releases, TAG="coefficients/v1.4.1").returncode == 0
    assert releases.about("coefficients/v1.4.1")["latest"] is True


@pytest.mark.parametrize("change", ["another", "more", "fewer", "no index"])
def test_a_release_with_other_files_is_an_error_and_stays(
    built: Path, releases: Releases, change: str
) -> None:
    assert publish(built, releases).returncode == 0
    there = releases.release(TAG) / "files"
    if change == "another":
        (there / FILES[0]).write_text("of somebody else", encoding="utf-8")
    elif change == "more":
        (there / "more.json").touch()
    else:
        (there / ("index.json" if change == "no index" else FILES[1])).unlink()
    before = releases.files(TAG)
    again = publish(built, releases)
    assert again.returncode == 5
    assert again.stderr.splitlines()[-1] == (
        f"coefgate: {TAG} is published with other files; nothing was overwritten. "
        f"Look at them: gh release view {TAG}"
    )
    assert releases.files(TAG) == before


def test_a_run_that_was_killed_shows_nothing_and_the_next_one_publishes(
    built: Path, releases: Releases
) -> None:
    releases.fail("killed")
    assert publish(built, releases).returncode == 5
    assert not releases.release(TAG).exists()
    assert publish(built, releases).returncode == 0
    assert list(releases.files(TAG)) == FILES


@pytest.mark.parametrize("given", [{"GH_TOKEN": "another"}, {}])
def test_what_github_refuses_ends_it(
    built: Path, releases: Releases, given: dict[str, str]
) -> None:
    releases.fail("break")
    done = publish(built, releases, **given)
    assert done.returncode == 5
    assert done.stderr.endswith(
        f"coefgate: {TAG} could not be published (above); run this workflow again\n"
    )
    assert not releases.release(TAG).exists()


@pytest.mark.parametrize(
    "tag",
    [
        "",
        "v1.4.0",
        "coefficients/v1.4",
        "coefficients/v1.4.0-rc1",
        "coefficients/v1.4.0\n",
        "-x",
        "$(id)",
    ],
)
def test_what_is_no_tag_of_a_release_is_refused(
    tmp_path: Path, releases: Releases, tag: str
) -> None:
    (tmp_path / ".git").mkdir()
    done = publish(tmp_path, releases, TAG=tag)
    assert (done.returncode, done.stdout) == (5, "")
    assert (
        done.stderr == f"coefgate: '{tag}' is no tag of a release; that is coefficients/vX.Y.Z\n"
    )


@pytest.mark.parametrize("name", ["more.json", "coefficients-1.4.1.json", "-x"])
def test_nothing_else_is_published(built: Path, releases: Releases, name: str) -> None:
    (built / "dist" / name).touch()
    done = publish(built, releases)
    assert (done.returncode, done.stderr) == (
        5,
        f"coefgate: dist holds other files than those of {TAG}\n",
    )


def test_a_missing_file_is_not_published(built: Path, releases: Releases) -> None:
    (built / "dist/index.json").unlink()
    assert publish(built, releases).returncode == 5
    assert not releases.folder.exists()


def test_a_tag_without_words_and_one_with_very_many(author: Author, releases: Releases) -> None:
    for name in FILES:
        author.write(f"dist/{name}", name)
    _tag(author, VERSION, "coefficients 1.4.0")
    assert publish(author.folder, releases).returncode == 0
    assert releases.about(TAG)["notes"] == "\n"
    _tag(author, Version(1, 5, 0), "coefficients 1.5.0\n\n" + "é" * 300_000)
    for name in FILES[:2]:
        (author.folder / "dist" / name).rename(
            author.folder / "dist" / name.replace("1.4.0", "1.5.0")
        )
    done = publish(author.folder, releases, TAG="coefficients/v1.5.0", LC_ALL="C.UTF-8")
    assert done.returncode == 0, done.stderr
    assert releases.about("coefficients/v1.5.0")["notes"] == "é" * 100_000 + "\n"
