"""What the workflows may do, read from their files: triggers, permissions, what is checked out."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from coefgate.core.versions import TAG_PREFIX

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.y*ml"))
EXAMPLE = re.findall(
    r"```yaml\n(.*?)```", (ROOT / "docs/why/security.md").read_text("utf-8"), re.DOTALL
)

EXAMPLE_REGISTRY = {"registry": "examples/airun", "status": "coefgate/verdict-airun"}

# Every definition with its text: our workflows, our action, and the workflow that other registries
# copy.
TEXTS = {
    **{path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in WORKFLOWS},
    "action.yml": (ROOT / "action.yml").read_text("utf-8"),
    "docs/why/security.md": EXAMPLE[0],
}


def _read(name: str) -> dict[str, Any]:
    document = yaml.safe_load(TEXTS[name])
    assert isinstance(document, dict)
    if True in document:  # YAML 1.1 reads the key `on` as a truth value
        document["on"] = document.pop(True)
    return document


def _bare(steps: Iterable[dict[str, Any]], *less: str) -> list[dict[str, Any]]:
    """The steps without names, without the commits that actions are pinned to, and ``less``."""
    bare = [
        {key: value for key, value in step.items() if key not in ("name", *less)} for step in steps
    ]
    return [
        step | {"uses": step["uses"].partition("@")[0]} if "uses" in step else step
        for step in bare
    ]


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


# --- Whole definitions: whatever is not named here is not allowed


@pytest.mark.parametrize(
    ("name", "action", "registries"),
    [
        (".github/workflows/gate.yml", "./", {"gate": {}, "example": EXAMPLE_REGISTRY}),
        ("docs/why/security.md", "coefgate/coefgate", {"gate": {}}),
    ],
    ids=["ours", "that of others"],
)
def test_the_gate_is_this_and_nothing_else(
    name: str, action: str, registries: Mapping[str, Mapping[str, str]]
) -> None:
    document = _read(name)
    for job in document["jobs"].values():
        job["steps"] = _bare(job["steps"])
    checkout = {
        "uses": "actions/checkout",
        "with": {
            "ref": (
                "${{ github.event.merge_group.base_ref || github.event.pull_request.base.ref }}"
            ),
            "fetch-depth": 0,
            "persist-credentials": False,
        },
    }
    judge = {
        "base": "${{ github.event.merge_group.base_sha }}",
        "head": "${{ github.event.merge_group.head_sha || github.event.pull_request.head.sha }}",
        "pull-request": "${{ github.event.pull_request.number }}",
    }
    number = "github.event.pull_request.number || github.event.merge_group.head_sha"
    assert document == {
        "name": "gate",
        "on": {
            "pull_request_target": {
                "types": ["opened", "synchronize", "reopened", "edited"],
                "branches": ["main"],
            },
            "merge_group": {"types": ["checks_requested"]},
        },
        "permissions": {},
        "concurrency": {"group": f"gate-${{{{ {number} }}}}", "cancel-in-progress": True},
        "jobs": {
            job: {
                "name": job,
                "runs-on": "ubuntu-latest",
                "timeout-minutes": 15,
                "permissions": {"contents": "read", "statuses": "write", "pull-requests": "write"},
                "steps": [checkout, {"uses": action, "with": {**judge, **registry}}],
            }
            for job, registry in registries.items()
        },
    }


def test_the_tests_are_this_and_nothing_else() -> None:
    document = _read(".github/workflows/tests.yml")
    jobs = document["jobs"]
    for job in jobs.values():
        job["steps"] = _bare(job["steps"])
    versions = jobs["tests"]["strategy"]["matrix"].pop("python")
    assert len(versions) >= 2
    portable = jobs.pop("portable")
    assert not portable.keys() & {"permissions", "env", "environment", "secrets"}
    assert portable["steps"][0]["with"] == {"persist-credentials": False}
    assert document == {
        "name": "tests",
        "on": {"pull_request": None, "merge_group": None, "push": {"branches": ["main"]}},
        "permissions": {"contents": "read"},
        "concurrency": {
            "group": "tests-${{ github.ref }}",
            "cancel-in-progress": "${{ github.event_name == 'pull_request' }}",
        },
        "jobs": {
            "tests": {
                "name": "Python ${{ matrix.python }}",
                "runs-on": "ubuntu-latest",
                "timeout-minutes": 30,
                "strategy": {"fail-fast": False, "matrix": {}},
                "steps": [
                    {
                        "uses": "actions/checkout",
                        "with": {"fetch-depth": 0, "persist-credentials": False},
                    },
                    {
                        "uses": "actions/setup-python",
                        "with": {"python-version": "${{ matrix.python }}"},
                    },
                    {"run": "bash .ci/run"},
                ],
            },
            "check": {
                "name": "check",
                "if": "always()",
                "needs": ["tests"],
                "runs-on": "ubuntu-latest",
                "timeout-minutes": 5,
                "permissions": {},
                "steps": [
                    {
                        "env": {"RESULT": "${{ needs.tests.result }}"},
                        "run": 'test "$RESULT" = success',
                    }
                ],
            },
        },
    }


def test_the_release_is_this_and_nothing_else() -> None:
    document = _read(".github/workflows/release.yml")
    for job in document["jobs"].values():
        job["steps"] = _bare(job["steps"])
    tag = {"TAG": "${{ github.ref_name }}"}
    publish = {"GH_REPO": "${{ github.repository }}", "GH_TOKEN": "${{ github.token }}", **tag}
    assert document == {
        "name": "release",
        "on": {"push": {"tags": [f"{TAG_PREFIX}*"]}},
        "permissions": {},
        "concurrency": {"group": "release-${{ github.ref }}", "cancel-in-progress": False},
        "jobs": {
            "release": {
                "name": "release",
                "runs-on": "ubuntu-latest",
                "timeout-minutes": 15,
                "permissions": {"contents": "write", "id-token": "write", "attestations": "write"},
                "steps": [
                    {
                        "uses": "actions/checkout",
                        "with": {"fetch-depth": 0, "persist-credentials": False},
                    },
                    {"uses": "actions/setup-python", "with": {"python-version": "3.14"}},
                    {"shell": "bash", "run": "make .venv/.cli"},
                    {
                        "shell": "bash",
                        "env": tag,
                        "run": '.venv/bin/coefgate release --assets "$TAG" --output dist',
                    },
                    {"uses": "actions/attest", "with": {"subject-path": "dist/*"}},
                    {
                        "shell": "bash",
                        "env": publish,
                        "run": ".github/scripts/publish_release.sh dist",
                    },
                ],
            }
        },
    }


def test_what_builds_the_pages_may_only_read_and_what_deploys_them_runs_nothing_of_ours() -> None:
    document = _read(".github/workflows/pages.yml")
    build, deploy = document["jobs"]["build"], document["jobs"]["deploy"]
    assert set(document["jobs"]) == {"build", "deploy"}
    assert document["on"] == {"push": {"branches": ["main"]}, "workflow_dispatch": None}
    assert document["permissions"] == {}
    assert build["if"] == "vars.COEFGATE_PAGES == 'on'"
    assert build["permissions"] == {"contents": "read"}
    assert build["steps"][0]["with"]["persist-credentials"] is False
    assert deploy["needs"] == "build"
    assert deploy["permissions"] == {"pages": "write", "id-token": "write"}
    assert _bare(deploy["steps"]) == [{"id": "deployment", "uses": "actions/deploy-pages"}]


def test_there_is_no_other_workflow() -> None:
    assert [path.name for path in WORKFLOWS] == [
        "gate.yml",
        "pages.yml",
        "release.yml",
        "tests.yml",
    ]


def test_the_token_reaches_four_steps_of_the_action_and_the_judge_is_none_of_them() -> None:
    action = _read("action.yml")
    assert set(action["runs"]) == {"using", "steps"}
    assert action["inputs"]["token"]["default"] == "${{ github.token }}"
    token = {"GITHUB_TOKEN": "${{ inputs.token }}"}
    judged = (
        "steps.proposal.outputs.conflict == 'true' && 'conflict' || steps.judge.outputs.exit-code"
    )
    about = {
        "REGISTRY": "${{ inputs.registry }}",
        "BASE": "${{ inputs.base }}",
        "HEAD": "${{ inputs.head }}",
        "PULL_REQUEST": "${{ inputs.pull-request }}",
    }
    told = {**token, "HEAD": "${{ inputs.head }}", "STATUS": "${{ inputs.status }}"}
    assert _bare(_steps("action.yml"), "run") == [
        {"shell": "bash", "env": told},
        {"uses": "actions/setup-python", "with": {"python-version": "3.14"}},
        {"shell": "bash", "env": {"VENV": "${{ runner.temp }}/coefgate/venv"}},
        {"id": "proposal", "shell": "bash", "env": {**token, **about}},
        {
            "id": "judge",
            "if": "steps.proposal.outputs.conflict != 'true'",
            "shell": "bash",
            "env": {
                "COEFGATE": "${{ runner.temp }}/coefgate",
                "REGISTRY": "${{ inputs.registry }}",
                "BASE": "${{ steps.proposal.outputs.base }}",
                "HEAD": "${{ steps.proposal.outputs.head }}",
                "STATUS": "${{ inputs.status }}",
            },
        },
        {
            "id": "page",
            "if": "steps.judge.outputs.page != ''",
            "continue-on-error": True,
            "uses": "actions/upload-artifact",
            "with": {
                "path": "${{ steps.judge.outputs.page }}",
                "archive": False,
                "overwrite": True,
            },
        },
        {
            "id": "publish",
            "shell": "bash",
            "env": {
                **token,
                "COEFGATE": "${{ runner.temp }}/coefgate",
                "OUTCOME": f"${{{{ {judged} }}}}",
                "HEAD": "${{ inputs.head }}",
                "PULL_REQUEST": "${{ inputs.pull-request }}",
                "AUTHOR": "${{ inputs.comment-author }}",
                "STATUS": "${{ inputs.status }}",
                "PAGE": "${{ steps.page.outputs.artifact-url }}",
            },
        },
        {
            "if": "always() && steps.publish.outcome != 'success'",
            "shell": "bash",
            "env": told,
        },
    ]


# --- What holds for each


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


def test_the_action_checks_nothing_out() -> None:
    texts = [step.get("run", "") for step in _steps("action.yml")]
    texts += [path.read_text("utf-8") for path in sorted((ROOT / ".github/scripts").glob("*.sh"))]
    assert len(texts) > len(list(_steps("action.yml")))
    words = (
        "checkout|switch|worktree|restore|reset|clone|pull|archive|submodule|read-tree|apply|am"
        "|stash"
    )
    forbidden = rf"\bgit (-\S+ (\S+=\S+ )?)*({words})\b"
    assert re.search(forbidden, "git -c a.b=c --no-pager checkout x")
    for text in texts:
        assert not re.search(forbidden, text)
    assert not [
        step
        for step in _steps("action.yml")
        if step.get("uses", "").startswith("actions/checkout")
    ]


def test_the_judge_is_announced_first_and_an_error_last() -> None:
    first, *_, publish, last = _steps("action.yml")
    assert " pending " in first["run"]
    assert "if" not in first
    assert "if" not in publish
    assert " error " in last["run"]
    assert last["if"] == f"always() && steps.{publish['id']}.outcome != 'success'"


@pytest.mark.parametrize("result", ["success", "failure", "cancelled", "skipped", ""])
def test_the_one_check_passes_only_if_all_tests_did(result: str) -> None:
    (step,) = _jobs(".github/workflows/tests.yml")["check"]["steps"]
    assert step["env"] == {"RESULT": "${{ needs.tests.result }}"}
    done = subprocess.run(["bash", "-e", "-c", step["run"]], env={"RESULT": result}, check=False)
    assert (done.returncode == 0) is (result == "success")


def test_every_variable_stands_in_quotes() -> None:
    # What stands outside of quotes is split at spaces, and its asterisks become names of files.
    optional = r'\$\{([A-Z_]+):\+--[a-z-]+ "\$\1"\}'
    for step in (*_steps("action.yml"), *_steps(".github/workflows/release.yml")):
        text = re.sub(optional, "", step.get("run", ""))
        assert "$" not in re.sub(r'"[^"]*"', "", text), text


@pytest.mark.parametrize("name", TEXTS)
def test_every_exception_from_the_linter_gives_its_reason(name: str) -> None:
    for line in TEXTS[name].splitlines():
        if "zizmor" in line:
            assert re.search(r"# zizmor: ignore\[[a-z-]+\] \w+( \S+){3,}$", line), line
