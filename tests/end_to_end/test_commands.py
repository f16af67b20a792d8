"""What the commands answer, from anywhere, and with which exit code."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.conftest import SHIPPED, Coefgate

BASELINE = "7630ee59049c4c33b85ce402418d9b522cb65025"
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


@pytest.mark.parametrize(
    ("words", "heavy"),
    [
        (["check"], {"pandas", "numpy"}),
        (["history", "docs.low"], {"pandas", "numpy"}),
        (["explain", "docs.low"], {"pandas"}),
        (["explain", "swing"], {"pandas", "numpy"}),
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


def test_the_published_coefficients_miss_the_gates_and_the_shipped_ones_are_better(
    tmp_path: Path, coefgate: Coefgate
) -> None:
    judged = coefgate("gate", "--at", BASELINE, cwd=SHIPPED)
    assert judged.code == 1
    before, after = (
        json.loads(coefgate("replay", *at, "--format", "json", cwd=SHIPPED).out)["metrics"]["all"]
        for at in (["--at", BASELINE], [])
    )
    assert before["samples"] == after["samples"] == 58
    for name in ("smape_mean", "smape_median", "smape_p90", "waste_p75", "waste_p90"):
        assert after[name] < before[name], name
    for name in ("underestimation_rate", "underestimation_upper"):
        assert after[name] < before[name], name
    assert abs(after["waste_median"] - 1) < abs(before["waste_median"] - 1)


def test_a_revision_is_judged_as_it_was(registry: Path, git: Git, coefgate: Coefgate) -> None:
    file = registry / "coefficients/safety_margins.yaml"
    file.write_text(file.read_text("utf-8").replace("factor: 1\n", "factor: 1.3\n"), "utf-8")
    assert coefgate("gate").code == 1
    git("commit", "-qam", "dearer")
    assert coefgate("gate", "--at", "HEAD~1").code == 0
    assert coefgate("gate", "--at", "HEAD").code == 1
    assert "FAIL" in coefgate("gate").out  # it is the last commit that is judged
    git("update-ref", "refs/remotes/origin/main", "HEAD")
    assert "BAD NEWS" in coefgate("gate").out  # nothing changed since, and yet it misses a rule
    for path in (registry / "samples").rglob("*.jsonl"):
        path.unlink()
    assert coefgate("gate", "--at", "HEAD~1").code == 0
    git("commit", "-qam", "no samples")
    assert coefgate("gate", "--at", "HEAD").code == 4
    assert coefgate("replay", "--at", "HEAD~1").code == 4


@pytest.mark.parametrize("command", ["gate", "replay"])
def test_a_revision_that_does_not_exist(command: str, git: Git, coefgate: Coefgate) -> None:
    outcome = coefgate(command, "--at", "no-such-branch")
    assert outcome.code == 2
    assert "git log --oneline --all" in outcome.err


@pytest.mark.parametrize("command", ["gate", "replay"])
def test_a_revision_outside_git_or_without_git(
    command: str, registry: Path, tmp_path: Path, coefgate: Coefgate
) -> None:
    outcome = coefgate(command, "--at", "HEAD")
    assert outcome.code == 5
    assert "git init" in outcome.err
    outcome = coefgate(command, "--at", "HEAD", environment={"PATH": str(tmp_path)})
    assert outcome.code == 5
    assert "git is not installed" in outcome.err


def test_beyond_the_end_of_a_shallow_clone(
    registry: Path, git: Git, tmp_path: Path, coefgate: Coefgate
) -> None:
    git("commit", "-q", "--allow-empty", "-m", "second")
    git("clone", "-q", "--depth", "1", registry.as_uri(), str(tmp_path / "shallow"))
    outcome = coefgate("gate", "--at", "HEAD~1", cwd=tmp_path / "shallow")
    assert outcome.code == 5
    assert "git fetch --unshallow" in outcome.err
    assert coefgate("gate", cwd=tmp_path / "shallow").code == 0


def _told_again(registry: Path, at: str | None) -> str:
    """Every stored call once more, from another log; ``at``: when they are said to be made, if elsewhere."""
    told = []
    for line in next((registry / "samples").rglob("*.jsonl")).read_text("utf-8").splitlines():
        call = json.loads(line)
        call |= {
            "reference": f"again.log:{call.pop('id')}",
            "duplicate_of": None,
            "same_ceiling_as": None,
        }
        told.append(json.dumps(call if at is None else call | {"observed_at": at}))
    return "".join(f"{line}\n" for line in told)


@pytest.mark.parametrize(
    ("at", "column", "other"),
    [
        (None, "later_found", "prospective"),
        ("2026-11-01T09:00:00+11:00", "prospective", "later_found"),
    ],
    ids=["as old as those that are known", "newer than all that are known"],
)
def test_prospective_calls_came_in_later_and_were_made_later(
    registry: Path,
    tmp_path: Path,
    git: Git,
    coefgate: Coefgate,
    *,
    at: str | None,
    column: str,
    other: str,
) -> None:
    later = tmp_path / "later.jsonl"
    later.write_text(_told_again(registry, at), "utf-8")
    outcome = coefgate("samples", "add", str(later))
    assert outcome.code == 0, outcome.text
    assert "152 calls stored in samples/autopack/" in outcome.out
    assert "nothing new" in coefgate("samples", "add", str(later)).out
    for command in ("gate", "replay"):
        report = json.loads(coefgate(command, "--format", "json").out)
        arrived = report["later"]
        assert arrived["newest_known"] == "2025-12-29T09:18:40+00:00"
        assert arrived[other] == {"samples": 0, "censored": 0, "phases": 0}
        assert arrived[column]["samples"] == report["metrics"][column]["samples"] > 30
        assert report["metrics"][other] is None
        told = f"{column.replace('_', ' ')}: {arrived[column]['samples']} calls"
        assert told in coefgate(command).out


def test_where_no_call_had_a_time_prospective_ones_are_newer_than_the_coefficients(
    registry: Path, tmp_path: Path, git: Git, coefgate: Coefgate
) -> None:
    store = next((registry / "samples").rglob("*.jsonl"))
    later = tmp_path / "later.jsonl"
    later.write_bytes(store.read_bytes())
    store.unlink()
    git("commit", "-qam", "without calls", "--amend")
    assert coefgate("samples", "add", str(later)).code == 0
    for command in ("gate", "replay"):
        out = " ".join(coefgate(command).out.split())
        assert (
            "prospective: no call came in after these coefficients, "
            "made after they did, as no call with a time was stored then; 10 phases are needed"
        ) in out
        assert (
            "later found: 58 calls + 5 cut off, 47 phases came in after these coefficients, "
            "no newer than they are or of unknown time"
        ) in out
        assert "the newest call stored then" not in out


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


def _interrupted(
    registry: Path, tmp_path: Path, number: signal.Signals, *, ignored: bool = False
) -> subprocess.CompletedProcess[str]:
    """What becomes of a command that gets a signal just before it writes."""
    calls = tmp_path / "calls.jsonl"
    call = json.loads(
        next((registry / "samples").rglob("*.jsonl")).read_text("utf-8").splitlines()[0]
    )
    del call["id"]
    calls.write_text(json.dumps(call | {"reference": "again.log:1"}) + "\n")
    code = (
        "import os, sys\n"
        "from coefgate.samples import import_file\n"
        "finish = import_file._put_in_place\n"
        "def interrupted(*arguments):\n"
        f"    os.kill(os.getpid(), {number:d})\n"
        "    finish(*arguments)\n"
        "import_file._put_in_place = interrupted\n"
        "from coefgate.__main__ import main\n"
        "sys.argv[1:] = ['samples', 'add', sys.argv[1]]\n"
        "main()\n"
    )
    command = [sys.executable, "-c", code, str(calls)]
    inherited = signal.signal(number, signal.SIG_IGN) if ignored else None
    try:
        return subprocess.run(command, cwd=registry, capture_output=True, text=True, check=False)
    finally:
        if ignored:
            signal.signal(number, inherited)


SIGNALS = pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGTERM], ids=lambda one: one.name
)


@SIGNALS
def test_interrupted_before_it_writes_leaves_nothing_behind(
    registry: Path, tmp_path: Path, number: signal.Signals
) -> None:
    before = sorted((registry / "samples").rglob("*"))
    done = _interrupted(registry, tmp_path, number)
    assert (done.returncode, "Traceback" in done.stderr) == (130, False), done.stderr
    assert sorted((registry / "samples").rglob("*")) == before


@SIGNALS
def test_a_signal_that_it_was_started_to_ignore_is_ignored(
    registry: Path, tmp_path: Path, number: signal.Signals
) -> None:
    before = sorted((registry / "samples").rglob("*"))
    done = _interrupted(registry, tmp_path, number, ignored=True)
    assert done.returncode == 0, done.stderr
    assert len(sorted((registry / "samples").rglob("*"))) == len(before) + 1


def test_the_tests_interrupt_where_they_were_started_to_ignore_it() -> None:
    """As ``nohup`` and a script's ``&`` start them."""
    test = (
        f"{__file__}::{test_interrupted_before_it_writes_leaves_nothing_behind.__name__}[SIGINT]"
    )
    quick = ("-q", "-p", "no:cacheprovider", "-p", "no:xdist")
    ignoring = ("sh", "-c", 'trap "" INT; exec "$@"', "sh")
    command = [*ignoring, sys.executable, "-m", "pytest", *quick, test]
    done = subprocess.run(command, cwd=SHIPPED, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("options", [["--at", BASELINE], ["--at", BASELINE, "--format", "json"]])
def test_the_verdict_is_told_even_if_nobody_reads_it(options: list[str]) -> None:
    command = [sys.executable, "-m", "coefgate", "gate", *options]
    with subprocess.Popen(
        command, cwd=SHIPPED, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.close()
        assert child.stderr is not None
        said = child.stderr.read()
    assert (child.returncode, said) == (1, b"")


def test_a_full_disk_is_the_environments_fault(registry: Path) -> None:
    command = [sys.executable, "-m", "coefgate", "gate"]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command, cwd=registry, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 5
    assert b"No space left" in done.stderr
    assert b"Exception ignored" not in done.stderr


def test_without_standard_output(registry: Path) -> None:
    shell = f"exec {sys.executable} -m coefgate gate >&-"
    assert subprocess.run(["sh", "-c", shell], cwd=registry, check=False).returncode == 0


def test_a_terminal_of_another_encoding(coefgate: Coefgate) -> None:
    plain = {
        "LC_ALL": "C",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
        "PYTHONIOENCODING": "ascii",
    }
    for command in (["gate"], ["replay"], ["coverage"], ["samples", "audit"]):
        assert coefgate(*command, environment=plain).code == 0


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
    assert "no regular file" in outcome.err


def test_adding_rubbish_takes_little_memory(tmp_path: Path, coefgate: Coefgate) -> None:
    (tmp_path / "rubbish.jsonl").write_bytes(b"x\n" * 25_000_000)
    outcome = coefgate("samples", "add", str(tmp_path / "rubbish.jsonl"), measured=True)
    assert outcome.code == 3
    assert outcome.peak < 200 * 1024 * 1024


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


def test_a_reader_that_leaves_early_is_no_error() -> None:
    command = [sys.executable, "-m", "coefgate", "replay", "--format", "json"]
    with subprocess.Popen(
        command, cwd=SHIPPED, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.close()
        assert child.stderr is not None
        said = child.stderr.read()
    assert said == b""


def test_the_audit_counts_every_status_and_gives_every_reason(coefgate: Coefgate) -> None:
    audit = json.loads(coefgate("samples", "audit", "--format", "json").out)
    reasons = audit.pop("not_scored")
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
    assert set(coverage) == {"cells", "outside_cells", "aims", "fallback"}
    assert coverage["outside_cells"] == []
    assert {
        "category": "docs",
        "complexity": "low",
        "samples": 3,
        "censored": 2,
        "phases": 4,
    } in coverage["cells"]
    assert sum(cell["samples"] for cell in coverage["cells"]) == 58
    assert [aim["aim"] for aim in coverage["aims"] if not aim["met"]] == ["categories"]


def test_breaking_down_by_every_dimension(coefgate: Coefgate) -> None:
    names = "category,complexity,deliverables,model,operation,success"
    strata = json.loads(coefgate("replay", "--by", names, "--format", "json").out)["strata"]
    assert {stratum["dimension"] for stratum in strata} == set(names.split(","))
    by_success = {s["value"]: s["metrics"] for s in strata if s["dimension"] == "success"}
    assert by_success.pop("cut off") is None
    assert {value: metrics["samples"] for value, metrics in by_success.items()} == {
        "succeeded": 58,
        "failed": 13,
    }
    outcome = coefgate("replay", "--by", "colour")
    assert outcome.code == 2
    assert "deliverables" in outcome.err


def test_an_estimate_for_programs(registry: Path, coefgate: Coefgate) -> None:
    asked = ["estimate", "--category", "documentation", "--complexity", "low", "--format", "json"]
    given = json.loads(coefgate(*asked, "README.md", "--workspace", str(SHIPPED)).out)
    assert given["basis"] == "alias"
    assert given["breakdown"]["deliverables"][0]["operation"] == "modify"
    assert set(given) == {
        *(
            "tokens",
            "interval",
            "share_measured",
            "basis",
            "breakdown",
            "registry_version",
            "digest",
            "from",
        )
    }
    assert coefgate(*asked, "create:").code == 2


def test_colour_and_progress_stay_away_from_pipes(git: Git, coefgate: Coefgate) -> None:
    outcome = coefgate("gate", environment={"TERM": "xterm-256color"})
    assert "\x1b" not in outcome.text
    assert outcome.err == ""


def test_in_a_folder_that_is_gone(tmp_path: Path) -> None:
    for words in ("gate", "pin ./registry"):
        shell = (
            f"mkdir gone && cd gone && rmdir ../gone && exec {sys.executable} -m coefgate {words}"
        )
        done = subprocess.run(
            ["sh", "-c", shell], cwd=tmp_path, check=False, capture_output=True, text=True
        )
        assert done.returncode == 5, done.stderr
        assert done.stderr.startswith("coefgate: the folder that you are in is gone."), done.stderr
