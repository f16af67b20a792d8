"""What a rollback trigger comes to: the release to go back to, if that would have done better."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from coefgate.core.table import compile_table
from coefgate.core.versions import Version
from coefgate.core.yanks import Yank, by_version
from coefgate.git.release_tags import ReleaseTag
from coefgate.git.repository import Repository
from coefgate.registry.guardrails import Guardrails
from coefgate.telemetry.alarms.alarm import Alarm
from coefgate.telemetry.alarms.own_weeks import OwnWeek, is_known_good
from coefgate.telemetry.alarms.proof import Proof, proof
from coefgate.telemetry.replayed import replayed
from coefgate.telemetry.times import week_name
from coefgate.telemetry.watching import ProofWindow
from coefgate.use_cases.releases.listing import Releases, yanks_at

ProposalVerdict = Literal["roll-back", "tune", "undecided", "gone-back", "none"]
WhyNone = Literal[
    "",
    "no-release",  # what it accuses is no release of this branch
    "not-newest",  # what it accuses is not what was released last
    "none-known-good",  # no earlier release did well by its own weeks
    "tag-missing",  # a release that it rests on has no tag in this clone
    "answered",  # another release was withdrawn for that week, and this one is in trouble as well
]
TUNE: Final = "coefgate tune"


@dataclass(frozen=True, slots=True)
class RollbackProposal:
    """What to do about one trigger.

    ``accused`` and ``to``: versions, ``None`` where there is none. ``reason``: what the withdrawal
    says; it begins with the week, and so tells everybody that the week was answered. ``command``:
    what to type, ``None`` where nobody knows; where a tag is missing, what gets it.
    """

    week: int
    digest: str
    verdict: ProposalVerdict
    why: WhyNone = ""
    accused: str | None = None
    to: str | None = None
    reason: str = ""
    command: str | None = None
    proof: Proof | None = None
    own_weeks: tuple[OwnWeek, ...] = ()


def proposed(
    repository: Repository, alarm: Alarm, window: ProofWindow, guardrails: Guardrails
) -> RollbackProposal:
    """What to do about a trigger, by the releases that HEAD contains.

    A rollback is proposed where the last release that did well by its own weeks would have done
    better on the calls of the window, and what is accused is the release that serves now.
    """
    digest = alarm.digest or ""
    nothing = RollbackProposal(alarm.week, digest, "none", "no-release")
    commit = repository.head()
    if commit is None:
        return nothing
    releases = Releases(repository, commit, {})
    yanked = yanks_at(repository, commit)
    own = [one for one in releases.merged if releases.digest(one) == digest]
    answer = _withdrawal(own, yanked)
    if answer is not None:
        back = next(releases.standing(yanked), None)
        return RollbackProposal(
            alarm.week,
            digest,
            "gone-back",
            accused=answer.version,
            to=str(back.version) if back else answer.replacement,
            reason=answer.reason,
        )
    lacking = _without_tag(releases, window)
    if not own:
        served = max((version for version, held in lacking if held == digest), default=None)
        return _missing(repository, nothing, served) if served else nothing
    accused = own[0]
    if releases.digest(releases.merged[0]) != digest:
        return RollbackProposal(alarm.week, digest, "none", "not-newest", str(accused.version))
    if any(is_answer(one, alarm.week) for one in yanked):
        return RollbackProposal(alarm.week, digest, "none", "answered", str(accused.version))
    standing = (one for one in releases.standing(yanked) if one.version < accused.version)
    earlier = [(one.version, releases.digest(one)) for one in standing]
    withdrawn = by_version(yanked)
    earlier += [one for one in lacking if one[0] < accused.version and one[0] not in withdrawn]
    good = _last_known_good(earlier, digest, window, guardrails)
    if good is None:
        return RollbackProposal(
            alarm.week, digest, "none", "none-known-good", str(accused.version)
        )
    to = next((one for one in releases.merged if one.version == good), None)
    if to is None:
        return _missing(repository, nothing, accused.version, good)
    return _proved(releases, alarm, accused, to, window)


def _withdrawal(own: Iterable[ReleaseTag], yanked: Sequence[Yank]) -> Yank | None:
    """The withdrawal of what is accused, if every release of it is withdrawn."""
    withdrawn = by_version(yanked)
    found = [withdrawn.get(one.version) for one in own]
    return found[0] if found and all(found) else None


def is_answer(yank: Yank, week: int) -> bool:
    """Was this version withdrawn for what happened in that week?"""
    return yank.reason.startswith(f"{week_name(week)}: ")


def _without_tag(releases: Releases, window: ProofWindow) -> list[tuple[Version, str]]:
    """Releases that served calls, and of which this clone has no tag, or too little history."""
    known = releases.merged if releases.repository.shallow else releases.all
    here = {one.version for one in known}
    served = ((Version.parsed(version), digest) for version, digest in window.served())
    return [(one, digest) for one, digest in served if one is not None and one not in here]


def _missing(
    repository: Repository,
    nothing: RollbackProposal,
    accused: Version,
    to: Version | None = None,
) -> RollbackProposal:
    return replace(
        nothing,
        why="tag-missing",
        accused=str(accused),
        to=None if to is None else str(to),
        command="git fetch --tags" + " --unshallow" * repository.shallow,
    )


def _last_known_good(
    earlier: Iterable[tuple[Version, str | None]],
    accused: str,
    window: ProofWindow,
    guardrails: Guardrails,
) -> Version | None:
    """The last of ``earlier`` releases with another digest that did well in its own weeks."""
    for version, digest in sorted(earlier, key=lambda one: one[0], reverse=True):
        if digest not in {None, accused} and is_known_good(
            window.own(str(digest)).weeks,
            min_calls=guardrails.min_calls,
            limit=guardrails.truncation_rate_to,
        ):
            return version
    return None


def _proved(
    releases: Releases, alarm: Alarm, accused: ReleaseTag, to: ReleaseTag, window: ProofWindow
) -> RollbackProposal:
    before = releases.snapshot(to)
    if before is None:
        raise RuntimeError("a release with a digest has a snapshot")
    table = compile_table(before.content, registry_version=str(to.version), digest=before.digest)
    own = window.own(before.digest)
    found = proof(replayed(window.records(), table), own.needs)
    reason = _reason(alarm)
    back = ["coefgate", "rollback", str(to.version), "--reason", reason, "--push"]
    verdicts: dict[str, tuple[ProposalVerdict, str | None]] = {
        "better": ("roll-back", shlex.join(back)),
        "not-better": ("tune", TUNE),
        "undecided": ("undecided", None),
    }
    verdict, command = verdicts[found.outcome]
    return RollbackProposal(
        alarm.week,
        alarm.digest or "",
        verdict,
        accused=str(accused.version),
        to=str(to.version),
        reason=reason,
        command=command,
        proof=found,
        own_weeks=tuple(own.weeks),
    )


def _reason(alarm: Alarm) -> str:
    """Of the withdrawal, in one line: the week comes first, so that it is answered once."""
    rate, limit = alarm.statistic or 0.0, alarm.threshold or 0.0
    return (
        f"{week_name(alarm.week)}: {rate:.1%} of {alarm.calls:,} replies were cut off, "
        f"and the limit is {100 * limit:g}%"
    )
