"""The files that make a forge judge changes: which there are, and what they leave open."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from coefgate.use_cases.examination import Examination, broken, lacking, unseen, working

_WORKFLOWS: Final = ".github/workflows"
_OTHERS: Final[Mapping[str, str]] = {
    ".gitlab-ci.yml": r"GIT_DEPTH:\s*[\"']?0\b",
    "azure-pipelines.yml": r"fetchDepth:\s*[\"']?0\b",
}
"""Files of other forges, with what fetches the whole history there."""
_OWNERS: Final = ("CODEOWNERS", ".github/CODEOWNERS", "docs/CODEOWNERS")
_RUNS: Final = "coefgate gate"
_STATUS: Final = "coefgate/verdict"


def examined_ci(top: Path, prefix: str) -> Iterator[Examination]:
    """What CI does of the registry in the folder ``prefix`` of the repository at ``top``."""
    workflows = [*_workflows(top)]
    judging = [(name, steps) for name, steps in workflows if any(map(_judges, steps))]
    others = [name for name in _OTHERS if _RUNS in _text(top / name)]
    if not judging and not others:
        told = "no file has CI judge a change, so any can be merged"
        yield lacking("ci", told, "coefgate init --ci github")
        return
    for name, steps in judging:
        yield _of_github(name, steps)
    for name in others:
        yield _of_others(name, _text(top / name))
    yield _owners(top, prefix)
    if judging:
        yield _ruleset(top)


def _workflows(top: Path) -> Iterator[tuple[str, Sequence[Mapping[str, Any]]]]:
    folder = top / _WORKFLOWS
    for file in sorted(folder.glob("*.y*ml")) if folder.is_dir() else ():
        try:
            jobs = yaml.safe_load(_text(file)).get("jobs", {}).values()
            steps = [step for job in jobs for step in job.get("steps", ())]
        except (yaml.YAMLError, AttributeError):
            continue  # whoever wrote it is told by GitHub
        yield f"{_WORKFLOWS}/{file.name}", [step for step in steps if isinstance(step, dict)]


def _judges(step: Mapping[str, Any]) -> bool:
    uses, runs = str(step.get("uses", "")), str(step.get("run", ""))
    return re.fullmatch(r"\./|.*/coefgate(/.*)?@.*", uses) is not None or _RUNS in runs


def _of_github(name: str, steps: Sequence[Mapping[str, Any]]) -> Examination:
    checkouts = [one for one in steps if str(one.get("uses", "")).startswith("actions/checkout@")]
    if not any(str((one.get("with") or {}).get("fetch-depth")) == "0" for one in checkouts):
        return broken("ci", f"{name} checks out no history, which the gate needs: fetch-depth: 0")
    loose = [uses for one in steps if (uses := str(one.get("uses", ""))) and not _is_pinned(uses)]
    if loose:
        return broken("ci", f"{name} uses {loose[0]}, which may change; name a full commit")
    return working("ci", f"{name} judges changes, with their whole history")


def _is_pinned(uses: str) -> bool:
    return uses.startswith("./") or re.search(r"@[0-9a-f]{40}$", uses) is not None


def _of_others(name: str, text: str) -> Examination:
    if re.search(_OTHERS[name], text) is None:
        return broken("ci", f"{name} fetches no history, which the gate needs")
    return working("ci", f"{name} judges changes, with their whole history")


def _owners(top: Path, prefix: str) -> Examination:
    lines = [
        words
        for name in _OWNERS
        for line in _text(top / name).splitlines()
        if len(words := line.partition("#")[0].split()) > 1
    ]
    for path in (f"/{prefix}coefficients/gates.yaml", f"/{prefix}samples/"):
        if not any(path.startswith(words[0].rstrip("*")) or words[0] == "*" for words in lines):
            told = f"nobody owns {path}, so anybody may agree to a change of it"
            return lacking("owners", told)
    return working("owners", "thresholds and calls have owners, whom a ruleset can ask")


def _ruleset(top: Path) -> Examination:
    folder = top / ".github/rulesets"
    for file in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        try:
            rules = json.loads(file.read_bytes())["rules"]
            checks = [
                check["context"]
                for rule in rules
                if rule["type"] == "required_status_checks"
                for check in rule["parameters"]["required_status_checks"]
            ]
        except (ValueError, KeyError, TypeError):
            return broken("ruleset", f".github/rulesets/{file.name} cannot be read")
        if any(str(one).startswith(_STATUS) for one in checks):
            told = (
                f".github/rulesets/{file.name} requires the verdict; if it is active, GitHub knows"
            )
            return unseen("ruleset", told, "gh api repos/OWNER/NAME/rulesets")
    return lacking("ruleset", "no ruleset requires the verdict, so a red one can be merged")


def _text(file: Path) -> str:
    return file.read_text("utf-8", "replace") if file.is_file() else ""
