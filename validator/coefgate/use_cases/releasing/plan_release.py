"""What a release of a commit would be: its number, its section in the changelog, and the gate's verdict."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from coefgate.changes.change import Change
from coefgate.changes.estimate_changes import changes
from coefgate.changes.renames import renames
from coefgate.core.problems import InvalidDocument, UsageProblem
from coefgate.core.release import Release
from coefgate.core.snapshot import Snapshot
from coefgate.core.tag_annotation import read_annotation
from coefgate.core.yanks import Yank, by_version
from coefgate.git.commit_writer import blobs, check_free
from coefgate.git.release_tags import ReleaseTag
from coefgate.git.repository import Repository
from coefgate.registry.compiled import snapshot
from coefgate.registry.key import Key
from coefgate.registry.model import Basis, Registry
from coefgate.registry.numbers import value_of
from coefgate.registry.reading import Memo, read_registry
from coefgate.registry.yanked import FILE
from coefgate.reports.console import warn
from coefgate.reports.renames import rename_words
from coefgate.use_cases.judge import judge_revision, judging
from coefgate.use_cases.releasing.bump import (
    Bump,
    bump,
    first_release,
    restored_values,
    same_values,
    unreadable,
)
from coefgate.use_cases.releasing.changelog import NAME, Entry, code_span, section, with_section
from coefgate.use_cases.releasing.known_releases import Releases, yanks_in
from coefgate.use_cases.releasing.release_plan import Last, Plan
from coefgate.use_cases.releasing.release_verdict import release_report
from coefgate.use_cases.report import Report


def planned(
    repository: Repository, commit: str, releases: Releases, *, day: str, major: bool, memo: Memo
) -> Plan | None:
    """The release of ``commit``, ``None`` where a runner would get nothing from it.

    Raises ``InvalidInput`` where the commit holds no valid registry, ``UsageProblem`` where it
    cannot be released as it is.
    """
    last = releases.last
    registry = read_registry(repository.tree(commit), memo)
    found = snapshot(registry)
    yanked = yanks_at(repository, commit)
    if last and last.release and _same(last.release, found, yanked):
        return None
    _check_not_withdrawn(releases, found, yanked)
    number = _number(releases, last, found, yanked)
    if major and number.level != "major":
        raise UsageProblem(
            f"nothing that a runner may name is gone, so this is {number.version} "
            f"({number.reasons[0]}). Leave out --major."
        )
    check_free(repository, number.version)
    _check_yanks(releases, number, yanked)
    earlier = releases.registry(last) if last else None
    text = section(
        number,
        day,
        found.digest,
        renamed=[rename_words(one, code_span) for one in renames(earlier, registry)]
        if earlier
        else [],
        entries=_entries(earlier, registry),
        yanked=yanked,
        before=last.release.yanked if last and last.release else (),
    )
    held = releases.content_of(last) if last else None
    restores = releases.with_digest(found.digest, yanked)
    plan = Plan(
        number,
        Release(number.version, None, found, yanked),
        Last(last.version, held.digest if held else None) if last else None,
        restores.version if restores else None,
        text,
        _changelog(repository, commit, number, text),
    )
    read_annotation(
        plan.annotation, plan.version
    )  # a tag never moves, so it is read as runners will
    return plan


def judged(
    root: Path, commit: str, releases: Releases, plan: Plan, *, major: bool, memo: Memo
) -> Report:
    """The gate's report on a release: all that came in since the last one, or the first by itself."""
    last = releases.last
    earlier = releases.with_digest(plan.release.snapshot.digest, plan.release.yanked)
    restored = earlier.commit if earlier else None
    if last is None:
        return release_report(
            judge_revision(root, commit, alone="no release came before it"),
            restored=restored,
            major=major,
        )
    # A release is held to the one before: what came in between was added up when it came in.
    base = f"refs/tags/{last.version.tag}"
    with judging(
        root,
        base=base,
        base_named_by="the last release",
        head=commit,
        memo=memo,
        with_anchor=False,
    ) as judgement:
        return release_report(judgement.report, restored=restored, major=major)


