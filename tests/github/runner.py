"""A stand-in for GitHub's runner: executes the steps of a workflow and our action, in order.

Five things differ from a run on GitHub. ``actions/checkout`` is a ``git clone`` of what its
``ref`` names, ``actions/setup-python`` does nothing, because a Python is there; what `pip` would
download is found installed, `pip` itself included, so that its commands run as they are, with
their check of versions, and without a network; ``actions/attest`` only notes which bytes it would
have attested, and ``actions/upload-artifact`` which it would have kept.

A runner that is given a program installs nothing at all: what the steps ask of `venv` and `pip` is
noted, and the program stands where they would have installed it."""

from __future__ import annotations

import hashlib
import os
import shlex
import subprocess
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from tests.github.expressions import as_text, filled, value_of
from tests.publishing.stand_in import REPOSITORY, TOKEN, GitHub

GATE: Final = ".github/workflows/gate.yml"

_WORKFLOW: Final = frozenset(("name", "on", True, "permissions", "concurrency", "jobs"))
_JOB: Final = frozenset(("name", "runs-on", "timeout-minutes", "permissions", "steps"))
_STEP: Final = frozenset(
    (*("name", "id", "if", "shell", "env", "run"), *("uses", "with", "continue-on-error"))
)
"""The keys that are understood here: any other one would do on GitHub what is not done here."""

_PYTHON: Final = """#!/bin/bash
set -e
printf '%s\\n' "$*" >>{log}
if [[ $1 = -m && $2 = venv ]]; then # what the lock names is installed here, and found from there
  {python} -m venv --without-pip "${{@:3}}"
  printf '%s\\n' {packages} >"${{@: -1}}/{site}/locked.pth"
else
  {python} "$@"
fi
"""
_INSTALLED: Final = """#!/bin/bash
set -e
printf '%s\\n' "$*" >>{log}
if [[ $1 = -m && $2 = venv ]]; then
  mkdir -p "${{@: -1}}/bin"
  printf '%s\\n' '#!/bin/bash' {program} >"${{@: -1}}/bin/coefgate"
  chmod +x "${{@: -1}}/bin/coefgate"
elif [[ $1 != -m || $2 != pip ]]; then
  {python} "$@"
fi
"""


@dataclass(slots=True)
class Run:
    """What one run of a workflow left behind."""

    workspace: Path
    temporary: Path
    printed: list[str] = field(default_factory=list)
    outcomes: dict[str, str] = field(default_factory=dict)
    """Each executed or skipped ``run:`` step by its name."""
    attested: dict[str, str] = field(default_factory=dict)
    """The sha256 of each file that was attested, by its path in the workspace."""
    kept: dict[str, str] = field(default_factory=dict)
    """The text of each artifact, by its name."""

    @property
    def text(self) -> str:
        return "\n".join(self.printed)

    @property
    def python(self) -> list[str]:
        """The arguments of each Python that a step started by name."""
        return (self.temporary / "python").read_text("utf-8").splitlines()

    @property
    def summary(self) -> str:
        file = self.temporary / "summary"
        return file.read_text("utf-8") if file.exists() else ""


def obeyed(printed: str) -> list[str]:
    """The lines that GitHub's runner would take for commands."""
    found, word = [], None
    for line in printed.splitlines():
        if word is not None:
            word = None if line.strip() == f"::{word}::" else word
            continue
        if line.lstrip().startswith("::"):
            found.append(line)
            if line.startswith("::stop-commands::"):
                word = line.removeprefix("::stop-commands::")
    return found


