"""The first state of a registry: made and judged in a folder that nobody else sees."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from coefgate.calibration.more_calls import MoreCalls
from coefgate.calibration.neutral_prior import neutral_prior
from coefgate.core.vocabulary import COMPLEXITIES
from coefgate.use_cases.judge import judge_registry
from coefgate.use_cases.new_registry.places import new_files
from coefgate.use_cases.new_registry.registry_files import (
    CATEGORIES,
    KINDS,
    PAGE,
    beside_coefficients,
    coefficients,
    label_rules,
    page,
)
from coefgate.use_cases.report import Report
from coefgate.whatif.best_margin import BestMargin

_NEUTRAL: Final = """\
No call was stored then, so every number is neutral: no category, no operation and no kind of file
differs from another. Store calls with `coefgate samples import` or `coefgate samples add`, and fit
the numbers to them with `coefgate tune --write`."""


@dataclass(frozen=True, slots=True)
class FirstState:
    """A registry's files by path from its root, and the verdict on it by itself.

    Where limits are missed, ``best``: the single margin that comes nearest to them, and ``more``:
    what more calls of each cell would do.
    """

    files: Mapping[str, bytes]
    report: Report
    best: BestMargin | None = None
    more: MoreCalls | None = None


def without_calls() -> FirstState:
    """A registry that nobody has stored a call in: a few usual categories, neutral numbers."""
    prior = neutral_prior(
        categories=CATEGORIES, complexities=COMPLEXITIES, kinds=KINDS, reference=PAGE
    )
    files = {
        **coefficients(prior, unit="call"),
        **label_rules("category", "complexity"),
        **beside_coefficients(CATEGORIES[0], COMPLEXITIES[0]),
        PAGE: page(_NEUTRAL),
    }
    with scratch_registry(files) as root:
        return FirstState(files, judge_registry(root))


@contextmanager
def scratch_registry(files: Mapping[str, bytes]) -> Iterator[Path]:
    """A folder with these files and nothing else, gone at the end."""
    with TemporaryDirectory(prefix="coefgate-init-") as folder:
        root = Path(folder)
        with new_files(root, files):
            yield root


def files_below(root: Path) -> dict[str, bytes]:
    """All files of a folder, by path from there."""
    files = (one for one in sorted(root.rglob("*")) if one.is_file())
    return {one.relative_to(root).as_posix(): one.read_bytes() for one in files}
