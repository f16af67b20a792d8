"""A proved rollback is carried out in a clone of its own and pushed, once for a week."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from coefgate.core.problems import EnvironmentProblem, UsageProblem
from coefgate.git.commit_writer import current_branch
from coefgate.git.fresh_clone import fresh_clone
from coefgate.git.push import upstream
from coefgate.git.repository import Repository
from coefgate.registry.guardrails import Guardrails
from coefgate.telemetry.alarms.alarm import Alarm
from coefgate.telemetry.watching import ProofWindow
from coefgate.use_cases.monitoring.proposal import RollbackProposal, proposed
from coefgate.use_cases.release import ReleaseOutcome
from coefgate.use_cases.releases.branch import Progress
from coefgate.use_cases.rollback import roll_back


@dataclass(frozen=True, slots=True)
class Act:
    """What became of one proposal.

    ``proposal``: as the server's branch has it now, which may know more than this clone.
    ``version``: what was released and pushed to ``remote``, ``None`` where nothing was done.
    ``refused``: the verdict of the gate, where it does not let the rollback pass. ``failed``: why
    the server could not be asked, or did not take it.
    """

    week: int
    proposal: RollbackProposal
    version: str | None = None
    remote: str | None = None
    refused: str | None = None
    failed: str | None = None


def act(
    root: Path,
    alarm: Alarm,
    window: ProofWindow,
    guardrails: Guardrails,
    *,
    progress: Progress = nullcontext,
) -> Act:
    """Carry out what one trigger proposes, as the server has the branch now.

    Nothing is done where the proof is not there: the week was answered, something newer is out,
    the release before would not have done better, or that is not decided. That the week is
    answered stands in the withdrawal, which is pushed with the rollback; of two that try at once
    the server takes one. Neither the folder nor the branch here moves.

    Raises ``UsageProblem`` where nobody knows where to push to, ``EnvironmentProblem`` where the
    server does not answer, or takes it.
    """
    with Repository(root) as repository, TemporaryDirectory(prefix="coefgate-monitor-") as name:
        branch = current_branch(repository)
        there = upstream(repository, branch)
        if there is None:
            raise UsageProblem(
                f"there is no remote that {branch.name} is pushed to, so nobody would get the "
                "rollback. Name one with: git remote add origin URL"
            )
        folder = Path(name, "clone")
        folder.mkdir()
        with progress(f"Asking {there.shown} what is there …"):
            clone = fresh_clone(repository, there, folder)
        with Repository(clone) as cloned:
            proposal = proposed(cloned, alarm, window, guardrails)
        if proposal.verdict != "roll-back":
            return Act(alarm.week, proposal)
        try:
            made = roll_back(
                clone,
                proposal.to,
                reason=proposal.reason,
                push=True,
                output=Path(name, "dist"),
                progress=progress,
            )
        except EnvironmentProblem as error:
            reason = str(error).partition("\n")[0]
            raise EnvironmentProblem(
                f"the rollback to {proposal.to} was not pushed, and nothing has changed: {reason}"
                "\nSomebody else may have been faster. Look again with: coefgate monitor"
            ) from error
        if not isinstance(made, ReleaseOutcome):
            raise RuntimeError("what is accused serves, and is not what one goes back to")
        if made.status == "refused":
            return Act(alarm.week, proposal, refused=made.report.verdict)
        return Act(alarm.week, proposal, str(made.plan.version), there.shown)
