"""What a runner calls: a registry from a snapshot or a lock, and its estimates."""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import coefgate
from coefgate import CoefgateError, Deliverable, Registry, YankedVersionWarning
from coefgate.core.estimate import estimate
from coefgate.core.problems import EnvironmentProblem, InvalidDocument
from coefgate.core.release import Published, index_of
from coefgate.core.table import compile_table
from coefgate.runner import serving
from coefgate.runner.cache import Cache
from coefgate.runner.lock import NAME, Lock, Trust, lock_bytes, read_lock
from tests.runner.remotes import Remote, snapshot, version, yank
from tests.runner.shelf import follow

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def nobody_was_warned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "_warned", set())


@pytest.fixture
def built(tmp_path: Path) -> Path:
    path = tmp_path / "coefficients-1.4.0.json"
    path.write_bytes(snapshot().data)
    return path


def test_a_snapshot_serves_under_the_version_that_one_says(built: Path) -> None:
    registry = Registry.from_snapshot(built, version="1.4.0")
    assert (registry.version, registry.digest, registry.commit) == (
        "1.4.0",
        snapshot().digest,
        None,
    )
    assert repr(registry) == f"Registry(version='1.4.0', digest='{snapshot().digest}')"
    assert Registry.from_snapshot(str(built)).version == "0.0.0+unversioned"
    assert Registry.from_snapshot(built, version="1.4.0+3.g3f2c1ab").version == "1.4.0+3.g3f2c1ab"


@pytest.mark.parametrize("text", ["", "v1.4.0", "latest", "1.4", "1.4.0 ", "1.4.0+"])
def test_a_version_that_is_none_is_refused(text: str, built: Path) -> None:
    with pytest.raises(ValueError, match=r"it is MAJOR\.MINOR\.PATCH, such as 1\.4\.0"):
        Registry.from_snapshot(built, version=text)


def test_a_snapshot_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(
        EnvironmentProblem, match=r"no\.json: cannot be read: No such file .* build -o FILE"
    ):
        Registry.from_snapshot(tmp_path / "no.json")


def test_a_snapshot_that_is_cut_off_is_told(built: Path) -> None:
    built.write_bytes(built.read_bytes()[:-7])
    with pytest.raises(InvalidDocument, match=r"coefficients-1\.4\.0\.json is not valid JSON"):
        Registry.from_snapshot(built)


def test_an_estimate_is_that_of_the_estimator_with_version_and_digest(built: Path) -> None:
    registry = Registry.from_snapshot(built, version="1.4.0")
    table = compile_table(snapshot().content, registry_version="1.4.0", digest=snapshot().digest)
    files = (Deliverable("docs/a.md", "create"), Deliverable("b.py"))
    same = estimate(table, category="docs", complexity="low", deliverables=files)
    mixed: Iterator[Deliverable | str] = iter(["create:docs/a.md", files[1]])
    for deliverables in (files, ["create:docs/a.md", "b.py"], mixed):
        found = registry.estimate(category="docs", complexity="low", deliverables=deliverables)
        assert found == same
    assert (same.registry_version, same.digest) == ("1.4.0", snapshot().digest)


def test_the_workspace_decides_a_bare_path(built: Path) -> None:
    registry = Registry.from_snapshot(built)
    found = registry.estimate(
        category="docs", complexity="low", deliverables=["a.md", "b.md"], exists="b.md".__eq__
    )
    assert [one.operation for one in found.breakdown.deliverables] == ["create", "modify"]


