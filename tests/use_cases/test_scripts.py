"""Use cases as a script calls them: plain arguments, values back, and nothing printed."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import pytest

import coefgate.use_cases
from coefgate.core.problems import UsageProblem
from coefgate.core.vocabulary import Deliverable
from coefgate.drill.run import Answer
from coefgate.use_cases.build import build
from coefgate.use_cases.check import check
from coefgate.use_cases.coverage import coverage
from coefgate.use_cases.diff import diff
from coefgate.use_cases.drill import accepted_files, count_false_alarms, drill, scratch_copy
from coefgate.use_cases.estimate import estimate
from coefgate.use_cases.explain import explain
from coefgate.use_cases.help_topics import rule_sections
from coefgate.use_cases.history import history
from coefgate.use_cases.judge import judge_registry
from coefgate.use_cases.release import ReleaseOutcome, release, release_files
from coefgate.use_cases.releases.branch import UpToDate
from coefgate.use_cases.replay import replay
from coefgate.use_cases.rollback import roll_back
from coefgate.use_cases.samples import add_samples_of, audit_samples, undeclared_labels
from coefgate.use_cases.try_numbers import try_numbers
from tests.end_to_end.checkouts import git
from tests.frozen_registry import copy_registry

PACKAGE = Path(coefgate.use_cases.__file__).parent
COSTS = "coefficients/marginal_costs.yaml"


@pytest.fixture(scope="module")
def committed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry as the one commit of a repository; not to be changed."""
    root = tmp_path_factory.mktemp("script") / "registry"
    copy_registry(root)
    git(root, "init", "-q", "-b", "main")
    git(root, "config", "user.name", "A Tester")
    git(root, "config", "user.email", "tester@example.org")
    git(root, "add", ".")
    git(root, "commit", "-qm", "first")
    return root


@pytest.fixture
def registry(committed: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(committed, tmp_path / "registry"))


