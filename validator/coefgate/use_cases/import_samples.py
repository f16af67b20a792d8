"""Foreign records → new samples of a registry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from coefgate.core.problems import UsageProblem
from coefgate.core.trees import FolderTree
from coefgate.registry.model import Coefficients
from coefgate.registry.reading import read_registry
from coefgate.registry.wording import listed
from coefgate.samples.facts import stated_facts
from coefgate.samples.foreign.collected import Collected
from coefgate.samples.foreign.formats import ImportOptions, importer_of, reads_any_columns
from coefgate.samples.foreign.importing import Collector, Redaction
from coefgate.samples.foreign.labels.labelling import Labeller, labels_of_source
from coefgate.samples.foreign.recognised_format import recognised_format
from coefgate.samples.foreign.source import foreign_files, opened
from coefgate.samples.foreign.stored_calls import StoredCalls
from coefgate.samples.foreign.tables.mapping_proposal import TokensNotFound
from coefgate.samples.model import Sample
from coefgate.samples.reading import read_samples
from coefgate.samples.store import Added, add_samples
from coefgate.use_cases.new_calls import (
    PLAIN,
    CallsOfSources,
    ForeignOptions,
    NewCalls,
    collected_by,
)


@dataclass(frozen=True, slots=True)
class Imported:
    """What was found in foreign files, and what of it was stored; ``None`` in a dry run.

    ``other_format``: where no call is a sample, the format that the records seem to be of.
    """

    format: str
    origin: str
    collected: Collected
    added: Added | None
    other_format: str | None = None


def import_samples(
    format_name: str,
    places: Sequence[str],
    root: Path,
    options: ForeignOptions = PLAIN,
    *,
    dry_run: bool = False,
) -> Imported:
    """Store the calls that ``places`` (files, folders, ``-``) tell, in the registry at ``root``.

    Raises ``UsageProblem`` for a format, place or origin that is none, ``InvalidInput`` where what
    is stored, or the label file, is invalid; then nothing is written. What cannot be read of a
    source is no error: it is counted.
    """
    if options.origin is not None:
        stated_facts([f"origin={options.origin}"])
    tree = FolderTree(root)
    registry, stored = read_registry(tree), read_samples(tree).samples
    try:
        collected = new_calls_of(format_name, places, options, registry, stored)
    except TokensNotFound:
        if (other := _other_format(format_name, places)) is None:
            raise
        raise UsageProblem(
            f"{' '.join(places)}: these records look like another format. Import them with: "
            f"coefgate samples import {other} SRC"
        ) from None
    added = None
    if not dry_run:
        added = add_samples(collected.lines, source=" ".join(places), root=root)
    is_read = collected.taken.calls or collected.known.calls
    other = None if is_read else _other_format(format_name, places)
    return Imported(format_name, options.origin or format_name, collected, added, other)


def _other_format(format_name: str, places: Sequence[str]) -> str | None:
    seems = recognised_format(places)
    return None if seems == format_name else seems


def new_calls_of(
    format_name: str,
    places: Sequence[str],
    options: ForeignOptions,
    registry: Coefficients,
    stored: Iterable[Sample],
) -> Collected:
    """The calls of ``places`` that are not ``stored``, labelled as ``registry`` says.

    Raises ``UsageProblem`` for a unit that is asked for and that the format does not have.
    """
    units = importer_of(format_name).UNITS
    if options.unit is not None and options.unit not in units:
        raise UsageProblem(
            f"a sample of {format_name} is a {listed(units, 'or')}, not a {options.unit}. Import "
            f"it without --unit {options.unit}."
        )
    how = ImportOptions(options.unit or registry.unit, options.map_file)
    told = _told_by_files(format_name, places, how)
    return NewCalls(options.origin or format_name, options, registry, stored).whole(told)


def collect_samples(
    format_name: str,
    places: Sequence[str],
    *,
    origin: str,
    options: ImportOptions,
    stored: Iterable[Sample] = (),
    label: Labeller = labels_of_source,
    redact: Redaction | None = None,
    workspace: str | None = None,
) -> Collected:
    """The calls that ``places`` tell, as lines of samples; nothing is stored."""
    known = StoredCalls(stored)
    collector = Collector(origin, stored=known, label=label, redact=redact, workspace=workspace)
    return collected_by(collector, _told_by_files(format_name, places, options))


def _told_by_files(
    format_name: str, places: Sequence[str], options: ImportOptions
) -> CallsOfSources:
    importer = importer_of(format_name)
    for name, file in foreign_files(places, importer.FILES):
        with opened(name, file) as source:
            yield source, importer.calls(source, options)


def proposed_mapping(format_name: str, places: Sequence[str]) -> str:
    """A mapping file for the first file of ``places``, guessed from the beginning of it.

    Raises ``UsageProblem`` for a format that needs none, or a place where nothing is.
    """
    importer = importer_of(format_name)
    if not reads_any_columns(importer):
        raise UsageProblem(
            f"{format_name} says what its fields hold: there is nothing to guess. Import it "
            "without --guess."
        )
    for name, file in foreign_files(places, importer.FILES):
        with opened(name, file) as source:
            return importer.mapping_file(source)
    wanted = listed(importer.FILES, "or")
    raise UsageProblem(f"{' '.join(places)} holds no file that is named {wanted}. Name the file.")
