"""What a release of a commit would be: its number, its section in the changelog, and its tag."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from coefgate.changes.change import Change
from coefgate.changes.estimate_changes import changes
from coefgate.changes.renames import rename_words, renames
from coefgate.core.problems import InvalidDocument, UsageProblem
from coefgate.core.release import Release, annotation, read_annotation
from coefgate.core.snapshot import Snapshot
from coefgate.core.versions import Version
from coefgate.core.yanks import Yank, by_version
from coefgate.git.commit_writer import blobs, check_tag_is_free
from coefgate.git.release_tags import ReleaseTag
from coefgate.git.repository import Repository
from coefgate.registry.compilation import snapshot
from coefgate.registry.key import Key
from coefgate.registry.model import Basis, Coefficients
from coefgate.registry.numbers import value_of
from coefgate.registry.reading import read_registry
from coefgate.registry.yanked import FILE
from coefgate.use_cases.releases.bump import FIRST, Bump, bump
from coefgate.use_cases.releases.changelog import NAME, Section, code_span, section, with_section
from coefgate.use_cases.releases.listing import Releases, yanks_at


@dataclass(frozen=True, slots=True)
class Plan:
    """A release that is about to be made: everything that it will say, before anything is written.

    ``commit``: what it releases, the tip of the branch or what comes next on it.
    ``last``: the release before, and ``last_digest`` its digest, ``None`` where it cannot be read.
    ``restores``: the newest release with the same values that is not withdrawn. ``section``: what
    the changelog says of it; ``changelog``: the whole file with that section.
    """

    commit: str
    bump: Bump
    release: Release
    last: ReleaseTag | None
    last_digest: str | None
    restores: ReleaseTag | None
    section: Section
    changelog: bytes

    @property
    def version(self) -> Version:
        """The version that it gets."""
        return self.bump.version

    @property
    def commit_message(self) -> str:
        """Of the commit that brings the section in."""
        why = f"{self.bump.level or 'new'}: {'; '.join(self.bump.reasons)}"
        digest = self.release.snapshot.digest
        return f"Release coefficients {self.version}\n\n{why}\nDigest {digest}\n"

    @property
    def annotation(self) -> str:
        """The message of the tag."""
        return annotation(f"Coefficients {self.version}\n\n{self.section.told}", self.release)


def planned(
    releases: Releases,
    commit: str,
    *,
    day: str,
    major: bool = False,
    tell: Callable[[str], object],
) -> Plan | None:
    """The release of ``commit``, ``None`` where a runner would get nothing from it.

    ``tell`` is told what a reader should know of the versions that are withdrawn. Raises
    ``InvalidInput`` where the commit holds no valid registry, ``UsageProblem`` where it cannot be
    released as it is.
    """
    repository, last = releases.repository, releases.last
    registry = read_registry(repository.tree(commit), releases.memo)
    found = snapshot(registry)
    yanked = yanks_at(repository, commit)
    tagged = last.release if last else None
    if tagged and tagged.snapshot.digest == found.digest and set(tagged.yanked) == set(yanked):
        return None
    standing = releases.standing(yanked)
    restores = next((one for one in standing if releases.digest(one) == found.digest), None)
    number = _number(releases, last, found, restores)
    for note in _checked_yanks(releases, number, yanked):
        tell(note)
    if restores is None:
        _check_not_withdrawn(releases, found, yanked)
    if major and number.level != "major":
        raise UsageProblem(
            f"nothing that a runner may name is gone, so this is {number.version} "
            f"({number.reasons[0]}). Leave out --major."
        )
    check_tag_is_free(repository, number.version)
    earlier = releases.registry(last) if last else None
    called = renames(earlier, registry) if earlier else ()
    moved = changes(earlier, registry) if earlier else ()
    said = section(
        number,
        day,
        found.digest,
        renamed=["".join(rename_words(one, code_span)) for one in called],
        entries=[(one, _basis(one, registry)) for one in moved],
        yanked=yanked,
        before=tagged.yanked if tagged else (),
    )
    plan = Plan(
        commit,
        number,
        Release(number.version, None, found, yanked),
        last,
        releases.digest(last) if last else None,
        restores,
        said,
        _changelog(repository, commit, number, said.text),
    )
    # A tag never moves, so it is read as runners will.
    read_annotation(plan.annotation, plan.version)
    return plan


def _check_not_withdrawn(releases: Releases, found: Snapshot, yanked: Sequence[Yank]) -> None:
    """Values that were withdrawn under all their versions must not get another one."""
    withdrawn = by_version(yanked)
    for one in releases.all:
        if one.version in withdrawn and releases.digest(one) == found.digest:
            reason = withdrawn[one.version].reason
            raise UsageProblem(
                f"these are the values of {one.version}, which {FILE} withdraws ({reason}). "
                f"Take {one.version} out of that file, or go back to earlier values with: "
                "coefgate rollback"
            )


def _number(
    releases: Releases, last: ReleaseTag | None, found: Snapshot, restores: ReleaseTag | None
) -> Bump:
    if last is None:
        return FIRST
    before = releases.snapshot(last)
    if before is not None and before.digest == found.digest:
        return Bump.after(last.version, "patch", f"the values of {last.version} stay")
    if restores is not None:
        again = f"it has the values of {restores.version} again"
        return Bump.after(last.version, "patch", again)
    if before is None:
        return Bump.after(last.version, "major", "no earlier release can be read")
    return bump(last.version, before.content, found.content)


def _checked_yanks(releases: Releases, number: Bump, yanked: Sequence[Yank]) -> Iterator[str]:
    """Notes on named versions that are not released; the release itself must not be withdrawn."""
    known = {str(one.version) for one in releases.all}
    for yank in yanked:
        if yank.version == str(number.version):
            raise UsageProblem(
                f"{FILE} withdraws {yank.version}, which is the version of this release. "
                f"Take it out of {FILE}, and commit that."
            )
        if yank.version not in known:
            yield (
                f"{FILE} withdraws {yank.version}, which is no release here. "
                "See them with: git tag -l"
            )
        if yank.replacement not in {None, str(number.version), *known}:
            yield (
                f"{FILE} names {yank.replacement} instead of {yank.version}, which is no "
                f"release here. This one is {number.version}"
            )


def _basis(change: Change, now: Coefficients) -> Basis | None:
    """What stands behind a changed number, by its key: its name may be what base called it."""
    if not isinstance(change.key, Key) or not isinstance(change.head, Fraction) or change.gone:
        return None
    value = value_of(now, change.key)
    return value.basis if value else None


def _changelog(repository: Repository, commit: str, number: Bump, text: str) -> bytes:
    found = blobs(repository, commit, NAME)
    if found and not found.get(NAME, ("", ""))[0].startswith("100"):
        raise UsageProblem(
            f"{NAME} is a link or a folder, and a release writes its section into a regular file. "
            f"Look at it with: git ls-tree HEAD {NAME}; replace it with a file, and commit that."
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