def test_a_workspace_tells_what_is_there_and_how_large_it_is(tmp_path: Path) -> None:
    # 205 tokens per kilobyte of code, of at most 65,536 bytes; 4,096 are assumed.
    registry = Registry.from_snapshot(ROOT / "schemas/fixtures/valid/snapshot/semantics-2.json")
    (tmp_path / "there.py").write_bytes(b"x" * 1024)
    files = ["there.py", "new.py", "modify:gone.py", "modify@2048:there.py", "create:there.py"]

    def charged(**options: Any) -> list[tuple[str, int]]:
        found = registry.estimate(
            category="docs", complexity="low", deliverables=files, **options
        ).breakdown.deliverables
        return [(one.operation, one.size_bytes) for one in found]

    known = [("modify", 1024), ("create", 0), ("modify", 4096), ("modify", 2048), ("create", 0)]
    assert charged(workspace=tmp_path) == charged(workspace=str(tmp_path)) == known
    sizes = {"there.py": 1024}
    assert charged(exists=sizes.__contains__, size=sizes.get) == known
    unsized = [(operation, 0) for operation, _ in known]
    assert charged(workspace=tmp_path, output_mode="patch") == unsized
    for also in ({"exists": sizes.__contains__}, {"size": sizes.get}):
        with pytest.raises(ValueError, match="workspace answers for exists and size"):
            charged(workspace=tmp_path, **also)


def test_a_model_that_the_registry_was_not_made_for_gets_the_fallback(built: Path) -> None:
    registry = Registry.from_snapshot(built)
    found = registry.estimate(
        category="docs", complexity="low", deliverables=["a.md"], model="unheard-of"
    )
    assert (found.basis, found.share_measured) == ("fallback", 0.0)


def test_a_call_without_deliverables_has_a_figure_of_its_own(built: Path) -> None:
    registry = Registry.from_snapshot(built)
    found = registry.estimate(category="docs", complexity="low", deliverables=iter(()))
    assert found.basis == "no-deliverables"


def test_another_process_can_be_given_a_registry(built: Path) -> None:
    registry = Registry.from_snapshot(built, version="1.4.0")
    other = pickle.loads(pickle.dumps(registry))  # noqa: S301 (our own bytes)
    one, again = (
        each.estimate(category="docs", complexity="low", deliverables=["docs/guide.md", "a.py"])
        for each in (registry, other)
    )
    assert one == again


def test_one_text_is_no_list_of_deliverables(built: Path) -> None:
    registry = Registry.from_snapshot(built)
    with pytest.raises(TypeError, match=r"it is a list: \['create:a\.md'\]$"):
        registry.estimate(category="docs", complexity="low", deliverables="create:a.md")
    with pytest.raises(ValueError, match=r"did you mean create\."):
        registry.estimate(category="docs", complexity="low", deliverables=["craete:a.md"])


def test_a_path_need_not_be_utf_8(built: Path) -> None:
    """As ``os.fsdecode`` gives the bytes of a disk."""
    registry = Registry.from_snapshot(built)
    name = os.fsdecode(b"docs/x\xe4.md")
    found = registry.estimate(category="docs", complexity="low", deliverables=[f"create:{name}"])
    plain = registry.estimate(category="docs", complexity="low", deliverables=["create:docs/x.md"])
    assert (found.tokens, found.breakdown.deliverables[0].path) == (plain.tokens, name)


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    remote = Remote(tmp_path / "remote")
    remote.release("1.4.0")
    return remote


@pytest.fixture
def lock(tmp_path: Path, remote: Remote) -> Path:
    """A lock as ``coefgate pin`` writes it."""
    path = tmp_path / "platform" / NAME
    path.parent.mkdir()
    commit = remote.git("rev-parse", f"{version('1.4.0').tag}^{{commit}}")
    pin = Lock(remote.url, version("1.4.0"), commit, snapshot().digest, Trust())
    path.write_bytes(lock_bytes(pin))
    return path


def test_a_lock_serves_what_it_pins_and_later_without_its_source(
    lock: Path, remote: Remote, tmp_path: Path
) -> None:
    for _ in range(2):
        registry = Registry.from_lock(lock, cache=tmp_path / "cache")
        assert (registry.version, registry.digest) == ("1.4.0", snapshot().digest)
        assert registry.commit is not None
        shutil.rmtree(remote.folder, ignore_errors=True)  # the second time the cache has it
    with pytest.raises(CoefgateError):
        Registry.from_lock(lock, cache=tmp_path / "another")


