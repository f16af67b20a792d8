"""What the commands answer, from anywhere, and with which exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.conftest import SHIPPED, Coefgate

Git = Callable[..., str]


@pytest.mark.parametrize("output_format", ["text", "json", "github"])
def test_check_passes_on_the_shipped_registry(output_format: str, coefgate: Coefgate) -> None:
    assert coefgate("check", "--format", output_format).code == 0


def test_check_names_problems_for_programs(registry: Path, coefgate: Coefgate) -> None:
    file = "coefficients/overhead/docs.yaml"
    text = (registry / file).read_text("utf-8")
    (registry / file).write_text(text.replace("category: docs", "category: dogs, 100%"), "utf-8")
    problem, *_ = json.loads(coefgate("check", "--format", "json").out)["problems"]
    assert (problem["file"], problem["line"], problem["column"]) == (file, 2, 11)
    assert set(problem) == {"file", "line", "column", "path", "code", "found", "allowed", "fix"}
    annotation = coefgate("check", "--format", "github").out
    assert annotation.startswith(f"::error file={file},line=2,col=11,")
    assert "100%25" in annotation


def test_check_of_some_files_reads_coefficients_as_a_whole(
    registry: Path, coefgate: Coefgate
) -> None:
    sample = next((registry / "samples").rglob("*.jsonl"))
    sample.write_text("{}\n")
    assert coefgate("check", "coefficients/overhead/docs.yaml").code == 0
    assert coefgate("check", "samples").code == 3
    (registry / "coefficients/overhead/tests.yaml").write_text("x: 1\n")
    outcome = coefgate("check", "coefficients/overhead/docs.yaml")
    assert outcome.code == 3
    assert "coefficients/overhead/tests.yaml:1:1" in outcome.out


def test_check_of_what_is_not_in_the_registry(
    registry: Path, tmp_path: Path, coefgate: Coefgate
) -> None:
    (tmp_path / "other.yaml").write_text("x: 1\n")
    assert coefgate("check", str(tmp_path / "other.yaml")).code == 2
    (registry / "notes.yaml").write_text("x: 1\n")
    assert coefgate("check", "notes.yaml").code == 2
    assert coefgate("check", ".").code == 0
    assert coefgate("check", "no-such-file.yaml").code == 2


@pytest.mark.no_cover  # a process of its own for each
@pytest.mark.parametrize(
    ("words", "heavy"),
    [
        (["check"], {"pandas", "numpy"}),
        (["history", "docs.low"], {"pandas", "numpy"}),
        (["explain", "docs.low"], {"pandas"}),
        (["explain", "swing"], {"pandas", "numpy", "yaml"}),
        (["coverage"], {"pandas", "numpy"}),
        (["samples", "audit"], {"pandas", "numpy"}),
        (["diff"], {"pandas"}),
        (["replay"], {"pandas"}),
        (["gate", "--base", "HEAD"], {"pandas"}),
        (["try", "--range", "docs.low", "--base", "HEAD"], {"pandas"}),
    ],
)
def test_a_command_imports_no_more_than_it_needs(words: list[str], heavy: set[str]) -> None:
    code = (
        f"import sys; from coefgate.commands.cli import run; assert run({words}) < 2; "
        f"sys.exit(str({heavy} & set(sys.modules) or ''))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=SHIPPED, check=False, capture_output=True
    )
    assert done.stderr.strip() == b""


def test_works_from_any_folder_inside_and_by_name_from_outside(
    registry: Path, tmp_path: Path, coefgate: Coefgate
) -> None:
    inside = coefgate("coverage", cwd=registry / "samples" / "autopack")
    outside = coefgate("coverage", "--registry", str(registry), cwd=tmp_path)
    assert inside.code == outside.code == 0
    assert inside.out == outside.out


def test_outside_a_registry(tmp_path: Path, coefgate: Coefgate) -> None:
    outcome = coefgate("gate", cwd=tmp_path)
    assert outcome.code == 2
    assert "--registry FOLDER" in outcome.err


def test_a_registry_that_lost_its_mark_is_told_so(registry: Path, coefgate: Coefgate) -> None:
    (registry / "coefficients/registry.yaml").unlink()
    outcome = coefgate("check")
    assert outcome.code == 3
    assert "coefficients/registry.yaml:1:1" in outcome.out


def test_the_shipped_registry_passes_outside_git_too(coefgate: Coefgate) -> None:
    outcome = coefgate("gate", "--format", "json")
    report = json.loads(outcome.out)
    assert (outcome.code, report["verdict"]) == (0, "pass")
    assert report["head"]["version"] == "0.0.0+unversioned"
    assert report["later"]["reason"]


def test_a_file_without_a_call_is_said_to_hold_none(tmp_path: Path, coefgate: Coefgate) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.touch()
    outcome = coefgate("samples", "add", str(empty))
    assert (outcome.code, outcome.out) == (0, "nothing new: the file holds no call\n"), (
        outcome.text
    )


def test_nothing_is_stored_when_one_line_is_bad(
    registry: Path, tmp_path: Path, coefgate: Coefgate
) -> None:
    before = sorted((registry / "samples").rglob("*"))
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"origin": "elsewhere"}\n')
    outcome = coefgate("samples", "add", str(bad))
    assert outcome.code == 3
    assert f"{bad}:1:" in outcome.err
    assert sorted((registry / "samples").rglob("*")) == before


def test_a_repository_without_a_commit(registry: Path, git: Git, coefgate: Coefgate) -> None:
    git("checkout", "-q", "--orphan", "empty")
    outcome = coefgate("gate")
    assert outcome.code == 0
    assert "nothing is committed yet" in outcome.out
    assert coefgate("replay").code == 0


def test_what_once_lay_in_samples_cannot_stop_the_gate(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    broken = registry / "samples/autopack/2025-12-17-0123abcd.jsonl"
    broken.write_text('{"id":[1]}\n' + "[" * 100_000 + "\n")
    file = registry / "coefficients/registry.yaml"
    file.write_text(file.read_text("utf-8").replace("tokens: 2000", "tokens: 2001"), "utf-8")
    git("add", "-A")
    git("commit", "-qm", "new coefficients, with rubbish")
    broken.unlink()
    assert coefgate("gate").code == 0


def test_a_repository_named_in_the_environment_is_not_asked(
    registry: Path, git: Git, tmp_path: Path, coefgate: Coefgate
) -> None:
    head = git("rev-parse", "HEAD")
    outcome = coefgate(
        "gate", "--format", "json", environment={"GIT_DIR": str(tmp_path / "elsewhere")}
    )
    assert json.loads(outcome.out)["head"]["version"] == f"0.0.0+1.g{head[:7]}"


def test_an_ignored_file_is_a_change_too(registry: Path, git: Git, coefgate: Coefgate) -> None:
    (registry / ".git/info/exclude").write_text("extra.yaml\n")
    docs = (registry / "coefficients/overhead/docs.yaml").read_text("utf-8")
    extra = docs.replace("category: docs", "category: extra").replace("[documentation]", "[]")
    (registry / "coefficients/overhead/extra.yaml").write_text(extra, "utf-8")
    assert json.loads(coefgate("gate", "--format", "json").out)["head"]["version"].endswith(
        ".dirty"
    )


@pytest.mark.parametrize("command", [["replay", "--samples"], ["samples", "add"]])
def test_what_is_no_regular_file_is_not_waited_for(
    command: list[str], tmp_path: Path, coefgate: Coefgate
) -> None:
    os.mkfifo(tmp_path / "pipe.jsonl")
    outcome = coefgate(*command, str(tmp_path / "pipe.jsonl"))
    assert outcome.code == 2
    assert "regular file" in outcome.err


def test_a_command_that_fits_keeps_to_one_thread(tmp_path: Path) -> None:
    program = """