def yanks_at(repository: Repository, commit: str) -> tuple[Yank, ...]:
    """The withdrawn versions that a commit lists."""
    return yanks_in(content_at(repository, commit, FILE))


def content_at(repository: Repository, commit: str, path: str) -> bytes | None:
    """The content of a file at a commit, ``None`` where there is none."""
    found = blobs(repository, commit, path).get(path)
    return None if found is None else repository.blob(found[1])


def _same(release: Release, found: Snapshot, yanked: tuple[Yank, ...]) -> bool:
    return release.snapshot.digest == found.digest and set(release.yanked) == set(yanked)


def _check_not_withdrawn(releases: Releases, found: Snapshot, yanked: tuple[Yank, ...]) -> None:
    """Values that were withdrawn under every version that had them must not come out under another one."""
    if releases.with_digest(found.digest, yanked) is not None:
        return
    withdrawn = by_version(yanked)
    for one in releases.all:
        held = releases.content_of(one) if one.version in withdrawn else None
        if held is not None and held.digest == found.digest:
            reason = withdrawn[one.version].reason
            raise UsageProblem(
                f"these are the values of {one.version}, which {FILE} withdraws ({reason}). "
                f"Take {one.version} out of that file, or go back to earlier values with: "
                "coefgate rollback"
            )


def _number(
    releases: Releases, last: ReleaseTag | None, found: Snapshot, yanked: tuple[Yank, ...]
) -> Bump:
    if last is None:
        return first_release()
    before = releases.content_of(last)
    if before is not None and before.digest == found.digest:
        return same_values(last.version)
    earlier = releases.with_digest(found.digest, yanked)
    if earlier is not None:
        return restored_values(last.version, earlier.version)
    if before is None:
        return unreadable(last.version)
    return bump(last.version, before.content, found.content)


def _check_yanks(releases: Releases, number: Bump, yanked: tuple[Yank, ...]) -> None:
    """Versions that are named should be released; the release itself must not be withdrawn."""
    known = {str(one.version) for one in releases.all}
    for yank in yanked:
        if yank.version == str(number.version):
            raise UsageProblem(
                f"{FILE} withdraws {yank.version}, which is the version of this release. "
                f"Take it out of {FILE}, and commit that."
            )
        if yank.version not in known:
            warn(
                f"{FILE} withdraws {yank.version}, which is no release here. See them with: git "
                "tag -l"
            )
        if yank.replacement not in {None, str(number.version), *known}:
            warn(
                f"{FILE} names {yank.replacement} in the place of {yank.version}, which is no "
                f"release here. This one is {number.version}"
            )


def _entries(before: Registry | None, now: Registry) -> list[Entry]:
    if before is None:
        return []
    return [Entry(change, _basis(change, now)) for change in changes(before, now)]


def _basis(change: Change, now: Registry) -> Basis | None:
    """What stands behind the number of a change, by its key: its name may be what base called it."""
    if not isinstance(change.key, Key) or not isinstance(change.head, Fraction) or change.gone:
        return None
    value = value_of(now, change.key)
    return value.basis if value else None


def _changelog(repository: Repository, commit: str, number: Bump, text: str) -> bytes:
    found = blobs(repository, commit, NAME)
    if found and not found.get(NAME, ("", ""))[0].startswith("100"):
        raise UsageProblem(
            f"{NAME} is a link or a folder, and a release writes its section into a regular file. "
            f"Look at it with: git ls-tree HEAD {NAME}; put a file in its place, and commit that."
        )
    try:
        known = repository.blob(found[NAME][1]).decode("utf-8") if found else None
    except UnicodeDecodeError as error:
        raise InvalidDocument(
            f"{NAME} is not UTF-8 (byte {error.start}). Save it again with that encoding, and "
            "commit it"
        ) from error
    heading = f"## {number.version.tag} "
    if known is not None and any(line.startswith(heading) for line in known.splitlines()):
        raise UsageProblem(
            f"{NAME} has a section {heading.strip()} already, and there is no such tag. "
            "Take the section out, and commit that: coefgate release writes it."
        )
    return with_section(known, text).encode("utf-8")
