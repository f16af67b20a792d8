"""What stands around a registry: hooks that judge before others see, and a CI that blocks."""

from __future__ import annotations

import json
import os
import posixpath
import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import Final, Literal, get_args

from coefgate.core.problems import UsageProblem
from coefgate.core.program_version import program_version
from coefgate.use_cases.new_registry.places import Target
from coefgate.use_cases.new_registry.program_source import ProgramSource
from coefgate.use_cases.new_registry.templates import filled, indented

Ci = Literal["github", "gitlab", "azure", "none"]
CIS: Final[tuple[Ci, ...]] = get_args(Ci)
PRE_COMMIT: Final = ".pre-commit-config.yaml"
CODEOWNERS: Final = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""Where GitHub looks, in this order; the first that is there counts alone."""
RULESETS: Final = ".github/rulesets"
_HOSTS: Final[Mapping[str, Ci]] = {
    "github": "github",
    "gitlab": "gitlab",
    "dev.azure.com": "azure",
    "visualstudio.com": "azure",
}
_OWNER: Final = re.compile(r"@[\w.-]+(/[\w.-]+)?|[^\s@#]+@[\w-]+(\.[\w-]+)+")
_PLAIN: Final = re.compile(r"[A-Za-z][\w./-]*")
NAMELESS: Final = "@OWNER"
_SCRIPT: Final = 6
"""How far scripts stand to the right in the templates of CI."""
_COMPARE: Final = "to get it again, move it away and repeat the command"
_REACHED: Final = (
    "name where others get the program from: coefgate init --program-url URL --program-rev COMMIT"
)


@dataclass(frozen=True, slots=True)
class AroundFile:
    """``content``; ``if_there``: what to do with a file of that name, which stays as it is.

    ``also``: other places where a tool looks for the same. ``lines``: what has to stand in such a
    file, whatever else does; all of ``content`` unless given.
    """

    content: bytes
    if_there: str
    also: tuple[str, ...] = ()
    lines: str = ""

    def is_said_by(self, found: bytes) -> bool:
        """Does a file with this content say it already, in whatever order and indentation?"""
        if found == self.content or not self.lines:
            return found == self.content
        said = {line.strip() for line in found.decode("utf-8", "replace").splitlines()}
        return all(line.strip() in said for line in self.lines.splitlines())


@dataclass(frozen=True, slots=True)
class Surroundings:
    """``files`` by path from the top; ``steps``: what is left for a person, in sentences."""

    files: Mapping[str, AroundFile]
    steps: tuple[str, ...]


def guessed_ci(target: Target) -> Ci:
    """The CI of the server that the repository came from; GitHub's where it says nothing."""
    server = target.remote.partition("://")[2] or target.remote
    host = re.split(r"[/:]", server.rpartition("@")[2], maxsplit=1)[0].lower()
    return next((ci for part, ci in _HOSTS.items() if part in host), "github")


def checked_owner(owner: str) -> str:
    """The owner. Raises ``UsageProblem`` for what no CODEOWNERS takes."""
    if not _OWNER.fullmatch(owner):
        raise UsageProblem(
            f"--owner {owner!r} is not an owner: name a person (@NAME), a team "
            "(@ORGANISATION/TEAM) or an e-mail address."
        )
    return owner


def surroundings(
    target: Target, source: ProgramSource | None, *, ci: Ci, hooks: bool, owner: str | None
) -> Surroundings:
    """The files around the registry at ``target``; ``source``: where the program comes from."""
    files: dict[str, AroundFile] = {}
    steps: list[str] = []
    if hooks:
        files[PRE_COMMIT] = _hooks(target, source)
        if source is None:
            steps.append(
                "The hooks run the program that is on PATH, as this one was not installed from "
                f"an address that others can reach; to have them install it, {_REACHED}"
            )
    if ci != "none":
        added, more = _CI_FILES[ci](target, source, owner)
        files |= added
        steps += more
    return Surroundings(files, tuple(steps))


def _hooks(target: Target, source: ProgramSource | None) -> AroundFile:
    args = _yaml(["--registry", target.folder]) if target.folder else None
    repo = "local" if source is None else source.url
    lines = [f"- repo: {repo}"]
    if source is not None:
        lines.append(f"  rev: {source.commit}")
    lines.append("  hooks:")
    for name, stage, entry in (
        ("coefgate-check", "pre-commit", "coefgate check --head hook"),
        ("coefgate-gate", "pre-push", "coefgate gate --head hook"),
    ):
        lines.append(f"    - id: {name}")
        if source is None:
            lines += [
                f"      name: {name.replace('-', ' ')}",
                f"      entry: {entry}",
                "      language: system",
                "      always_run: true",
                "      pass_filenames: false",
                "      require_serial: true",
                f"      stages: [{stage}]",
            ]
        if args:
            lines.append(f"      args: {args}")
    block = "\n".join(lines)
    content = filled("around/pre-commit.yaml", repo=indented(block, 2))
    told = (
        "add this to its `repos`, and pre-push to its `default_install_hook_types`:\n"
        f"{indented(block, 2)}"
    )
    return AroundFile(content.encode(), told, lines=block)