def test_a_lock_is_found_at_or_above_a_folder(
    lock: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = lock.parent / "src" / "deep"
    deep.mkdir(parents=True)
    assert Registry.from_lock(deep, cache=Cache(tmp_path / "cache")).version == "1.4.0"
    monkeypatch.chdir(deep)
    monkeypatch.setenv("COEFGATE_CACHE", str(tmp_path / "cache"))
    assert Registry.from_lock().version == "1.4.0"
    with pytest.raises(EnvironmentProblem, match=r"Write one with: coefgate pin URL@VERSION"):
        Registry.from_lock(tmp_path / "nowhere")


def test_a_lock_that_gives_a_version_the_coefficients_of_another_is_refused(
    lock: Path, tmp_path: Path
) -> None:
    """As two branches leave it that pinned and were merged by hand."""
    cache = tmp_path / "cache"
    made = Registry.from_lock(lock, cache=cache)
    known = Published(version("1.0.0"), "a" * 40, snapshot(777).digest)
    Cache(cache).remember(read_lock(lock).url, index_of([known], []))
    edited = replace(read_lock(lock), version=version("1.0.0"))
    assert edited.digest == made.digest
    lock.write_bytes(lock_bytes(edited))
    with pytest.raises(
        InvalidDocument, match=r"says that 1\.0\.0 is .*the lock was edited.*coefgate pin"
    ):
        Registry.from_lock(lock, cache=cache)


def test_a_withdrawn_pin_warns_once_with_its_replacement(
    lock: Path, remote: Remote, tmp_path: Path
) -> None:
    cache = Cache(tmp_path / "cache")
    later = Published(version("1.4.2"), "a" * 40, snapshot().digest)
    cache.remember(remote.url, index_of([later], [yank("1.4.0", "1.4.2", "truncates docs")]))
    with pytest.warns(YankedVersionWarning) as warned:
        Registry.from_lock(lock, cache=cache)
    assert str(warned[0].message) == (
        f"{remote.url}: version 1.4.0 was withdrawn on 2026-11-20: truncates docs. "
        "Use 1.4.2 instead: coefgate update --to 1.4.2"
    )
    assert warned[0].filename == __file__
    Registry.from_lock(lock, cache=cache)  # a second warning would be an error here


@pytest.fixture
def followed(lock: Path, tmp_path: Path) -> Iterator[tuple[Registry, coefgate.Following]]:
    registry = Registry.from_lock(lock, cache=tmp_path / "cache")
    with follow(registry, wait=lambda _: True) as following:
        yield registry, following


def test_follows_a_real_repository_up_and_through_a_rollback(
    followed: tuple[Registry, coefgate.Following], remote: Remote, tmp_path: Path
) -> None:
    registry, following = followed
    assert (following.check(), following.problem) == ((), None)
    bad = remote.release("1.4.1", 600)
    [event] = following.check()
    assert (event.message, registry.digest) == ("1.4.1 was released", bad.digest)
    assert registry.commit == remote.git("rev-parse", "coefficients/v1.4.1^{commit}")
    remote.release("1.4.2", yanked=[yank("1.4.1", "1.4.2", "docs are cut off")])
    [event] = following.check()
    assert event.message == "1.4.1 was withdrawn: docs are cut off"
    assert (registry.version, registry.digest) == ("1.4.2", snapshot().digest)
    known = Cache(tmp_path / "cache").known(remote.url)
    assert known is not None
    assert {str(number) for number in known.versions} >= {"1.4.0", "1.4.1", "1.4.2"}
    assert [one.version for one in known.yanked] == ["1.4.1"]


def test_a_tag_that_was_moved_on_the_server_is_refused(
    followed: tuple[Registry, coefgate.Following], remote: Remote
) -> None:
    registry, following = followed
    remote.release("1.4.1", 1600)
    following.check()
    good = registry.serving
    remote.release("1.4.1", 600, options=["-f"])
    [event] = following.check()
    assert (event.kind, registry.serving) == ("refused", good)
    assert "was moved at its source" in str(following.problem)


def test_a_repository_that_is_gone_is_told_and_looked_at_again(
    followed: tuple[Registry, coefgate.Following], remote: Remote, tmp_path: Path
) -> None:
    registry, following = followed
    remote.folder.rename(tmp_path / "away")
    [event] = following.check()
    assert (event.kind, registry.version) == ("failed", "1.4.0")
    (tmp_path / "away").rename(remote.folder)
    remote.release("1.4.1", 1600)
    assert [event.kind for event in following.check()] == ["swapped"]
    assert (registry.version, following.problem) == ("1.4.1", None)


def test_what_a_runner_needs_is_at_the_top() -> None:
    assert set(coefgate.__all__) <= set(dir(coefgate))
    for name in coefgate.__all__:
        assert getattr(coefgate, name).__name__ == name
    with pytest.raises(AttributeError, match="has no attribute 'Regestry'"):
        _ = coefgate.Regestry  # type: ignore[attr-defined]


def _imported(statement: str) -> set[str]:
    """What a statement imports that Python has not imported by itself."""
    program = (
        f"import sys; before = set(sys.modules); {statement}; print(*set(sys.modules) - before)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", program], check=True, capture_output=True, text=True
    )
    return set(done.stdout.split())


