"""How a release or a rollback ends, told in words, or as one object for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from coefgate.commands.verdict import tell
from coefgate.core.problems import PASS
from coefgate.core.versions import Version
from coefgate.gates.verdict import EXIT_CODES
from coefgate.git.commit_writer import Branch
from coefgate.git.push import Delivery, Upstream, delivery, push, push_command
from coefgate.git.repository import Repository
from coefgate.reports.console import emit, warn
from coefgate.reports.json_texts import json_text
from coefgate.reports.progress import progress
from coefgate.reports.release_dicts import made_facts, plan_facts, release_dict, verdict_facts
from coefgate.reports.releases import dry_text, made_text, plan_text, pushed_text
from coefgate.reports.verdict_texts import verdict_text
from coefgate.use_cases.releasing.known_releases import Releases
from coefgate.use_cases.releasing.make_release import Made
from coefgate.use_cases.releasing.release_plan import Plan
from coefgate.use_cases.report import Report


@dataclass(frozen=True, slots=True)
class Ending:
    """``pushing``: what was made goes to ``there``. ``facts``: what a program is told besides."""

    repository: Repository
    branch: Branch
    there: Upstream | None
    pushing: bool
    as_json: bool
    facts: Mapping[str, Any] = field(default_factory=dict)

    def nothing(self, said: Sequence[str], releases: Releases) -> int:
        """There is nothing to do; but the last release may still have to be pushed."""
        last = releases.all[0]
        left = self._delivered(last.version)
        if self.as_json:
            held = releases.content_of(last)
            known = {"digest": held.digest if held else None, "commit": last.commit}
            self._emit(
                release_dict(
                    "nothing", last.version, **known, pushed=left.pushed, next=left.command
                )
            )
        else:
            emit("\n".join([*said, *([left.words] if left.words else [])]))
        return PASS

    def _delivered(self, version: Version) -> Delivery:
        """How far the last release has come; on its way, if that was asked for."""
        if self.there is None:
            return Delivery(pushed=False, tagged=False, words="")
        with progress(f"Asking {self.there.shown} what it has …"):
            found = delivery(self.repository, self.branch, self.there, version)
        if found.tagged or not self.pushing:
            return found
        self._push(self.there, version)
        return Delivery(pushed=True, tagged=True, words=pushed_text(self.there.shown, version))

    def refused(self, version: Version, report: Report, why: str) -> int:
        """The gate says no."""
        if self.as_json:
            self._emit(release_dict("refused", version, **verdict_facts(report)))
        else:
            tell(report, verdict_text(report))
        warn(why)
        return EXIT_CODES[report.verdict]

    def planned(
        self, said: Sequence[str], plan: Plan, report: Report, *, to: Version | None = None
    ) -> int:
        """A dry run."""
        if self.as_json:
            self._emit(release_dict("planned", plan.version, **plan_facts(plan, report, to=to)))
        else:
            emit("\n".join([*said, *plan_text(plan, report, to=to), *dry_text(plan)]))
        return PASS

    def made(
        self,
        said: Sequence[str],
        plan: Plan,
        report: Report,
        made: Made,
        *,
        to: Version | None = None,
    ) -> int:
        """All is made; it is pushed, if that was asked for, or what to type for it is told."""
        facts = {**plan_facts(plan, report, to=to), **made_facts(made.commits, made.files)}
        command = self._command(plan.version)
        if not self.as_json:
            did = made_text(plan, made.commits, made.files)
            emit("\n".join([*said, *plan_text(plan, report, to=to), *did]))
        pushed = False
        try:
            if self.pushing and self.there is not None:
                self._push(self.there, plan.version)
                pushed = True
        finally:
            if self.as_json:
                then = None if pushed else command
                self._emit(
                    release_dict("released", plan.version, **facts, pushed=pushed, next=then)
                )
        if not self.as_json:
            shown = self.there.shown if self.there else ""
            emit(pushed_text(shown, plan.version) if pushed else f"next: {command}")
        return PASS

    def _push(self, there: Upstream, version: Version) -> None:
        push(self.repository, self.branch, there, version)

    def _command(self, version: Version) -> str:
        return push_command(self.branch, self.there, version)

    def _emit(self, document: Mapping[str, Any]) -> None:
        emit(json_text({**document, **self.facts}))
