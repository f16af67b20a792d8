"""The steps of a forge's CI that judge a change: of which registry, and whether they run."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

WORKFLOWS: Final = ".github/workflows"
OTHERS: Final = (".gitlab-ci.yml", "azure-pipelines.yml")
"""Files of other forges."""
STATUS: Final = "coefgate/verdict"
"""The status that the action sets unless another is named."""
_ACTION: Final = re.compile(r"\./|.*/coefgate(/.*)?@.*")
_RUNS: Final = re.compile(r"^(?!\s*#).*coefgate gate\b", re.MULTILINE)
_REGISTRY: Final = re.compile(r"""--registry[ =](?:"([^"]*)"|'([^']*)'|(\S+))""")
_SCRIPTS: Final = ("run", "script", "bash", "before_script", "powershell", "pwsh")
_OFF: Final[Mapping[str, tuple[str, ...]]] = {
    "if": ("false", "${{ false }}"),
    "condition": ("false",),
    "enabled": ("false",),
    "when": ("never", "manual"),
    "continue-on-error": ("true",),
    "continueOnError": ("true",),
    "allow_failure": ("true",),
}
"""Keys of a job or a step with the values that let a change pass without its verdict."""
_PROPOSALS: Final = {"pull_request", "pull_request_target"}


class _Reader(yaml.SafeLoader):
    """Takes tags of a forge's own, such as GitLab's ``!reference``, for nothing."""


_Reader.add_multi_constructor("!", lambda *_: None)


@dataclass(frozen=True, slots=True)
class JudgingStep:
    """A step that judges; ``file``: where it stands. ``steps``: all of its job.

    ``registry``: the folder it judges, ``.`` at the top; ``None`` where an expression says it.
    ``status``: what it sets, or the check that it is. ``off``: why it holds nothing up, or empty.
    """

    file: str
    steps: Sequence[Mapping[str, Any]]
    registry: str | None
    status: str
    off: str

    @property
    def on_github(self) -> bool:
        """Is it one of a workflow?"""
        return self.file.startswith(WORKFLOWS)


def judging_steps(top: Path) -> Iterator[JudgingStep]:
    """Those of the repository at ``top``; what no forge could read is passed over."""
    folder = top / WORKFLOWS
    workflows = sorted(folder.glob("*.y*ml")) if folder.is_dir() else []
    for file in (*workflows, *(top / one for one in OTHERS)):
        name = file.relative_to(top).as_posix()
        try:
            found = yaml.load(file.read_bytes(), _Reader) if file.is_file() else None  # noqa: S506
        except (OSError, ValueError, yaml.YAMLError):
            continue  # whoever wrote it is told by the forge
        if isinstance(found, dict):
            yield from _in_file(name, found)


def _in_file(name: str, found: Mapping[Any, Any]) -> Iterator[JudgingStep]:
    off = "" if name in OTHERS or _on_proposals(found) else "it runs on no pull request"
    for path, chain in _mappings(found, (), ()):
        step = chain[-1]
        if not _judges(step):
            continue
        job = chain[-2] if len(chain) > 1 else {}
        siblings = job.get("steps")
        steps = [one for one in siblings if isinstance(one, dict)] if siblings else [step]
        given = step.get("with") or {}
        by_action = "uses" in step
        status = given.get("status", STATUS) if by_action else job.get("name") or _last(path)
        said = given.get("registry", ".") if by_action else _registry_of(step)
        hidden = name in OTHERS and any(one.startswith(".") for one in path)
        why = off or next(filter(None, map(_off, chain)), "") or "its job is a template" * hidden
        folder = None if "$" in str(said) else posixpath.normpath(str(said))
        yield JudgingStep(name, steps, folder, str(status), why)


def _last(path: Sequence[str]) -> str:
    return path[-1] if path else ""


def _on_proposals(found: Mapping[Any, Any]) -> bool:
    events = found.get("on", found.get(True))  # YAML 1.1 takes `on` for true
    named = {events} if isinstance(events, str) else set(events or ())
    return bool(named & _PROPOSALS)


def _mappings(
    found: Any, path: tuple[str, ...], above: tuple[Mapping[Any, Any], ...]
) -> Iterator[tuple[tuple[str, ...], tuple[Mapping[Any, Any], ...]]]:
    """Every mapping with those around it, and the keys that lead to its job."""
    if isinstance(found, list):
        for one in found:
            yield from _mappings(one, path, above)
    if isinstance(found, dict):
        chain = (*above, found)
        yield path, chain
        for key, one in found.items():
            way = path if key in {"steps", "jobs"} else (*path, str(key))
            yield from _mappings(one, way, chain)


def _judges(step: Mapping[Any, Any]) -> bool:
    used = _ACTION.fullmatch(str(step.get("uses", ""))) is not None
    return used or _RUNS.search(_script(step)) is not None


def _script(step: Mapping[Any, Any]) -> str:
    found = (step.get(name, "") for name in _SCRIPTS)
    lines = (one if isinstance(one, list) else [one] for one in found)
    return "\n".join(str(line) for each in lines for line in each)


def _registry_of(step: Mapping[Any, Any]) -> str:
    line = _RUNS.search(_script(step))
    said = _REGISTRY.search(_script(step), line.start()) if line else None
    folder = step.get("working-directory") or step.get("workingDirectory") or "."
    return posixpath.join(str(folder), next(filter(None, said.groups())) if said else ".")


def _off(mapping: Mapping[Any, Any]) -> str:
    for key, values in _OFF.items():
        if str(value := mapping.get(key, "")).strip().lower() in values:
            shown = str(value).lower() if isinstance(value, bool) else value
            return f"{key}: {shown} lets a change pass without it"
    return ""
