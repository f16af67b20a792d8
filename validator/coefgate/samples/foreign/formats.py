"""The importers by the names of their formats: a module of ``importers``, or an entry point."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, Final, Protocol, TypeGuard, cast

from coefgate.core.problems import UsageProblem
from coefgate.registry.wording import did_you_mean, printable
from coefgate.samples.foreign import importers
from coefgate.samples.foreign.call import ForeignCall, SampleUnit
from coefgate.samples.foreign.source import ForeignSource

ENTRY_POINTS: Final = "coefgate.importers"
"""The group of entry points where other distributions name their importers."""


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What whoever imports says of a source.

    ``unit``: what each sample is to tell of, where the format has both; ``None``: the usual of
    the format. ``map_file``: the file of ``--map``, which says how to read others.
    """

    unit: SampleUnit | None = None
    map_file: Path | None = None


class Importer(Protocol):
    """A module that reads one format.

    ``FILES``: globs of the names that its files have in a folder. ``UNITS``: what its samples can
    be, the usual one first.
    """

    FILES: Sequence[str]
    UNITS: Sequence[SampleUnit]

    def calls(self, source: ForeignSource, options: ImportOptions) -> Iterator[ForeignCall]:
        """The calls that ``source`` tells, each once; other records are counted by ``source``."""

    def recognises(self, fields: Mapping[str, Any]) -> bool:
        """May the first record of a file with these fields be of this format?"""


class GuessingImporter(Importer, Protocol):
    """An importer that reads any columns, as a mapping file says."""

    def mapping_file(self, source: ForeignSource) -> str:
        """A mapping file for ``source``, guessed; only its beginning is read."""


def reads_any_columns(importer: Importer) -> TypeGuard[GuessingImporter]:
    """Has a mapping file, or a guess, to say what the fields of its sources hold?"""
    return hasattr(importer, "mapping_file")


def format_names() -> tuple[str, ...]:
    """Every format that can be imported here, in order."""
    shipped = {one.name.replace("_", "-") for one in iter_modules(importers.__path__)}
    return tuple(sorted(shipped | set(entry_points(group=ENTRY_POINTS).names)))


def importer_of(name: str) -> Importer:
    """The importer of a format. Raises ``UsageProblem`` where there is none of that name."""
    names = format_names()
    if name not in names:
        there_are = f"There are: {', '.join(names)}."
        raise UsageProblem(
            f"{printable(name)} is not a format that can be imported. "
            f"{did_you_mean(name, names, there_are)}"
        )
    for point in entry_points(group=ENTRY_POINTS, name=name):
        return cast("Importer", point.load())
    module = import_module(f"{importers.__name__}.{name.replace('-', '_')}")
    return cast("Importer", module)
