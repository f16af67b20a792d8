"""What the workflows may do, read from their files: triggers, permissions, what is checked out."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from coefgate.publishing.statuses import CONTEXT

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.y*ml"))
EXAMPLE = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs/security.md").read_text("utf-8"), re.DOTALL)

# Every definition with its text: our workflows, our action, and the workflow that other registries copy.
TEXTS = {
    **{path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in WORKFLOWS},
    "action.yml": (ROOT / "action.yml").read_text("utf-8"),
    "docs/security.md": EXAMPLE[0],
}
JUDGES = (".github/workflows/gate.yml", "docs/security.md")


def _read(name: str) -> dict[str, Any]:
    document = yaml.safe_load(TEXTS[name])
    assert isinstance(document, dict)
    if True in document:  # YAML 1.1 reads the key `on` as a truth value
        document["on"] = document.pop(True)
    return document


def _jobs(name: str) -> dict[str, Any]:
    jobs = _read(name).get("jobs", {})
    assert isinstance(jobs, dict)
    return jobs


def _steps(name: str) -> Iterator[dict[str, Any]]:
    for job in _jobs(name).values():
        yield from job["steps"]
    if name == "action.yml":
        yield from _read(name)["runs"]["steps"]


def test_the_example_for_other_registries_is_the_only_one() -> None:
    assert len(EXAMPLE) == 1


@pytest.mark.parametrize("name", TEXTS)
def test_no_expression_reaches_a_shell(name: str) -> None:
    assert [step["run"] for step in _steps(name) if "${{" in step.get("run", "")] == []


@pytest.mark.parametrize("name", TEXTS)
def test_every_action_is_pinned_by_commit_and_says_its_version(name: str) -> None:
    uses = re.findall(r"(?m)^\s*(?:- )?uses: (\S+)(.*)$", TEXTS[name])
    assert len(uses) == sum("uses" in step for step in _steps(name))
    for action, comment in uses:
        assert action == "./" or re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}", action)
        assert action == "./" or re.match(r" # v?\d+\.\d+", comment)


@pytest.mark.parametrize("name", TEXTS)
def test_nothing_is_cached_and_no_secret_is_read(name: str) -> None:
    assert not re.search(r"(?i)cache|secrets[.\[]|secrets:", TEXTS[name])


@pytest.mark.parametrize("name", TEXTS)
def test_no_credentials_stay_in_a_clone(name: str) -> None:
    for step in _steps(name):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("name", [name for name in TEXTS if name != "action.yml"])
def test_every_job_ends_and_starts_without_permissions_of_its_own(name: str) -> None:
    document = _read(name)
    assert document["permissions"] in ({}, {"contents": "read"})
    assert "concurrency" in document
    for job in document["jobs"].values():
        assert 0 < job["timeout-minutes"] <= 60
        assert "write-all" not in str(job.get("permissions"))
        assert not {"container", "services", "secrets", "uses"} & set(job)


def test_only_the_gate_may_write() -> None:
    for name in TEXTS:
        for job in _jobs(name).values():
            if name not in JUDGES:
                assert set(job.get("permissions", {}).items()) <= {("contents", "read")}


@pytest.mark.parametrize("name", JUDGES)
def test_the_gate_may_do_what_it_needs_and_nothing_else(name: str) -> None:
    (job,) = _jobs(name).values()
    assert _read(name)["permissions"] == {}
    assert job["permissions"] == {"contents": "read", "statuses": "write", "pull-requests": "write"}


@pytest.mark.parametrize("name", JUDGES)
def test_the_gate_runs_on_every_way_into_the_target_branch(name: str) -> None:
    document = _read(name)
    assert document["on"] == {
        "pull_request_target": {
            "types": ["opened", "synchronize", "reopened", "edited"],
            "branches": ["main"],
        },
        "merge_group": {"types": ["checks_requested"]},
    }
    assert document["concurrency"]["cancel-in-progress"] is True
    assert "github.event.pull_request.number" in document["concurrency"]["group"]


def test_no_other_workflow_has_a_trigger_with_rights() -> None:
    for name in TEXTS:
        if name not in (*JUDGES, "action.yml"):
            triggers = set(_read(name)["on"])
            assert triggers <= {"pull_request", "merge_group", "push", "schedule", "workflow_dispatch"}


@pytest.mark.parametrize("name", JUDGES)
def test_the_gate_checks_the_target_out_and_nothing_else(name: str) -> None:
    checkout, judge = _steps(name)
    assert checkout["uses"].startswith("actions/checkout@")
    assert checkout["with"] == {
        "ref": "${{ github.event.merge_group.base_ref || github.event.pull_request.base.ref }}",
        "fetch-depth": 0,
        "persist-credentials": False,
    }
    assert set(judge["with"]) <= set(_read("action.yml")["inputs"])
    assert "env" not in judge


def test_this_repository_and_others_are_judged_the_same_way() -> None:
    ours, theirs = (_read(name) for name in JUDGES)
    (_, own), (_, other) = _steps(JUDGES[0]), _steps(JUDGES[1])
    assert own["uses"] == "./"
    assert own["with"] == other["with"]
    assert (ours["on"], ours["permissions"]) == (theirs["on"], theirs["permissions"])


def test_the_action_checks_nothing_out() -> None:
    texts = [step.get("run", "") for step in _steps("action.yml")]
    texts += [path.read_text("utf-8") for path in sorted((ROOT / ".github/scripts").glob("*.sh"))]
    assert len(texts) > len(list(_steps("action.yml")))
    words = "checkout|switch|worktree|restore|reset|clone|pull|archive|submodule|read-tree|apply|am|stash"
    forbidden = rf"\bgit (-\S+ (\S+=\S+ )?)*({words})\b"
    assert re.search(forbidden, "git -c a.b=c --no-pager checkout x")
    for text in texts:
        assert not re.search(forbidden, text)
    assert not [step for step in _steps("action.yml") if step.get("uses", "").startswith("actions/checkout")]


def test_the_judge_runs_without_the_token() -> None:
    with_token = {step["name"] for step in _steps("action.yml") if "inputs.token" in str(step.get("env"))}
    assert with_token == {
        "Say that the judge is at work",
        "Fetch the proposal as data",
        "Publish the verdict",
        "Say that there is no verdict",
    }


def test_the_judge_is_announced_first_and_an_error_last() -> None:
    first, *_, publish, last = _steps("action.yml")
    assert " pending " in first["run"]
    assert "if" not in first
    assert "if" not in publish
    assert " error " in last["run"]
    assert last["if"] == f"always() && steps.{publish['id']}.outcome != 'success'"


def test_the_tests_run_where_the_ruleset_waits_for_them() -> None:
    assert set(_read(".github/workflows/tests.yml")["on"]) == {"pull_request", "merge_group", "push"}
    jobs = _jobs(".github/workflows/tests.yml")
    check = jobs["check"]
    assert check["name"] == "check"
    assert set(check["needs"]) == set(jobs) - {"check"}
    assert check["if"] == "always()"
    assert [name for name in TEXTS for job in _jobs(name).values() if job.get("name") == "check"] == [
        ".github/workflows/tests.yml"
    ]


@pytest.mark.parametrize("result", ["success", "failure", "cancelled", "skipped", ""])
def test_the_one_check_passes_only_if_all_tests_did(result: str) -> None:
    (step,) = _jobs(".github/workflows/tests.yml")["check"]["steps"]
    assert step["env"] == {"RESULT": "${{ needs.tests.result }}"}
    done = subprocess.run(["bash", "-e", "-c", step["run"]], env={"RESULT": result}, check=False)
    assert (done.returncode == 0) is (result == "success")


def test_the_ruleset_asks_for_everything_that_the_design_relies_on() -> None:
    ruleset = json.loads((ROOT / ".github/rulesets/main.json").read_text("utf-8"))
    rules = {rule["type"]: rule.get("parameters", {}) for rule in ruleset["rules"]}
    assert (ruleset["target"], ruleset["enforcement"]) == ("branch", "active")
    assert ruleset["bypass_actors"] == []
    assert ruleset["conditions"]["ref_name"] == {"include": ["~DEFAULT_BRANCH"], "exclude": []}
    assert {"deletion", "non_fast_forward"} <= set(rules)
    reviews = rules["pull_request"]
    assert reviews["required_approving_review_count"] >= 1
    for wanted in (
        "require_code_owner_review",
        "dismiss_stale_reviews_on_push",
        "require_last_push_approval",
    ):
        assert reviews[wanted] is True
    checks = rules["required_status_checks"]
    assert checks["strict_required_status_checks_policy"] is True
    job = _jobs(".github/workflows/tests.yml")["check"]["name"]
    # 15368 is GitHub Actions: a status of the same name from elsewhere does not count.
    assert checks["required_status_checks"] == [
        {"context": CONTEXT, "integration_id": 15368},
        {"context": job, "integration_id": 15368},
    ]


@pytest.mark.parametrize(
    "path",
    [
        "/.github/",
        "/validator/",
        "/schemas/",
        "/action.yml",
        "/coefficients/gates.yaml",
        "/samples/",
        "/pyproject.toml",
        "/requirements/",
    ],
)
def test_what_judges_has_owners(path: str) -> None:
    lines = (ROOT / ".github/CODEOWNERS").read_text("utf-8").splitlines()
    owned = dict(line.split(maxsplit=1) for line in lines if line and not line.startswith("#"))
    assert re.fullmatch(r"(@[\w-]+(/[\w-]+)? ?)+", owned[path])
    assert (ROOT / path.lstrip("/")).exists()


def test_no_later_line_takes_an_owner_away() -> None:
    # The last pattern that matches a file decides; each of ours names another place, and an owner.
    lines = (ROOT / ".github/CODEOWNERS").read_text("utf-8").splitlines()
    patterns = [line.split() for line in lines if line and not line.startswith("#")]
    assert all(len(pattern) >= 2 and pattern[0].startswith("/") for pattern in patterns)
    names = [pattern[0] for pattern in patterns]
    assert not [(one, other) for one in names for other in names if one != other and other.startswith(one)]
