"""New samples → one import file, checked beside the stored ones first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any

from coefgate.core.atomic_files import write_new
from coefgate.core.garbage_collector import collector_paused
from coefgate.core.problems import InvalidInput, Problem
from coefgate.core.trees import FolderTree
from coefgate.registry.document import Fault
from coefgate.samples.completion import NO_FACTS
from coefgate.samples.drafts import Drafts
from coefgate.samples.facts import with_the_option
from coefgate.samples.files import FOLDER, import_name
from coefgate.samples.lines import FileProblems, Share, samples_of
from coefgate.samples.model import Sample, fields_of, stored_line
from coefgate.samples.reading import SampleReader, contradictory_lines, read_samples


@dataclass(frozen=True, slots=True)
class Added:
    """What an import did: the new file, from the registry's root, if anything was new.

    ``added`` and ``known``: the samples that were written, and those that had been stored before.
    ``filled``: how many of ``added`` did not state a field; those of ``facts`` were given for
    them, and others are unknown. ``written``: is the file on disk?
    ``erased``: the ids of lines that were, whose calls stand under salted names.
    """

    path: str | None
    added: tuple[Sample, ...]
    known: tuple[Sample, ...]
    filled: Mapping[str, int] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    written: bool = True
    erased: tuple[str, ...] = ()


def add_samples(
    lines: Iterable[bytes],
    *,
    source: str,
    root: Path,
    facts: Mapping[str, Any] = NO_FACTS,
    reference: str | None = None,
    dry_run: bool = False,
) -> Added:
    """Store the samples in ``lines``, JSON with line ends read from ``source``, as one new file.

    ``lines`` are gone through more than once, and not kept: an iterator does not do. They may
    leave facts out (``Drafts``); an ``id`` that one has must fit it. All are of one origin.
    Samples that are stored already, or were erased, are not written again, and with ``dry_run``
    nothing is. Raises ``InvalidInput`` with every problem of the stored samples or, those being
    valid, of the lines; ``EnvironmentProblem`` where the file cannot be written. Then nothing has
    changed.
    """
    drafts = Drafts(lines, facts, reference)
    store = read_samples(FolderTree(root))
    stored = {sample.id: sample for sample in store.samples}
    erased = {*store.first_names.values()} - stored.keys()
    reader = SampleReader(_Beside(root, source, drafts), dict(stored), passed_over=erased)
    reader.read({source: None})
    new = [sample for sample in reader.store().samples if sample.id not in stored]
    reader.report(contradictory_lines(new))
    if problems := (*reader.problems(), *_several_origins(new)):
        raise InvalidInput(map(with_the_option, drafts.as_written(problems, source)))
    known = tuple(stored[i] for i in reader.read_ids if i in stored)
    gone = tuple(i for i in reader.read_ids if i in erased)
    if not new:
        return Added(None, (), known, written=False, erased=gone)
    path, content = import_file(new)
    if not dry_run:
        write_new(root / path, content)
    filled = Counter(chain.from_iterable(drafts.filled.get(one.line, ()) for one in new))
    written = not dry_run
    return Added(path, tuple(new), known, filled, drafts.given, written=written, erased=gone)


@collector_paused()
def read_drafts(
    lines: Iterable[bytes],
    *,
    source: str,
    facts: Mapping[str, Any] = NO_FACTS,
    reference: str | None = None,
) -> tuple[Sample, ...]:
    """The samples in ``lines`` by themselves, as ``add_samples`` reads them.

    Raises ``InvalidInput`` with every problem of them.
    """
    drafts, problems = Drafts(lines, facts, reference), FileProblems(source)
    share: Share = dict[Any, Any]().setdefault
    found = tuple(samples_of(drafts, file=source, origin=None, problems=problems, share=share))
    if told := problems.problems():
        raise InvalidInput(map(with_the_option, drafts.as_written(told, source)))
    return found


@collector_paused()
def read_lines(lines: Iterable[bytes], *, source: str) -> tuple[Sample, ...]:
    """The samples in stored lines that are nowhere stored yet, such as an importer makes.

    Raises ``InvalidInput`` with every problem of them.
    """
    problems = FileProblems(source)
    share: Share = dict[Any, Any]().setdefault
    found = tuple(samples_of(lines, file=source, origin=None, problems=problems, share=share))
    if told := problems.problems():
        raise InvalidInput(told)
    return found


def import_file(samples: Sequence[Sample]) -> tuple[str, bytes]:
    """The path, from the registry's root, and the content of the file that stores ``samples``.

    They are of one origin, at least one, and in order.
    """
    content = b"".join(stored_line(fields_of(sample)) for sample in samples)
    # A day is named as its source writes it.
    day = (samples[0].observed_at or "undated")[:10]
    return f"{FOLDER}/{samples[0].origin}/{import_name(day, sha256(content).hexdigest())}", content


def _several_origins(samples: Iterable[Sample]) -> Iterator[Problem]:
    by_line = sorted(samples, key=lambda sample: sample.line)
    for sample in by_line:
        first = by_line[0]
        if sample.origin != first.origin:
            found = f'is "{sample.origin}", that of line {first.line} is "{first.origin}"'
            fix = "Import the calls of each origin by themselves."
            path = ("origin",)
            fault = Fault("several-origins", found, "one import has one origin", fix, path)
            yield fault.placed(sample.file, sample.line)


@dataclass(frozen=True, slots=True)
class _Beside(FolderTree):
    """A registry's folder with one more file, which is nowhere on disk."""

    source: str
    drafts: Iterable[bytes]

    def lines(self, path: str, longest: int) -> Iterator[bytes]:
        if path == self.source:
            return iter(self.drafts)
        return FolderTree.lines(self, path, longest)