class Runner:
    """Runs a workflow of a repository for one event.

    ``program``: the words that start a ``coefgate``, where none is to be installed. ``actions``:
    folders of actions of other repositories, by the whole of what ``uses`` says.
    """

    def __init__(
        self,
        folder: Path,
        origin: Path,
        github: GitHub,
        *,
        program: Sequence[str] | None = None,
        actions: Mapping[str, Path] | None = None,
    ) -> None:
        self.origin = origin
        self._actions = actions or {}
        self.artifacts_are_down = False
        self.run = Run(folder / "workspace", folder / "temporary")
        self.run.temporary.mkdir(parents=True)
        self._tools = folder / "tools"
        self._tools.mkdir()
        python = self._python() if program is None else self._installed(program)
        self.put_tool("python", python)
        self.put_tool("python3", python)
        self._environment = {
            "PATH": os.pathsep.join((str(self._tools), os.environ["PATH"])),
            "HOME": str(folder),
            "LC_ALL": "C.UTF-8",
            "GIT_CONFIG_NOSYSTEM": "1",
            "PIP_NO_INDEX": "1",
            "GITHUB_WORKSPACE": str(self.run.workspace),
            "GITHUB_STEP_SUMMARY": str(self.run.temporary / "summary"),
            "RUNNER_TEMP": str(self.run.temporary),
            **{
                name: value
                for name, value in github.environment().items()
                if name != "GITHUB_TOKEN"
            },
        }

    def put_tool(self, name: str, script: str) -> None:
        """Let ``name`` be this script for all steps."""
        tool = self._tools / name
        tool.write_text(script, encoding="utf-8")
        tool.chmod(0o755)

    def execute(
        self,
        event: Mapping[str, Any],
        *,
        workflow: str = GATE,
        job: str | None = None,
        ref: str = "refs/heads/main",
    ) -> Run:
        """Execute all steps of a job, the way a runner does.

        ``job``: the one that has the name of the workflow, unless given. ``ref``: what the run is
        for, which has the workflow's file.
        """
        text = subprocess.run(
            ["git", "show", f"{ref}:{workflow}"],
            cwd=self.origin,
            check=True,
            capture_output=True,
            text=True,
        )
        definition = yaml.safe_load(text.stdout)
        of_job = definition["jobs"][job or Path(workflow).stem]
        assert set(definition) <= _WORKFLOW, definition.keys() - _WORKFLOW
        assert set(of_job) <= _JOB, of_job.keys() - _JOB
        github = {"event": event, "token": TOKEN, "repository": REPOSITORY, "ref": ref}
        github["ref_name"] = ref.removeprefix("refs/heads/").removeprefix("refs/tags/")
        self._steps(of_job["steps"], {"github": github}, self.run.workspace)
        return self.run

    def _steps(
        self, steps: list[dict[str, Any]], context: dict[str, Any], action: Path
    ) -> dict[str, Any]:
        done: dict[str, dict[str, Any]] = {}
        context = {**context, "steps": done, "runner": {"temp": str(self.run.temporary)}}
        failed = False
        for number, step in enumerate(steps):
            condition = step.get("if", "")
            runs = ("always()" in condition or not failed) and (
                not condition or bool(value_of(condition, context))
            )
            success, outputs = self._step(step, context, action) if runs else (True, {})
            outcome = "skipped" if not runs else "success" if success else "failure"
            done[step.get("id", f"step {number}")] = {"outcome": outcome, "outputs": outputs}
            if "run" in step:
                self.run.outcomes[step["name"]] = outcome
            failed = failed or not (success or step.get("continue-on-error", False))
        return {"failed": failed, "steps": done}

    def _step(
        self, step: dict[str, Any], context: dict[str, Any], action: Path
    ) -> tuple[bool, dict[str, str]]:
        assert set(step) <= _STEP, step.keys() - _STEP
        given = {
            name: filled(as_text(value), context)
            for name, value in (step.get("with") or {}).items()
        }
        if "run" in step:
            assert step["shell"] == "bash"
            return self._bash(step, context, action)
        uses = step["uses"].partition("@")[0]
        if uses == "actions/checkout":
            # ``--branch`` takes a tag as well; every other tag comes along.
            name = given.get("ref", context["github"]["ref_name"]).removeprefix("refs/heads/")
            command = [
                "git",
                "clone",
                "-q",
                "-c",
                "advice.detachedHead=false",
                "--branch",
                name,
                str(self.origin),
                str(self.run.workspace),
            ]
            subprocess.run(command, check=True)
            return True, {}
        if uses == "./":
            return self._composite(given, context, self.run.workspace)
        if step["uses"] in self._actions:
            return self._composite(given, context, self._actions[step["uses"]])
        if uses == "actions/attest":
            assert set(given) == {"subject-path"}
            for file in sorted(self.run.workspace.glob(given["subject-path"])):
                found = hashlib.sha256(file.read_bytes()).hexdigest()
                self.run.attested[file.relative_to(self.run.workspace).as_posix()] = found
            return bool(self.run.attested), {}
        if uses == "actions/upload-artifact":
            return self._keep(given)
        assert uses == "actions/setup-python", f"{uses} is not known here"
        return True, {}

    def _keep(self, given: Mapping[str, str]) -> tuple[bool, dict[str, str]]:
        """One file as it is, under its own name."""
        assert set(given) == {"path", "archive", "overwrite"}
        assert (given["archive"], given["overwrite"]) == ("false", "true")
        if self.artifacts_are_down:
            return False, {}
        file = Path(given["path"])
        self.run.kept[file.name] = file.read_text("utf-8")
        number = len(self.run.kept)
        return True, {"artifact-url": f"https://github.example/runs/42/artifacts/{number}"}

    def _composite(
        self, given: Mapping[str, str], context: dict[str, Any], action: Path
    ) -> tuple[bool, dict[str, str]]:
        definition = yaml.safe_load((action / "action.yml").read_text("utf-8"))
        inputs = {}
        for name, about in definition["inputs"].items():
            # GitHub hands an empty word on as it is; only an input that is not named gets its
            # default.
            inputs[name] = given.get(name, filled(str(about.get("default", "")), context))
            assert inputs[name] or not about.get("required"), f"{name} is missing"
        assert set(given) <= set(inputs)
        assert set(definition["runs"]) == {"using", "steps"}
        result = self._steps(
            definition["runs"]["steps"],
            {"github": context["github"], "inputs": inputs},
            action,
        )
        outer = {"steps": result["steps"]}
        outputs = {
            name: filled(about["value"], outer) for name, about in definition["outputs"].items()
        }
        return not result["failed"], outputs

    def _bash(
        self, step: dict[str, Any], context: dict[str, Any], action: Path
    ) -> tuple[bool, dict[str, str]]:
        output = self.run.temporary / f"output-{len(self.run.printed)}"
        output.touch()
        own = {
            name: filled(str(value), context) for name, value in (step.get("env") or {}).items()
        }
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.run.workspace,
            env={
                **self._environment,
                "GITHUB_ACTION_PATH": str(action),
                "GITHUB_OUTPUT": str(output),
                **own,
            },
            check=False,
            capture_output=True,
            text=True,
        )
        self.run.printed.append(
            f"== {step['name']} ({done.returncode})\n{done.stdout}{done.stderr}"
        )
        lines = output.read_text("utf-8").splitlines()
        return done.returncode == 0, dict(line.split("=", 1) for line in lines)

    def _installed(self, program: Sequence[str]) -> str:
        line = f'exec {shlex.join(program)} "$@"'
        log = shlex.quote(str(self.run.temporary / "python"))
        return _INSTALLED.format(
            python=shlex.quote(sys.executable), program=shlex.quote(line), log=log
        )

    def _python(self) -> str:
        packages = shlex.join({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})
        site = f"lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
        log = shlex.quote(str(self.run.temporary / "python"))
        return _PYTHON.format(
            python=shlex.quote(sys.executable), packages=packages, site=site, log=log
        )
