"""``judge-and-values``: what judges does not change together with what is judged.

The judge is what runs it, what it runs on, and who has a say in it. Told by kind, in any case of
letters; most count at the top, where tools look for them.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from coefgate.gates.proposal import Proposal
from coefgate.gates.verdict import Finding, RuleResult, finding_result

_YAML: Final = r"\.ya?ml"
_CONFIG: Final = r"\.(ya?ml|toml|json[c5]?|ini|cfg)"
_KIND: Final = r"([._-][^/]+)?"
"""What may follow a name: ``Dockerfile.dev``, ``buildspec-test.yml``."""
_IN: Final = r"(/.+)?"
"""A folder: what is in it, or the folder itself where it is a link or another repository."""

_CI: Final = (
    rf"\.(github|gitea|forgejo|gitlab|builds|harness|semaphore|codefresh|azuredevops|devcontainer|config){_IN}",
    rf"\.?(ci|circleci|azure-?pipelines|buildkite|drone|jenkins|teamcity|tekton|woodpecker){_IN}",
    rf"action{_YAML}|(azure|bitbucket)-pipelines{_KIND}{_YAML}",
    rf"(appveyor|buildspec|circle|cloudbuild|codefresh|codemagic|wercker){_KIND}{_CONFIG}",
)
_HIDDEN: Final = (
    r"\.(?!(codespell|cspell|eslint|markdownlint|prettier|readthedocs|typos|vale|yamllint))"
    rf"[^/]+{_CONFIG}"
)
"""Settings of CI systems, hook managers and tools, but of those that look at texts only."""
_HOOKS: Final = (rf"\.(husky|lefthook|git-?hooks){_IN}", rf"(lefthook|prek)(-local)?{_CONFIG}")
_COMMANDS: Final = (
    rf"\.?((gnu)?make|just|task|rake|jenkins|earth|tilt|snake|nox|mage|pip|dev|vagrant)file{_KIND}",
    rf"(tox|pytest|pip|pants){_CONFIG}|pip\.conf|(package|deno|devbox)\.jsonc?",
)
_PYTHON: Final = (
    rf"requirements{_IN}|[^/]+\.(py[cd]?|so)|setup\.cfg|manifest\.in|runtime\.txt",
    rf"(pyproject|uv|poetry|pdm|hatch|rye|pixi|mise(\.[^/]+)?)\.toml|(environment|conda){_KIND}{_YAML}",
    r"\.[a-z]+-versions?|\.env(rc|\.[^/]+)?|\.gitmodules|[^/]+\.nix",
)
"""Also a module that would be imported instead of one of the program's."""
_OWNERS: Final = r"(docs/)?codeowners|owners(_aliases)?"
"""Who is asked; two more places of CODEOWNERS are folders of a CI."""
_ANYWHERE: Final = (
    r"(requirements|constraints)[^/]*\.(txt|in)|npm-shrinkwrap\.json|go\.sum",
    rf"(?!coefgate\.lock$)[^/]+\.lockb?|([^/]+[._-])?(py)?lock{_KIND}\.(json|ya?ml|toml|hcl)",
    rf"([^/]+\.)?(docker|container)file{_KIND}|(docker-|podman-)?compose{_KIND}{_YAML}",
    r"[^/]+\.mk|\.gitattributes",
)
"""Lock files of packagers, and what builds a container; not ``coefgate.lock``, a runner's pin."""


def _any_of(*kinds: str) -> re.Pattern[str]:
    return re.compile("|".join(kinds), re.IGNORECASE | re.DOTALL)


_BESIDE: Final = _any_of(rf"(validator|schemas|coefgate){_IN}")
"""This program, beside a registry; in a folder above it anything may have these names."""
_AT_THE_TOP: Final = _any_of(*_CI, _HIDDEN, *_HOOKS, *_COMMANDS, *_PYTHON, _OWNERS)
_IN_ANY_FOLDER: Final = _any_of(rf"(?!(samples|coefficients|docs)/)(.*/)?({'|'.join(_ANYWHERE)})")
_ABOVE: Final = re.compile(r"(\.\./)+")


@lru_cache(maxsize=10_000)  # a search for numbers asks again with every candidate
def is_judges(file: str) -> bool:
    """Is this the judge's? ``file``: below the registry's root, or ``../…`` in a folder above."""
    name = _ABOVE.sub("", file, count=1)
    if name.lower().endswith((".md", ".rst")) and not name.startswith(".github/"):
        return False  # a page
    kinds = (_AT_THE_TOP, _IN_ANY_FOLDER, *((_BESIDE,) if name == file else ()))
    return any(kind.fullmatch(name) for kind in kinds)


def judge_and_values(proposal: Proposal) -> RuleResult:
    """What judges does not change together with what is judged."""
    judge = sorted(file for file in proposal.changed_files if is_judges(file))
    judged = proposal.judged_files
    findings = [
        Finding(f"{file} changes together with {judged[0]}", file, 1) for file in judge if judged
    ]
    return finding_result(
        "judge-and-values",
        "the judge does not change together with coefficients/ or samples/",
        findings,
        n=len(proposal.changed_files),
        good="The judge does not change together with what it judges.",
        remedy="Split it into two changes, the judge first, so that the accepted judge judges the "
        "values.",
    )