def test_importing_the_package_imports_next_to_nothing() -> None:
    assert _imported("import coefgate") - {"__future__"} == {"coefgate"}


def test_a_snapshot_needs_neither_git_nor_threads_nor_yaml() -> None:
    imported = _imported("from coefgate import Registry")
    assert "coefgate.runner.registry" in imported
    assert not imported & {
        *("subprocess", "logging", "urllib.request", "socket", "threading"),
        *("random", "fractions", "decimal", "coefgate.registry.model"),
    }


_USER = """
from pathlib import Path

from coefgate import CoefgateError, Deliverable, Estimate, FollowEvent, Registry
from coefgate import YankedVersionWarning


def seen(event: FollowEvent) -> None:
    print(event.kind, event.previous.version, event.current.digest, event.message)


def budget(registry: Registry, files: list[Deliverable]) -> int:
    estimate = registry.estimate(category="docs", complexity="low", deliverables=files, model=None)
    reveal_type(estimate)
    reveal_type(estimate.basis)
    return estimate.budget(floor=1024, ceiling=16_384)


def main() -> None:
    registry = Registry.from_snapshot(Path("snapshot.json"), version="1.4.0")
    files = ["create:a.md"]
    texts: Estimate = registry.estimate(category=None, complexity="low", deliverables=files)
    try:
        with registry.follow("1.4", every=60, callback=seen) as following:
            reveal_type(following.problem)
            reveal_type(following.check())
    except CoefgateError as error:
        print(error, error.exit_code, texts.interval.coverage, YankedVersionWarning)
    budget(registry, [Deliverable("a.md", "create")])
"""


def test_a_program_that_uses_it_is_checked_strictly(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(_USER, encoding="utf-8")
    wrong = tmp_path / "wrong.py"
    wrong.write_text(
        "from coefgate import Deliverable, Registry\n"
        "Registry.from_snapshot('x').estimate(category='docs', complexity='low', "
        "deliverables=[3])\nDeliverable('a.md', 'delete')\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--config-file="]
    command += [f"--cache-dir={tmp_path / 'cache'}", program.name, wrong.name]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    said = [line.partition(": ")[2] for line in done.stdout.splitlines()]
    notes = [
        line.removeprefix("note: Revealed type is ")
        for line in said
        if line.startswith("note: Rev")
    ]
    errors = [line.rpartition("[")[2] for line in said if line.startswith("error:")]
    assert notes == [
        '"coefgate.core.estimate.Estimate"',
        (
            "\"Literal['exact'] | Literal['alias'] | Literal['fallback'] | "
            "Literal['no-deliverables'] | Literal['retry']\""
        ),
        '"str | None"',
        '"tuple[coefgate.runner.updater.FollowEvent, ...]"',
    ], done.stdout + done.stderr
    assert errors == ["list-item]", "arg-type]"], done.stdout