import atexit, os, sys
atexit.register(lambda: print(len(os.listdir("/proc/self/task")), file=sys.stderr))
from coefgate.__main__ import main
main()
"""
    environment = {name: text for name, text in os.environ.items() if "THREADS" not in name}
    done = subprocess.run(
        [sys.executable, "-c", program, "gate", "--at", "HEAD", "--format", "json"],
        cwd=SHIPPED / "examples" / "airun",
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert json.loads(done.stdout)["verdict"]
    assert done.stderr.splitlines()[-1] == "1"


def test_adding_rubbish_takes_little_memory(tmp_path: Path, coefgate: Coefgate) -> None:
    (tmp_path / "rubbish.jsonl").write_bytes(b"x\n" * 25_000_000)
    outcome = coefgate("samples", "add", str(tmp_path / "rubbish.jsonl"), measured=True)
    assert outcome.code == 3
    assert outcome.grown < 130 * 1024 * 1024


@pytest.mark.parametrize(
    "deliverable",
    [
        "creat:docs/x.md",
        "create:../x",
        "/etc/passwd",
        "create:a\\b.py",
        "create:docs/",
        "*.py",
        "create:",
    ],
)
def test_an_estimate_of_no_path(deliverable: str, coefgate: Coefgate) -> None:
    outcome = coefgate("estimate", "--category", "docs", "--complexity", "low", deliverable)
    assert outcome.code == 2
    assert outcome.out == ""


def test_an_estimate_says_what_it_does_not_know(coefgate: Coefgate) -> None:
    asked = [
        "estimate",
        "--category",
        "DOCS",
        "--complexity",
        "Low",
        "--model",
        "gpt-5",
        "README.md",
    ]
    outcome = coefgate(*asked)
    assert outcome.code == 0
    assert "did you mean docs?" in outcome.err
    assert "'Low'" in outcome.err
    assert "'gpt-5'" in outcome.err
    assert coefgate(*asked, "README.md").code == 2


def test_the_audit_counts_every_status_and_gives_every_reason(coefgate: Coefgate) -> None:
    audit = json.loads(coefgate("samples", "audit", "--format", "json").out)
    reasons = audit.pop("not_scored")
    requested = {"samples": 58, "censored": 5, "phases": 47}
    assert audit.pop("deliverables_from") == {"request": requested}
    assert sum(one["samples"] for one in audit.pop("label_origin").values()) == 58
    assert audit.pop("fallback") == {"calls": 0, "of": 63, "reasons": [], "further_reasons": 0}
    assert audit == {
        "eligible": 58,
        "censored": 5,
        "failed": 13,
        "partial": 37,
        "synthetic": 0,
        "duplicate": 29,
        "undeclared": 10,
        "contradictory": 0,
        "superseded": 0,
        "retired": 0,
        "out-of-scope": 0,
    }
    assert len(reasons) == 152 - 58
    assert all(one["reason"] and one["status"] for one in reasons)


def test_coverage_for_programs(coefgate: Coefgate) -> None:
    coverage = json.loads(coefgate("coverage", "--format", "json").out)
    assert set(coverage) == {"cells", "outside_cells", "aims", "fallback", "deliverables_from"}
    assert coverage["outside_cells"] == []
    assert {
        "category": "docs",
        "complexity": "low",
        "samples": 3,
        "censored": 2,
        "phases": 4,
        "newest": "2025-12-29",
    } in coverage["cells"]
    assert sum(cell["samples"] for cell in coverage["cells"]) == 58
    assert [aim["aim"] for aim in coverage["aims"] if not aim["met"]] == ["categories"]


def test_an_estimate_for_programs(registry: Path, coefgate: Coefgate) -> None:
    asked = ["estimate", "--category", "documentation", "--complexity", "low", "--format", "json"]
    given = json.loads(coefgate(*asked, "README.md", "--workspace", str(SHIPPED)).out)
    assert given["basis"] == "alias"
    assert given["breakdown"]["deliverables"][0]["operation"] == "modify"
    assert set(given) == {
        *(
            "tokens",
            "interval",
            "budgets",
            "share_measured",
            "basis",
            "breakdown",
            "registry_version",
            "digest",
            "from",
        )
    }
    assert coefgate(*asked, "create:").code == 2
