"""Which files have a forge judge changes, and what they leave open."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from coefgate.use_cases.ci_files import examined_ci

_HASH = "0" * 40
_WORKFLOW = f"""
jobs:
  gate:
    steps:
      - uses: actions/checkout@{_HASH}
        with: {{fetch-depth: 0}}
      - uses: somebody/coefgate@{_HASH}
"""
_OWNERS = "/coefficients/gates.yaml @us\n/samples/ @us\n"
_RULESET = {
    "rules": [
        {
            "type": "required_status_checks",
            "parameters": {"required_status_checks": [{"context": "coefgate/verdict"}]},
        }
    ]
}
_GITHUB = {
    ".github/workflows/gate.yml": _WORKFLOW,
    ".github/CODEOWNERS": _OWNERS,
    ".github/rulesets/main.json": json.dumps(_RULESET),
}


def _conditions(top: Path, files: dict[str, str], prefix: str = "") -> dict[str, str]:
    for name, content in files.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text(content, "utf-8")
    return {one.subject: one.condition for one in examined_ci(top, prefix)}


def test_what_is_whole_works_as_far_as_it_can_be_seen(tmp_path: Path) -> None:
    found = _conditions(tmp_path, _GITHUB)
    assert found == {"ci": "works", "owners": "works", "ruleset": "unseen"}


@pytest.mark.parametrize(
    ("file", "instead", "subject", "condition"),
    [
        (".github/workflows/gate.yml", "jobs: {}\n", "ci", "lacks"),
        (".github/workflows/gate.yml", "jobs: [\n", "ci", "lacks"),
        (".github/workflows/gate.yml", "no mapping\n", "ci", "lacks"),
        (".github/workflows/gate.yml", _WORKFLOW.replace("fetch-depth", "depth"), "ci", "broken"),
        (
            ".github/workflows/gate.yml",
            _WORKFLOW.replace(f"coefgate@{_HASH}", "coefgate@main"),
            *("ci", "broken"),
        ),
        (
            ".github/workflows/gate.yml",
            _WORKFLOW.replace(f"uses: somebody/coefgate@{_HASH}", "run: coefgate gate"),
            *("ci", "works"),
        ),
        (".github/CODEOWNERS", "/samples/ @us\n# /coefficients/ @us\n", "owners", "lacks"),
        (".github/CODEOWNERS", "* @us\n", "owners", "works"),
        (".github/CODEOWNERS", "/samples/\n/coefficients/\n", "owners", "lacks"),
        (".github/rulesets/main.json", "{}", "ruleset", "broken"),
        (".github/rulesets/main.json", '{"rules": []}', "ruleset", "lacks"),
    ],
)
def test_what_is_left_open_is_said(
    tmp_path: Path, file: str, instead: str, subject: str, condition: str
) -> None:
    assert _conditions(tmp_path, _GITHUB | {file: instead})[subject] == condition


def test_owners_are_asked_of_the_folder_of_the_registry(tmp_path: Path) -> None:
    assert _conditions(tmp_path, _GITHUB, "teams/ours/")["owners"] == "lacks"
    owners = {".github/CODEOWNERS": "/teams/ours/ @us\n"}
    assert _conditions(tmp_path, _GITHUB | owners, "teams/ours/")["owners"] == "works"


@pytest.mark.parametrize(
    ("file", "content", "condition"),
    [
        (".gitlab-ci.yml", "variables: {GIT_DEPTH: 0}\nscript: coefgate gate\n", "works"),
        (".gitlab-ci.yml", "script: coefgate gate\n", "broken"),
        ("azure-pipelines.yml", "fetchDepth: 0\nscript: coefgate gate\n", "works"),
        ("azure-pipelines.yml", "fetchDepth: 10\nscript: coefgate gate\n", "broken"),
    ],
)
def test_other_forges_fetch_the_history_too(
    tmp_path: Path, file: str, content: str, condition: str
) -> None:
    found = _conditions(tmp_path, {file: content})
    assert found["ci"] == condition
    assert "ruleset" not in found  # which is GitHub's


def test_nothing_at_all_is_one_sentence(tmp_path: Path) -> None:
    assert _conditions(tmp_path, {}) == {"ci": "lacks"}
