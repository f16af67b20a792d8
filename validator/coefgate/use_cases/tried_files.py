"""Other numbers in the files of the registry, before any is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from coefgate.core.problems import Problem
from coefgate.core.trees import Tree
from coefgate.registry.key import Key
from coefgate.registry.model import Acknowledgement, Coefficients
from coefgate.registry.number_edit import edited
from coefgate.registry.value_edit import without_acknowledgements
from coefgate.registry.wording import ValuePath, dotted
from coefgate.registry.yaml_reader import strict_document


@dataclass(frozen=True, slots=True)
class TriedNumber:
    """One number that was tried: the text that stands in the file, and the one in its place.

    ``path``: where it stands within the file, on ``line``, or once it is written on
    ``written_line``. ``taken_out``: the acknowledgement beside it, which names another number.
    """

    key: Key
    path: ValuePath
    file: str
    line: int
    written_line: int
    before: str
    after: str
    taken_out: Acknowledgement[Fraction] | None

    @property
    def name(self) -> str:
        """Its dotted name."""
        return self.key.name


@dataclass(frozen=True, slots=True)
class TriedFile:
    """A file as it stands, without acknowledgements that go, and with the numbers as well."""

    before: bytes
    cleared: bytes
    after: bytes


@dataclass(frozen=True, slots=True)
class TriedFiles:
    """The numbers that are not in the files yet, as they were asked for; files by their path."""

    numbers: tuple[TriedNumber, ...]
    files: Mapping[str, TriedFile]

    @property
    def overlay(self) -> dict[str, bytes]:
        """What the files are to hold."""
        return {file: one.after for file, one in self.files.items()}

    @property
    def changed(self) -> dict[str, tuple[bytes, bytes]]:
        """What was read, and what is to stand there."""
        return {file: (one.before, one.after) for file, one in self.files.items()}

    def told(self, problem: Problem) -> Problem:
        """A problem of the overlay as ``check`` tells it, on the line where the file has it now.

        It says which number in it is only tried.
        """
        here = [one for one in self.numbers if one.file == problem.file]
        if not here:
            return problem
        problem = replace(problem, line=_line_now(problem, self.files[problem.file]))
        for one in here:
            if problem.path == dotted(one.path):
                found = f"{problem.found} (tried here; the file says {one.before})"
                return replace(problem, found=found)
        told = ", ".join(f"{one.name} {one.after}" for one in here)
        return replace(problem, found=f"{problem.found} (tried here: {told})")


def tried_files(tree: Tree, registry: Coefficients, wanted: Mapping[Key, str]) -> TriedFiles:
    """The files of ``tree``, which holds ``registry``, with the numbers that are ``wanted``.

    An acknowledgement beside a number that changes goes, unless it names the new one. Whether the
    files are valid is for their reader to say. Raises ``UsageProblem`` where an acknowledgement
    stands in a form that cannot be taken out.
    """
    by_file: dict[str, dict[Key, str]] = {}
    for key, text in wanted.items():
        by_file.setdefault(registry.numbers[key].file, {})[key] = text
    files = {}
    tried: dict[Key, TriedNumber] = {}
    for file, texts in by_file.items():
        content = tree.read(file)
        data = strict_document(content, file).data
        keys = {key.path_in(data): key for key in texts}
        numbers = {path: texts[key] for path, key in keys.items()}
        _, present = edited(content, file, numbers)
        served = {
            keys[one.path]: answer
            for one in present
            if (answer := _served(registry, keys[one.path], one.after))
        }
        cleared = without_acknowledgements(content, file, served)
        after, edits = edited(cleared, file, numbers)
        if edits:
            files[file] = TriedFile(content, cleared, after)
        lines = {one.path: one.line for one in present}
        for edit in edits:
            key, path = keys[edit.path], edit.path
            places = lines[path], edit.line
            texts_of_it = edit.before, edit.after
            tried[key] = TriedNumber(key, path, file, *places, *texts_of_it, served.get(key))
    return TriedFiles(tuple(tried[key] for key in wanted if key in tried), files)


def _served(registry: Coefficients, key: Key, text: str) -> Acknowledgement[Fraction] | None:
    value = registry.numbers[key]
    return None if value.answer_beside(Fraction(text)) else value.acknowledge


def _line_now(problem: Problem, file: TriedFile) -> int:
    """Acknowledgements that were taken out have moved what stands below them."""
    if file.cleared == file.before:
        return problem.line
    now, cleared = (strict_document(one, problem.file) for one in (file.before, file.cleared))
    for above, mapping in cleared.mappings():
        for step in mapping:
            path = (*above, step)
            if dotted(path) == problem.path:
                return problem.line + now.mark(path)[0] - cleared.mark(path)[0]
    return problem.line
