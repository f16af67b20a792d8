"""The files that make a forge judge changes: which there are, and what they leave open."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

from coefgate.registry.wording import listed
from coefgate.use_cases.ci_jobs import JudgingStep, judging_steps
from coefgate.use_cases.examination import Examination, broken, lacking, unseen, working
from coefgate.use_cases.new_registry.surroundings import CODEOWNERS, NAMELESS, RULESETS

_HISTORY: Final[Mapping[str, str]] = {
    ".gitlab-ci.yml": r"GIT_DEPTH:\s*[\"']?0\b",
    "azure-pipelines.yml": r"fetchDepth:\s*[\"']?0\b",
}
"""What fetches the whole history on other forges than GitHub."""
_COMMENT: Final = re.compile(r"(?:^|\s)#.*$", re.MULTILINE)
_WORD: Final = re.compile(r"(?:\\.|[^\s\\])+")


def examined_ci(top: Path, prefix: str, *, begin: str) -> Iterator[Examination]:
    """What CI does of the registry in the folder ``prefix`` of the repository at ``top``.

    ``begin``: the command that writes the files that are missing.
    """
    folder = posixpath.normpath(prefix or ".")
    judging = [one for one in judging_steps(top) if one.registry in {None, folder}]
    if not judging:
        told = "no CI file judges changes, so any can be merged"
        yield lacking("ci", told, begin)
        return
    for one in judging:
        yield _of_github(one) if one.on_github else _of_others(one, _text(top / one.file))
    statuses = {one.status for one in judging if one.on_github}
    if not statuses:
        told = "who must approve is a setting of the project, which is not visible here"
        yield unseen("owners", told)
        return
    yield _owners(top, prefix, begin)
    yield _ruleset(top, statuses)


def _of_github(judging: JudgingStep) -> Examination:
    name, steps = judging.file, judging.steps
    if judging.off:
        return broken("ci", f"{name} judges nothing: {judging.off}")
    checkouts = [one for one in steps if str(one.get("uses", "")).startswith("actions/checkout@")]
    if not any(str((one.get("with") or {}).get("fetch-depth")) == "0" for one in checkouts):
        return broken("ci", f"{name} checks out no history, which the gate needs: fetch-depth: 0")
    loose = [uses for one in steps if (uses := str(one.get("uses", ""))) and not _is_pinned(uses)]
    if loose:
        return broken("ci", f"{name} uses {loose[0]}, which may change; name a full commit")
    return working("ci", f"{name} judges changes, with their whole history")


def _is_pinned(uses: str) -> bool:
    return uses.startswith("./") or re.search(r"@[0-9a-f]{40}$", uses) is not None


def _of_others(judging: JudgingStep, text: str) -> Examination:
    name = judging.file
    if judging.off:
        return broken("ci", f"{name} judges nothing: {judging.off}")
    if re.search(_HISTORY[name], _COMMENT.sub("", text)) is None:
        return broken("ci", f"{name} fetches no history, which the gate needs")
    return working("ci", f"{name} judges changes, with their whole history")


def _owners(top: Path, prefix: str, begin: str) -> Examination:
    name = next((one for one in CODEOWNERS if (top / one).is_file()), CODEOWNERS[0])
    lines = [_WORD.findall(_COMMENT.sub("", one)) for one in _text(top / name).splitlines()]
    rules = [(one[0].replace("\\", ""), one[1:]) for one in lines if one]
    for path in ("coefficients/gates.yaml", "samples/"):
        asked = f"/{prefix}{path}"
        of_it = (who for rule, who in reversed(rules) if _covers(rule, asked))
        owners: list[str] = next(of_it, [])
        if not [one for one in owners if one != NAMELESS]:
            told = f"nobody owns {asked}, so anybody may approve a change of it"
            if owners:
                told = f"{told}: {NAMELESS} in {name} is still a placeholder"
            return lacking("owners", told, begin)
    return working("owners", "thresholds and calls have owners, whom a ruleset can ask")


def _covers(rule: str, path: str) -> bool:
    """Does a line of CODEOWNERS say who owns a path? As ``.gitignore``, the last one wins."""
    rule = rule.removeprefix("**/")
    if "/" not in rule.rstrip("/"):
        return any(fnmatchcase(one, rule.rstrip("/")) for one in path.split("/") if one)
    bare = f"/{rule.strip('/')}".removesuffix("/**").removesuffix("/*")
    return fnmatchcase(path.rstrip("/"), bare) or fnmatchcase(path, f"{bare}/*")


def _ruleset(top: Path, statuses: set[str]) -> Examination:
    folder, others = top / RULESETS, set()
    for file in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        name = f"{RULESETS}/{file.name}"
        try:
            found = json.loads(file.read_bytes())
            checks = set(_checks(found["rules"]))
        except (ValueError, KeyError, TypeError, AttributeError):
            return broken("ruleset", f"{name} cannot be read")
        if checks & statuses and found.get("enforcement", "active") == "active":
            told = f"{name} requires the verdict; if it is active, GitHub knows"
            return unseen("ruleset", told, "gh api 'repos/{owner}/{repo}/rulesets'")
        others |= checks
    wanted = listed(sorted(statuses), "or")
    told = f"no active ruleset requires {wanted}, so what it stops can be merged"
    if others:
        told = f"{told}; required: {listed(sorted(others), 'and')}"
    return lacking("ruleset", told)


def _checks(rules: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for rule in rules:
        if rule["type"] == "required_status_checks":
            for check in rule["parameters"]["required_status_checks"]:
                yield str(check["context"])


def _text(file: Path) -> str:
    return file.read_text("utf-8", "replace") if file.is_file() else ""
