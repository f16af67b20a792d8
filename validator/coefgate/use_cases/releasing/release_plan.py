"""A release that is about to be made: everything that it will say, before anything is written."""

from __future__ import annotations

from dataclasses import dataclass

from coefgate.core.release import Release
from coefgate.core.tag_annotation import annotation
from coefgate.core.versions import Version
from coefgate.use_cases.releasing.bump import Bump


@dataclass(frozen=True, slots=True)
class Last:
    """The release before. ``digest`` is ``None`` where it cannot be read."""

    version: Version
    digest: str | None


@dataclass(frozen=True, slots=True)
class Plan:
    """``section``: what the changelog says of it; ``changelog``: the whole file with that section.

    ``restores``: the newest release with the same values that is not withdrawn.
    """

    bump: Bump
    release: Release
    last: Last | None
    restores: Version | None
    section: str
    changelog: bytes

    @property
    def version(self) -> Version:
        """The version that it gets."""
        return self.bump.version

    @property
    def commit_message(self) -> str:
        """Of the commit that brings the section in."""
        return f"Release coefficients {self.version}\n\n{self._reasons}\nDigest {self.release.snapshot.digest}\n"

    @property
    def annotation(self) -> str:
        """The message of the tag."""
        _, _, told = self.section.partition("\n\n")
        return annotation(f"Coefficients {self.version}\n\n{told}", self.release)

    @property
    def _reasons(self) -> str:
        return f"{self.bump.level or 'new'}: {'; '.join(self.bump.reasons)}"
