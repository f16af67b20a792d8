"""The branch that a release is made on: planned, judged and made there, all of it or nothing.

Why some rules are not asked of a release: docs/decisions/0034-what-a-release-is-held-to.md
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Self

from coefgate.core.atomic_files import ready_files
from coefgate.core.git_process import shallow_clone
from coefgate.core.problems import EnvironmentProblem, UsageProblem
from coefgate.core.versions import Version
from coefgate.gates.judge import not_asked
from coefgate.gates.rules import RULES
from coefgate.gates.unseen import RULE as UNSEEN
from coefgate.gates.verdict import verdict_of, without_reasons
from coefgate.git import commit_writer
from coefgate.git import push as pushing
from coefgate.git.commit_writer import Branch
from coefgate.git.push import Delivery, Upstream
from coefgate.git.release_tags import ReleaseTag
from coefgate.git.repository import Repository
from coefgate.git.working_tree import shown_by_status, uncommitted
from coefgate.registry.files import FOLDER
from coefgate.registry.wording import first_of
from coefgate.use_cases.judge import judge_revision, judging
from coefgate.use_cases.make_report import with_next
from coefgate.use_cases.releases.changelog import NAME
from coefgate.use_cases.releases.listing import Releases, assets
from coefgate.use_cases.releases.plan import Plan
from coefgate.use_cases.report import Report

_SHOWN: Final = 5
OF_ONE_CHANGE: Final = frozenset(rule.name for rule in RULES.values() if rule.of_one_change)
"""Rules that were asked when each change came in."""
REMOVED: Final = "coefficient-removed"
"""The rule that a major version answers."""
Progress = Callable[[str], AbstractContextManager[object]]
"""Is told what is being done, for as long as it lasts."""


@dataclass(frozen=True, slots=True)
class ReleaseBranch:
    """The branch that a release is made on: releases so far, the day, where it is pushed to.

    ``there`` is ``None`` where nobody knows. What is pushed is branch and tag of a version.
    """

    repository: Repository
    tip: Branch
    there: Upstream | None
    day: str
    releases: Releases

    @classmethod
    def checked_out(cls, repository: Repository, *folders: str, push: bool) -> Self:
        """The one that is checked out.

        Raises an error with the command that mends it where nothing can be released from it.
        ``folders``: what must be as it is committed, beside the changelog. ``push``: the server is
        asked whether it lacks nothing but what is here.
        """
        tip = commit_writer.current_branch(repository)
        _check_ready(repository, *folders, NAME)
        day = commit_writer.today(repository)
        there = (pushing.checked_upstream if push else pushing.upstream)(repository, tip)
        return cls(repository, tip, there, day, Releases(repository, tip.commit, {}))

    def judge(self, plan: Plan, *, major: bool = False) -> Report:
        """The gate's report on all since the last release, or on the first one by itself.

        Without the rules that a release is not asked. What has the digest of an earlier one is
        shown and never blocks. ``major``: somebody has said that keys may be gone.
        """
        root, last, restores = self.repository.root, plan.last, plan.restores
        if last is None:
            report = judge_revision(root, plan.commit, alone="no release came before it")
        else:
            # What came in since the release before was added up when it came in.
            with judging(
                root,
                base=f"refs/tags/{last.version.tag}",
                base_named_by="the last release",
                head=plan.commit,
                memo=self.releases.memo,
                with_anchor=False,
            ) as judgement:
                report = judgement.report
        left_out = OF_ONE_CHANGE | {REMOVED} if major or restores else OF_ONE_CHANGE
        rules = tuple(
            without_reasons(rule) if rule.rule == UNSEEN else rule
            for rule in report.rules
            if rule.rule not in left_out
        )
        if restores:
            rules = tuple(map(not_asked, rules))
        restored = restores.commit if restores else None
        return with_next(
            replace(report, rules=rules, verdict=verdict_of(rules), restored=restored)
        )

    def make(
        self, plan: Plan, *, also: Iterable[str] = (), output: Path, sign: bool
    ) -> tuple[dict[str, str], tuple[Path, ...]]:
        """Carry out ``plan``: commit of the changelog, tag, files, branch; all of it, or nothing.

        ``also``: files beside the changelog in which its commit differs from the branch. Gives the
        commits, by what they change, and the files.
        """
        repository, base = self.repository, plan.commit
        mode, _ = commit_writer.blobs(repository, base, NAME).get(NAME, ("100644", ""))
        _, content = commit_writer.new_blob(repository, plan.changelog)
        commit = commit_writer.new_commit(
            repository, base, {NAME: (mode, content)}, plan.commit_message, sign=sign
        )
        release = replace(plan.release, commit=commit)
        contents = assets(release, self.releases.index(release))
        files = {output / name: data for name, data in contents.items()}
        with ready_files(files) as put:
            commit_writer.publish(
                repository,
                self.tip,
                commit,
                (*also, NAME),
                version=plan.version,
                annotation=plan.annotation,
                sign=sign,
            )
            try:
                put()
            except EnvironmentProblem as error:
                raise EnvironmentProblem(
                    f"{plan.version} is released here, but its files are not all in place: "
                    f"{error}\n"
                    f"Then write them with: coefgate release --assets {plan.version.tag}"
                ) from error
        earlier = {} if base == self.tip.commit else {f"{FOLDER}/": base}
        return {**earlier, NAME: commit}, tuple(files)

    @property
    def remote(self) -> str:
        """The remote as it may be printed."""
        return self.there.shown if self.there else ""

    def push_command(self, version: Version) -> str:
        """What to type to push both."""
        return pushing.push_command(self.tip, self.there, version)

    def push(self, version: Version) -> None:
        """Push both: they arrive, or none does. Raises ``EnvironmentProblem``."""
        if self.there is not None:
            with self.repository as repository:
                pushing.push(repository, self.tip, self.there, version)

    def delivery(self, version: Version) -> Delivery:
        """How far a release has come to the server."""
        if self.there is None:
            return Delivery(pushed=False, tagged=False, words="")
        with self.repository as repository:
            return pushing.delivery(repository, self.tip, self.there, version)

    def up_to_date(self, *, push: bool, progress: Progress) -> UpToDate:
        """The last release, all that there is to tell of where nothing is new; it is pushed too.

        Where the server lacks it, and ``push`` says so.
        """
        last = self.releases.all[0]
        with progress(f"Asking {self.remote} what it has …"):
            left = self.delivery(last.version)
        pushes = push and not left.tagged
        if pushes:
            self.push(last.version)
        return UpToDate(self, last, self.releases.digest(last), None if pushes else left)


@dataclass(frozen=True, slots=True)
class UpToDate:
    """There is nothing to do: the ``last`` release and, if it can be read, its digest.

    ``left``: how far it has come to the server, ``None`` where it has just been pushed.
    """

    branch: ReleaseBranch
    last: ReleaseTag
    digest: str | None
    left: Delivery | None


def _check_ready(repository: Repository, *folders: str) -> None:
    if repository.shallow:
        raise EnvironmentProblem(shallow_clone("so the earlier releases are not known", " --tags"))
    changed = uncommitted(repository, *folders)
    if changed:
        hidden = shown_by_status(repository, changed)
        again = "Git is set not to look at all of it; undo that with"
        look = f"{again}:\n{hidden}\n" if hidden else ""
        raise UsageProblem(
            "a release is made of what is committed, but this is not: "
            f"{first_of(changed, _SHOWN)}. "
            f"{look}Look at it with: git status --ignored; then commit it, or put it aside with: "
            "git stash -u"
        )
