"""``estimate`` in a folder that pins a registry, as a runner has it; and paths not in UTF-8."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from coefgate import Registry
from tests.end_to_end.conftest import Coefgate, Outcome, run_coefgate
from tests.runner.remotes import Remote, snapshot, two_releases, yank

CALL = ("estimate", "--category", "docs", "--complexity", "low", "create:docs/guide.md")


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    return two_releases(tmp_path / "remote.git")


@pytest.fixture
def platform(tmp_path: Path, remote: Remote) -> Callable[..., Outcome]:
    """Run the command in a folder that pins 1.0.0, or in one below."""
    work = tmp_path / "platform"
    (work / "below").mkdir(parents=True)

    def run(*arguments: str, below: str = ".") -> Outcome:
        surroundings = {"COEFGATE_CACHE": str(tmp_path / "cache")}
        return run_coefgate(work / below, *arguments, scratch=tmp_path, environment=surroundings)

    assert run("pin", f"{remote.url}@1.0.0").code == 0
    return run


def test_the_pinned_version_answers(
    platform: Callable[..., Outcome],
    remote: Remote,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    outcome = platform(*CALL)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.endswith(
        f"registry 1.0.0, digest {snapshot(10).digest[7:19]}, from coefgate.lock\n"
    )
    assert platform(*CALL, below="below").out.endswith(", from ../coefgate.lock\n")
    told = json.loads(platform(*CALL, "--format", "json").out)
    assert told["from"] == str(tmp_path / "platform/coefgate.lock")
    monkeypatch.setenv("COEFGATE_CACHE", str(tmp_path / "cache"))
    made = Registry.from_lock(tmp_path / "platform").estimate(
        category="docs", complexity="low", deliverables=["create:docs/guide.md"]
    )
    assert (told["tokens"], told["registry_version"], told["digest"]) == (
        made.tokens,
        made.registry_version,
        made.digest,
    )
    assert "declares no complexity 'lo'" in platform(*CALL[:4], "lo").err
    remote.release("1.1.1", 12, yanked=[yank("1.0.0", "1.1.1")])
    assert platform("show").code == 0
    outcome = platform(*CALL)
    assert outcome.code == 0
    assert "version 1.0.0 was withdrawn" in outcome.err


def test_the_nearest_answers_and_coefficients_before_a_lock(
    platform: Callable[..., Outcome], registry: Path, tmp_path: Path
) -> None:
    root = tmp_path / "platform"
    shutil.copytree(registry / "coefficients", root / "below/coefficients")
    assert ", from coefficients/\n" in platform(*CALL, below="below").out
    assert ", from coefgate.lock\n" in platform(*CALL).out
    assert (
        ", from ../coefgate.lock\n"
        in platform(*CALL, "--lock", "../coefgate.lock", below="below").out
    )
    assert ", from below/coefficients/\n" in platform(*CALL, "--registry", "below").out
    (root / "coefficients").mkdir()  # somebody else's, that holds no registry
    assert ", from coefgate.lock\n" in platform(*CALL).out
    shutil.copytree(registry / "coefficients", root / "coefficients", dirs_exist_ok=True)
    assert ", from coefficients/\n" in platform(*CALL).out
    outcome = platform(*CALL, "--registry", ".", "--lock", "coefgate.lock")
    assert (outcome.code, outcome.out) == (2, "")


def test_an_edited_lock_gives_no_estimate(
    platform: Callable[..., Outcome], tmp_path: Path
) -> None:
    lock = tmp_path / "platform/coefgate.lock"
    lock.write_text(lock.read_text("utf-8").replace('"1.0.0"', '"9.9.9"'), "utf-8")
    outcome = platform(*CALL)
    assert (outcome.code, outcome.out) == (3, "")
    assert "and its source said that 1.0.0 is" in outcome.err
    edited = json.loads(lock.read_text("utf-8")) | {"commit": "b" * 40}  # which nobody knows
    lock.write_text(json.dumps(edited), "utf-8")
    outcome = platform(*CALL)
    assert outcome.code == 0
    assert (
        "is 9.9.9; it is known as 1.0.0. Ask the source with: coefgate verify --online"
        in outcome.err
    )


def test_neither_is_there(tmp_path: Path) -> None:
    outcome = run_coefgate(tmp_path, *CALL, scratch=tmp_path)
    assert (outcome.code, outcome.out) == (2, "")
    assert "holds coefficients/registry.yaml" in outcome.err
    assert outcome.err.endswith("Or pin a version with: coefgate pin URL\n")


@pytest.mark.skipif(sys.platform != "linux", reason="file names are bytes")
def test_a_path_that_is_not_utf_8(coefgate: Coefgate, registry: Path) -> None:
    """A disk may hold one, and the prediction asks for its kind alone; Unicode is printed."""
    name = os.fsdecode(b"docs/x\xe4.md")
    (registry / "docs").mkdir()
    (registry / name).write_text("here")
    call = (*CALL[:-1], "--workspace", ".", name)
    outcome = coefgate(*call)
    assert outcome.code == 0
    assert "modify doc     docs/x\\udce4.md" in outcome.out
    told = json.loads(coefgate(*call, "--format", "json").out)
    assert told["breakdown"]["deliverables"][0]["path"] == "docs/x\\udce4.md"
    plain = json.loads(coefgate(*CALL[:-1], "--format", "json", "modify:docs/x.md").out)
    assert told["tokens"] == plain["tokens"]
    outcome = coefgate(*CALL[:-1], os.fsdecode(b"create:/x\xe4.md"))
    assert (outcome.code, outcome.out) == (2, "")


@pytest.mark.skipif(sys.platform != "linux", reason="file names are bytes")
def test_a_registry_in_a_folder_that_is_not_utf_8(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"r\xe4g")
    Remote(folder, bare=False).release("1.0.0", 10)
    surroundings = {"COEFGATE_CACHE": str(tmp_path / "cache")}
    outcomes = [
        run_coefgate(folder, *arguments, scratch=tmp_path, environment=surroundings)
        for arguments in (("pin", "."), ("verify", "--online"), ("show", "--format", "json"))
    ]
    assert [outcome.code for outcome in outcomes] == [0, 0, 0]
    assert json.loads(outcomes[-1].out)["lock"] == str(tmp_path / "r\\udce4g" / "coefgate.lock")
