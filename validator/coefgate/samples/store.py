"""New samples → one import file, checked beside the stored ones first."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

import orjson

from coefgate.core.atomic_files import file_beside
from coefgate.core.problems import EnvironmentProblem, InvalidInput, Problem, explained
from coefgate.core.trees import FolderTree
from coefgate.registry.document import Fault
from coefgate.samples.files import FOLDER, import_name
from coefgate.samples.line_errors import nearly_json
from coefgate.samples.lines import LONGEST_LINE
from coefgate.samples.model import Sample, fields_of, sample_id, stored_line
from coefgate.samples.reading import SampleReader, contradictory_lines, read_samples

_STAND_IN: Final = "0" * 32


@dataclass(frozen=True, slots=True)
class Added:
    """What an import did: the new file, from the registry's root, if anything was new.

    ``added`` and ``known``: the samples that were written, and those that had been stored before.
    """

    path: str | None
    added: tuple[Sample, ...]
    known: tuple[Sample, ...]


def add_file(file: Path, root: Path) -> Added:
    """Store the samples in ``file``, JSON Lines, as ``add_samples`` does."""
    return add_samples(LinesOf(file), source=file.as_posix(), root=root)


def add_samples(lines: Iterable[bytes], *, source: str, root: Path) -> Added:
    """Store the samples in ``lines``, JSON with line ends read from ``source``, as one new file.

    ``lines`` are gone through more than once, and not kept: an iterator does not do. A line
    without ``id`` gets it; one that has it must fit it. All are of one origin. Samples that are
    stored already are not written again. Raises ``InvalidInput`` with every problem of the stored
    samples or, those being valid, of the lines; ``EnvironmentProblem`` where the file cannot be
    written. Then nothing has changed.
    """
    tree = FolderTree(root)
    stored = {sample.id: sample for sample in read_samples(tree).samples}
    reader = SampleReader(_Beside(root, source, lines), dict(stored))
    reader.read({source: None})
    new = [sample for sample in reader.store().samples if sample.id not in stored]
    reader.report(contradictory_lines(new))
    problems = (*reader.problems(), *_several_origins(new))
    if problems:
        raise InvalidInput(problems)
    known = tuple(stored[i] for i in reader.read_ids if i in stored)
    if not new:
        return Added(None, (), known)
    path, content = import_file(new)
    write_new(root / path, content)
    return Added(path, tuple(new), known)


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


def with_id(line: bytes) -> bytes:
    """``line`` with the id that it lacks, at its end, so that the columns of the rest stay.

    One with odd numbers or half characters gets a stand-in: it is refused for these alone.
    """
    try:
        fields, instead = orjson.loads(line), ""
    except orjson.JSONDecodeError:
        fields, instead = nearly_json(line), _STAND_IN
    if not isinstance(fields, dict) or not fields or "id" in fields or not line.endswith(b"\n"):
        return line
    return line.rstrip()[:-1] + b',"id":"' + (instead or sample_id(fields)).encode() + b'"}\n'


@dataclass(frozen=True, slots=True)
class _Beside(FolderTree):
    """A registry's folder with one more file, which is nowhere on disk."""

    source: str
    drafts: Iterable[bytes]

    def lines(self, path: str, longest: int) -> Iterator[bytes]:
        if path == self.source:
            return map(with_id, self.drafts)
        return FolderTree.lines(self, path, longest)


@dataclass(frozen=True, slots=True)
class LinesOf:
    """The lines of a file, streamed anew each time that they are gone through."""

    file: Path

    def __iter__(self) -> Iterator[bytes]:
        return FolderTree(self.file.parent).lines(self.file.name, LONGEST_LINE)


def write_new(target: Path, content: bytes) -> None:
    """Write ``content`` to ``target``, in a folder that is made if it is missing.

    It is there as a whole or not at all, also after a power cut. Raises ``EnvironmentProblem``,
    and leaves nothing behind, where it cannot be written or is there already.
    """
    folder = target.parent
    is_new = not folder.exists()
    look = f"Check disk and permissions with: df -h {folder.parent} && ls -ld {folder.parent}"
    with explained(f"{target} cannot be written", look):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with file_beside(target, content) as temporary:
                _put_in_place(temporary, target)
        except BaseException:
            if is_new:
                with suppress(OSError):
                    folder.rmdir()
            raise
    # A name survives a power cut once its folder is on disk; not every system can say so.
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _put_in_place(temporary: Path, target: Path) -> None:
    """Unlike a rename, a link fails where something is; some file systems have no links."""
    try:
        target.hardlink_to(temporary)
    except OSError as error:
        if isinstance(error, FileExistsError) or target.exists():
            raise EnvironmentProblem(
                f"{target} is there already, and an import is never written over another. Look at "
                f"it with: ls -l {target}"
            ) from error
        temporary.rename(target)