@pytest.fixture(autouse=True)
def _nothing_is_printed(capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    yield
    assert capsys.readouterr() == ("", "")


# --- Reading


def test_check(committed: Path) -> None:
    found = check(committed)
    assert (found.problems, found.notes) == ((), ())
    assert found.samples == len(audit_samples(committed).audited)
    assert check(committed, head="index").files == found.files


def test_build(committed: Path, tmp_path: Path) -> None:
    built = build(committed, output=tmp_path / "snapshot.json")
    assert (tmp_path / "snapshot.json").read_bytes() == built.data
    assert built.state.digest == f"sha256:{sha256(built.data).hexdigest()}"
    assert build(committed, at="HEAD").data == built.data


def test_nothing_is_built_into_the_registry(committed: Path) -> None:
    with pytest.raises(UsageProblem, match="which holds nothing else"):
        build(committed, output=committed / "samples/snapshot.json")


def test_coverage(committed: Path) -> None:
    found = coverage(committed)
    assert {cell.category for cell in found.coverage.cells} >= {"docs"}
    assert found.fallbacks.of == sum(
        cell.calls.scored for cell in (*found.coverage.cells, *found.coverage.outside)
    )


def test_explain_and_history(committed: Path) -> None:
    found = explain(committed, "docs.low")
    assert found.explanation.value.name == "docs.low"
    assert found.last == history(committed, "docs.low").steps
    with pytest.raises(UsageProblem, match="If it was one earlier, see: coefgate history"):
        explain(committed, "docs.lwo")


def test_what_a_rule_asks() -> None:
    assert rule_sections()["swing"].startswith("## swing\n\n**Rule:** ")


def test_estimate(committed: Path) -> None:
    found = estimate(
        category="docs",
        complexity="low",
        deliverables=[Deliverable("docs/guide.md", "create")],
        registry=committed,
    )
    assert (found.estimate.basis, found.warnings) == ("exact", ())
    assert found.place == committed / "coefficients"
    unknown = estimate(category="prose", complexity="low", registry=committed)
    assert unknown.warnings == (
        "the registry declares no category 'prose'; no_deliverables serves",
    )


def test_a_warning_says_what_serves_in_the_place_of_what_is_not_declared(registry: Path) -> None:
    file = registry / "coefficients/overhead/tests.yaml"
    text = file.read_text("utf-8")
    file.write_text(text[: text.index("  high:")], "utf-8")
    asked = [Deliverable("tests/test_a.py", "create")]
    found = estimate(
        category="testing",
        complexity="high",
        deliverables=asked,
        model="gpt-9",
        registry=registry,
    )
    assert found.estimate.basis == "fallback"
    cell, model = found.warnings
    assert cell == "the registry declares no overhead of tests/high; the fallback serves"
    assert model.startswith("the registry was not made for the model 'gpt-9', only for claude-*")
    assert model.endswith("; the fallback serves")
    alone = estimate(category="testing", complexity="high", registry=registry)
    assert alone.estimate.basis == "no-deliverables"
    assert alone.warnings == (
        "the registry declares no overhead of tests/high; no_deliverables serves",
    )


def test_replay(committed: Path) -> None:
    found = replay(committed, by=["operation"])
    assert found.scores.all.metrics is not None
    assert {one.dimension for one in found.scores.strata} == {"operation"}
    assert replay(committed, at="HEAD").scores.all.metrics == found.scores.all.metrics


def test_what_a_drill_is_held_on(committed: Path) -> None:
    files = accepted_files(committed)
    assert files[COSTS] == (committed / COSTS).read_bytes()
    with scratch_copy(files) as scratch:
        assert check(Path(scratch.folder)).problems == ()


def test_drills_of_a_gate_that_lets_everything_through(committed: Path) -> None:
    def gate(_: Sequence[str]) -> Answer:
        return Answer(0, "{}", "")

    planted = drill(committed, gate=gate, names=["overhead-raised"])
    assert [row.kind for row in planted.wrong] == ["overhead-raised"]
    found = count_false_alarms(committed, gate=gate, times=1)
    assert {one.stopped for one in found.tallies} == {0}


# --- Judging


def test_judge_and_diff(registry: Path) -> None:
    assert judge_registry(registry).verdict == "pass"
    assert diff(registry).same
    try_numbers(registry, ["marginal.create.test=3000"], write=True)
    report = judge_registry(registry, base="HEAD")
    assert report.verdict == "fail"
    assert report.comparison is not None
    names = [change.name for effect in report.comparison.changes for change in effect.changes]
    assert names == ["marginal.create.test"]
    assert diff(registry, "HEAD").head.digest == report.head.digest
    assert judge_registry(registry, at="HEAD").comparison is None


def test_one_commit_by_itself_has_no_base(committed: Path) -> None:
    with pytest.raises(UsageProblem, match="--at judges one commit by itself"):
        judge_registry(committed, at="HEAD", base="HEAD")


def test_try_numbers(registry: Path) -> None:
    before = (registry / COSTS).read_bytes()
    tried = try_numbers(registry, ["marginal.create.test=3000"])
    assert (tried.report.verdict, tried.written) == ("fail", False)
    assert [(one.name, one.file) for one in tried.tried] == [("marginal.create.test", COSTS)]
    assert (registry / COSTS).read_bytes() == before
    two = try_numbers(registry, ["tests.low=81", "docs.low=1801"]).tried  # at one place of each
    assert [(one.name, Path(one.file).stem, one.after) for one in two] == [
        ("tests.low", "tests", "81"),
        ("docs.low", "docs", "1801"),
    ]
    ranged = try_numbers(registry, ranged="docs.low").ranged
    assert ranged is not None
    assert ranged.found.green
    assert try_numbers(registry, ["marginal.create.test=+1%"], write=True).written
    assert (registry / COSTS).read_bytes() != before


# --- Writing


def test_add_samples(registry: Path, tmp_path: Path) -> None:
    stored = next(iter(sorted((registry / "samples").rglob("*.jsonl"))))
    shutil.copy(stored, tmp_path / "again.jsonl")
    found = add_samples_of(tmp_path / "again.jsonl", registry)
    assert (found.path, found.added, bool(found.known)) == (None, (), True)
    assert list(undeclared_labels(found.known, registry)) == []


def test_release_and_roll_back(registry: Path, tmp_path: Path) -> None:
    plan = release(registry, dry_run=True, output=tmp_path / "dist")
    assert isinstance(plan, ReleaseOutcome)
    assert (plan.status, str(plan.plan.version), plan.commits) == ("planned", "1.0.0", {})
    assert not (tmp_path / "dist").exists()
    made = release(registry, output=tmp_path / "dist")
    assert isinstance(made, ReleaseOutcome)
    assert made.status == "released"
    assert made.next is not None
    assert made.next.endswith("main coefficients/v1.0.0")
    assert all(file.is_file() for file in made.files)
    assert release_files(registry, "coefficients/v1.0.0", output=tmp_path / "copy")[1] == ()
    again = release(registry)
    assert isinstance(again, UpToDate)
    assert again.digest == made.plan.release.snapshot.digest
    with pytest.raises(UsageProblem, match="no release before"):
        roll_back(registry, dry_run=True)


def test_release_pushes(registry: Path, tmp_path: Path) -> None:
    server = tmp_path / "server.git"
    git(registry, "clone", "--quiet", "--bare", ".", str(server))
    git(registry, "remote", "add", "origin", str(server))
    told: list[ReleaseOutcome] = []
    made = release(registry, push=True, output=tmp_path / "dist", made=told.append)
    assert isinstance(made, ReleaseOutcome)
    assert ([one.pushed for one in told], made.pushed, made.next) == ([False], True, None)
    assert git(server, "tag") == "coefficients/v1.0.0"
    assert git(server, "rev-parse", "main") == git(registry, "rev-parse", "main")
    again = release(registry, push=True)
    assert isinstance(again, UpToDate)
    assert again.left is not None
    assert again.left.tagged
    git(server, "tag", "-d", "coefficients/v1.0.0")
    pushed = release(registry, push=True)
    assert isinstance(pushed, UpToDate)
    assert pushed.left is None
    assert git(server, "tag") == "coefficients/v1.0.0"


# --- The house


@pytest.mark.parametrize(
    "module", sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))
)
def test_no_use_case_prints_or_knows_a_terminal(module: str) -> None:
    tree = ast.parse((PACKAGE / module).read_text("utf-8"))
    named = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    imported = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [one.name for one in node.names]
        )
    }
    assert not named & {"print", "input"}
    assert not imported & {"click", "rich", "sys"}