def _yaml(value: object) -> str:
    """A value in one line, as YAML reads it; a plain word without quotes."""
    if isinstance(value, list):
        return f"[{', '.join(map(_yaml, value))}]"
    return value if isinstance(value, str) and _PLAIN.fullmatch(value) else json.dumps(value)


def _slug(target: Target) -> str:
    """``-teams-ours``, which tells registries of one repository apart; empty at the top."""
    words = re.findall(r"[a-z0-9]+", target.folder.lower())
    if not target.folder.isascii():  # another folder may differ in what is left out alone
        words.append(sha256(os.fsencode(target.folder)).hexdigest()[:8])
    return "".join(f"-{one}" for one in words)


def _named(target: Target) -> dict[str, str]:
    return {
        "name": f"coefgate{_slug(target)}",
        "status": f"coefgate/verdict{_slug(target)}",
        "branch": _yaml(target.branch),
    }


_CiFiles = tuple[dict[str, AroundFile], list[str]]


def _github(target: Target, source: ProgramSource | None, owner: str | None) -> _CiFiles:
    words, here = _named(target), partial(posixpath.relpath, start=target.folder or ".")
    workflow = f".github/workflows/{words['name']}.yml"
    sets = [f"{RULESETS}/{words['name']}.json", f"{RULESETS}/coefgate-tags.json"]
    files, steps = {CODEOWNERS[0]: _owners(target, owner)}, []
    if source is None or source.action is None:
        why = "an action of GitHub comes from a repository on github.com"
        steps.append(f"{workflow} is not written, and nothing blocks a merge: {why}; {_REACHED}")
    else:
        content = filled(
            "around/workflow.yml",
            **words,
            action=source.action,
            commit=source.commit,
            version=program_version(),
            registry=_yaml(target.folder or "."),
        )
        ruleset = filled("around/ruleset.json", **words)
        made = (content, ruleset, filled("around/tags-ruleset.json"))
        for path, text in zip((workflow, *sets), made, strict=True):
            files[path] = AroundFile(text.encode(), _COMPARE)
        shown = " ".join(map(here, sets))
        steps.append(
            "Nothing blocks a merge before GitHub has the rulesets; after the first push: "
            f"for set in {shown}; do gh api 'repos/{{owner}}/{{repo}}/rulesets' "
            '--method POST --input "$set"; done'
        )
    if owner is None:
        steps.append(
            "Nobody owns the thresholds and the calls yet: in the lines of CODEOWNERS replace "
            f"{NAMELESS} with your team, and remove any # before them"
        )
    return files, steps


def _owners(target: Target, owner: str | None) -> AroundFile:
    thresholds = ("coefficients/gates.yaml", "coefficients/guardrails.yaml")
    own = [target.below(one) for one in (*thresholds, "samples", ".gitattributes")]
    paths = [one.replace(" ", "\\ ") for one in (".github/", PRE_COMMIT, *own)]
    lines = [f"/{one}  {owner or NAMELESS}" for one in paths]
    block = "\n".join(lines)
    commented = block if owner else "\n".join(f"# {one}" for one in lines)
    content = filled("around/CODEOWNERS", lines=commented)
    told = f"add to it:\n{block}"
    return AroundFile(content.encode(), told, also=CODEOWNERS[1:], lines=block)


def _other_ci(file: str, step: str) -> Callable[..., _CiFiles]:
    def made(target: Target, source: ProgramSource | None, _owner: str | None) -> _CiFiles:
        if source is None:
            why = "the job would not know where to get the program"
            return {}, [f"{file} is not written, as {why}: {_REACHED}"]
        install = filled("around/install.sh", url=source.url, commit=source.commit)
        content = filled(
            f"around/{file.removeprefix('.')}",
            **_named(target),
            install=indented(install, _SCRIPT),
            registry=shlex.quote(target.folder or "."),
        )
        told = f"add this to it:\n{indented(content, 2)}"
        return {file: AroundFile(content.encode(), told, lines=content)}, [step]

    return made


_CI_FILES: Final[Mapping[Ci, Callable[..., _CiFiles]]] = {
    "github": _github,
    "gitlab": _other_ci(
        ".gitlab-ci.yml",
        "Nothing blocks a merge before the project asks for it: Settings → Merge requests → "
        "Pipelines must succeed",
    ),
    "azure": _other_ci(
        "azure-pipelines.yml",
        "Nothing blocks a merge before the branch asks for it: make a pipeline of "
        "azure-pipelines.yml, then Project settings → Repositories → Policies → your branch → "
        "Build validation",
    ),
}
