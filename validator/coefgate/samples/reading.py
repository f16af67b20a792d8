"""``samples/`` of a tree → the store, or every problem of every file at once."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from math import inf
from pathlib import Path
from typing import Any

from coefgate.core.counting import counted
from coefgate.core.garbage_collector import collector_paused
from coefgate.core.problems import InvalidInput, Problem, UsageProblem
from coefgate.core.trees import FolderTree, Tree
from coefgate.registry.document import Fault
from coefgate.samples.files import ERASED, FOLDER, LISTS, RETIRED, sample_files
from coefgate.samples.line_errors import place
from coefgate.samples.lines import LONGEST_LINE, FileProblems, numbered, samples_of
from coefgate.samples.links import Disagreement, dangling_links, rival_lines
from coefgate.samples.lists import erasures, retirements
from coefgate.samples.model import Erasure, Retirement, Sample, SampleStore, instant, order_key
from coefgate.samples.status import contradictions


def read_samples(tree: Tree) -> SampleStore:
    """The samples in ``tree``. Raises ``InvalidInput`` with every problem there is."""
    store, problems = sample_problems(tree)
    if store is None:
        raise InvalidInput(problems)
    return store


@collector_paused()
def sample_problems(
    tree: Tree, *, only: Collection[str] | None = None
) -> tuple[SampleStore | None, tuple[Problem, ...]]:
    """The samples in ``tree``, or ``None`` with every problem there is, in the order of places.

    ``only``: files and folders whose problems are wanted. Samples refer to each other, so all are
    read if one file of ``samples/`` is among them, and none (no store, no problems) otherwise.
    """
    entries = tree.entries(FOLDER)
    wanted = {entry.path for entry in entries if only is None or _is_below(entry.path, only)}
    if only is not None and not wanted:
        return None, ()
    files, misplaced = sample_files(entries)
    reader = SampleReader(tree)
    calls = {file: origin for file, origin in files.items() if file not in LISTS}
    reader.read(calls, *(one if one in files else None for one in (RETIRED, ERASED)))
    problems = sorted({*misplaced, *reader.problems()})
    if problems:
        return None, tuple(one for one in problems if only is None or one.file in wanted)
    return reader.store(), ()


def contradiction_problems(tree: Tree, samples: Iterable[Sample]) -> tuple[Problem, ...]:
    """What contradicts itself in the lines of ``samples``, which were read from ``tree``."""
    reader = SampleReader(tree)
    reader.report(contradictory_lines(samples))
    return reader.problems()


def contradictory_lines(samples: Iterable[Sample]) -> Iterator[Disagreement]:
    """The contradictions of new samples, which keep them out."""
    return ((one, fault) for one in samples for fault in contradictions(one))


@collector_paused()
def read_sample_path(path: Path) -> SampleStore:
    """The samples in a file, or in every ``.jsonl`` below a folder, wherever it lies.

    They may refer to samples that are not there; retirements are those of ``retired.yaml`` in the
    folder. Raises ``InvalidInput`` with every problem, ``UsageProblem`` where there is nothing.
    """
    there = "is not a regular file" if path.exists() else "does not exist"
    files = [path] if path.is_file() else []
    if path.is_dir():
        there = "holds no .jsonl file"
        files = sorted(file for file in path.rglob("*.jsonl") if file.is_file())
    if not files:
        raise UsageProblem(
            f"{path} {there}. Name a .jsonl file of samples, or a folder that holds some."
        )
    reader = SampleReader(FolderTree(Path()), whole=False)
    retired = path / "retired.yaml"
    calls = {file.as_posix(): None for file in files}
    reader.read(calls, retired.as_posix() if retired.is_file() else None)
    problems = reader.problems()
    if problems:
        raise InvalidInput(problems)
    return reader.store()


def _is_below(path: str, places: Collection[str]) -> bool:
    return any(place in {path, "."} or path.startswith(f"{place}/") for place in places)


@dataclass(slots=True)
class SampleReader:
    """What has been read so far: samples by id, and what was wrong in each file.

    ``whole``: is everything read that a link may lead to, as far as it can be read?
    ``passed_over``: ids of lines that are not taken in, such as were erased.
    """

    tree: Tree
    samples: dict[str, Sample] = field(default_factory=dict)
    whole: bool = True
    read_ids: list[str] = field(default_factory=list)
    passed_over: Collection[str] = ()
    retired: dict[str, Retirement] = field(default_factory=dict)
    erased: dict[str, Erasure] = field(default_factory=dict)
    _in_lists: tuple[Problem, ...] = ()
    _by_file: dict[str, FileProblems] = field(default_factory=dict)
    _shared: dict[Any, Any] = field(default_factory=dict)

    def read(
        self,
        files: Mapping[str, str | None],
        retired: str | None = None,
        erased: str | None = None,
    ) -> None:
        """Read files, each with the origin that its lines must have, if any, and compare samples.

        Then which are ``retired``, and were ``erased``; an id there, and a link, may be that of a
        line that is refused.
        """
        share = self._shared.setdefault
        for file, origin in files.items():
            problems = self._by_file.setdefault(file, FileProblems(file))
            lines = counted(self.tree.lines(file, LONGEST_LINE), "lines of samples")
            for sample in samples_of(
                lines, file=file, origin=origin, problems=problems, share=share
            ):
                self.read_ids.append(sample.id)
                if sample.id not in self.passed_over:
                    # The same line in two files is one sample: two people may import one log.
                    self.samples.setdefault(sample.id, sample)
            self.whole = self.whole and not problems.problems()
        samples = tuple(self.samples.values())
        disagreements = list(rival_lines(samples, self.samples))
        if self.whole:
            disagreements += dangling_links(samples, self.samples)
        self.report(disagreements)
        ids = self.samples if self.whole else None
        if retired is not None:
            self.retired, found = retirements(self.tree, ids, file=retired)
            self._in_lists += found
        if erased is not None:
            self.erased, found = erasures(self.tree, ids, file=erased)
            self._in_lists += found

    def report(self, disagreements: Iterable[Disagreement]) -> None:
        """Find the columns, which nobody keeps for valid lines, by reading the lines again."""
        wanted: dict[str, defaultdict[int, list[Fault]]] = {}
        for sample, fault in disagreements:
            wanted.setdefault(sample.file, defaultdict(list))[sample.line].append(fault)
        for file, by_line in wanted.items():
            problems = self._by_file.setdefault(file, FileProblems(file))
            for number, line in numbered(self.tree.lines(file, LONGEST_LINE)):
                if number in by_line and problems.room_for(len(line)):
                    document = place(line.rstrip(b"\r\n"), file, number)
                    problems.add(fault.at(document) for fault in by_line[number])

    def problems(self) -> tuple[Problem, ...]:
        """Every problem so far, by file."""
        by_file = (one.problems() for one in self._by_file.values())
        return (*chain.from_iterable(by_file), *self._in_lists)

    def store(self) -> SampleStore:
        """The samples in the order that every reader sees, with retirements and erasures."""
        ordered = tuple(sorted(self.samples.values(), key=order_key))
        return SampleStore(ordered, self.retired, self.erased)


@dataclass(frozen=True, slots=True)
class StoredIds:
    """The lines that a state stores.

    ``newest``: when the newest call was made whose time is known, in seconds since 1970 UTC; minus
    infinity, or what stands for it, where no line is ``dated``.
    """

    ids: Collection[str]
    newest: float
    dated: bool = True


def stored_ids(tree: Tree, names_today: Mapping[str, str]) -> StoredIds:
    """Read what the lines below ``samples/`` say of themselves, and skip the unreadable.

    ``names_today``: the ids of those that stand today instead of lines that were erased.
    """
    found = dict(
        told
        for entry in tree.entries(FOLDER)
        if entry.kind == "file" and entry.path.endswith(".jsonl")
        for line in tree.read(entry.path).splitlines()
        if (told := _told(line)) is not None
    )
    times = [made for made in found.values() if made < inf]
    ids = frozenset(names_today.get(name, name) for name in found)
    return StoredIds(ids, max(times, default=-inf), bool(times))


def _told(line: bytes) -> tuple[str, float] | None:
    """The id and the instant of a line; one that cannot be read is no stored sample."""
    try:
        fields = json.loads(line)
        identity, made = fields["id"], instant(fields.get("observed_at"))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return (identity, made) if isinstance(identity, str) else None
