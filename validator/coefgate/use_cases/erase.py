"""Stored calls get salted names instead of such as have to go; what they predict stays."""

from __future__ import annotations

import os
import secrets
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jsonschema_rs import is_valid

from coefgate.core.atomic_files import replace_files, write_whole
from coefgate.core.characters import visible
from coefgate.core.problems import UsageProblem, explained
from coefgate.core.redaction import Redactor, holds, text_redactor
from coefgate.core.trees import OverlayTree, Tree
from coefgate.gates.erasures import erasures
from coefgate.gates.verdict import Finding
from coefgate.git.working_tree import checkout
from coefgate.registry.files import FOLDER as REGISTRY
from coefgate.registry.schemas import load_schema
from coefgate.registry.wording import printable
from coefgate.replay.state import State, state_of
from coefgate.samples.erasure import PATH, Renaming, names_in, renamed
from coefgate.samples.files import FOLDER as SAMPLES
from coefgate.samples.model import Sample, SampleStore
from coefgate.samples.redaction import path_redactor
from coefgate.use_cases.erased_files import erased_files, expressions
from coefgate.use_cases.path_salt import is_beside
from coefgate.use_cases.state import read_both, read_state

_OTHER_SALTS: Final = 4
"""Salts that are tried: under an unlucky one two calls of one instant change their order."""
_FEWEST_DIGITS: Final = 8
_SHORTEST_TEXT: Final = 2
_TEXTS: Final = (
    *("origin", "reference", "call_id", "run_id", "phase_id", "category", "complexity"),
    *("label_origin", "model", "output_mode", "predicted_by", "stop_reason"),
)
"""Fields that hold texts of the source, beside the paths."""


@dataclass(frozen=True, slots=True)
class ToErase:
    """What has to go, and why.

    ``ids``: of lines, or how these begin: all of their paths. ``holding``: texts, whatever their
    case: every path that holds one. ``fields``: of ``TEXTS``, whose values go as the paths do.
    """

    reason: str
    ids: Sequence[str] = ()
    holding: Sequence[str] = ()
    fields: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ErasedLine:
    """A line that gave way. ``is_linked``: only because it names one that did."""

    before: Sample
    after: Sample
    is_linked: bool


@dataclass(frozen=True, slots=True)
class ErasedCalls:
    """What was erased, or would be.

    ``names``: how many names got salted ones. ``left``: fields of calls, and other files of the
    registry, that hold a text all the same, each with the number of its lines. ``written``: the
    files that changed.
    """

    lines: tuple[ErasedLine, ...]
    names: int
    left: Mapping[str, int]
    written: tuple[str, ...]


def erase(
    root: Path,
    wanted: ToErase,
    *,
    replace_text: Path | None = None,
    dry_run: bool = False,
    new_salt: Callable[[], bytes] = lambda: secrets.token_bytes(32),
) -> ErasedCalls:
    """Give salted names to what is ``wanted``, wherever it stands in ``samples/``.

    ``replace_text``: a file for ``git filter-repo --replace-text``, outside the repository. The
    salt is thrown away. All is held against what the gate lets through before a file is written.
    Raises ``UsageProblem`` where nothing is to be erased, or it cannot be; then nothing changed.
    """
    _refuse(wanted, root, replace_text)
    with checkout(root) as folder:
        state = read_state(folder, folder.repository)
        plan = _salting(folder, state, wanted, new_salt())
        for _ in range(_OTHER_SALTS):
            plan = _salting(folder, state, wanted, new_salt()) if plan.findings else plan
        if plan.findings:
            told = plan.findings[0].message
            raise UsageProblem(
                f"the gate would not let this through: {told}. Nothing was written."
            )
        if not dry_run:
            with ExitStack() as undo:
                if replace_text is not None:
                    rewriting = b"".join(expressions(folder, plan.instead))
                    with explained(f"{replace_text} cannot be written", "Name another file."):
                        undo.callback(replace_text.unlink, missing_ok=True)
                        write_whole(replace_text, rewriting, mode=0o600)
                replace_files(root, plan.files)
                undo.pop_all()
    return plan.told(state.store.samples, wanted.holding)


@dataclass(frozen=True, slots=True)
class _Salting:
    """What would be erased under one salt, and why the gate would not let it through."""

    renaming: Renaming
    instead: Mapping[str, Sample]
    files: Mapping[str, tuple[bytes | None, bytes]]
    tree: Tree
    after: SampleStore
    findings: Sequence[Finding]

    def told(self, samples: Sequence[Sample], holding: Sequence[str]) -> ErasedCalls:
        changed = (one for one in samples if one.id in self.instead)
        lines = (
            ErasedLine(one, self.instead[one.id], is_linked=not self._names(one))
            for one in changed
        )
        names = sum(map(len, self.renaming.values()))
        return ErasedCalls(
            tuple(lines), names, _left(self.tree, self.after, holding), tuple(self.files)
        )

    def _names(self, sample: Sample) -> bool:
        """Does the line hold a name that goes?"""
        by_sort = self.renaming.items()
        return any(name in names for sort, names in by_sort for name in names_in(sample, sort))


def _salting(folder: Tree, before: State, wanted: ToErase, salt: bytes) -> _Salting:
    renaming = _renaming(before, wanted, salt)
    instead = renamed(before.store.samples, renaming)
    files = erased_files(folder, before.store, instead, wanted.reason)
    laid_over = OverlayTree(folder, {file: new for file, (_, new) in files.items()})
    after = state_of(*read_both(laid_over), revision=before.revision)
    findings = erasures(before, after)[1].findings
    return _Salting(renaming, instead, files, laid_over, after.store, findings)


def _refuse(wanted: ToErase, root: Path, replace_text: Path | None) -> None:
    if not wanted.ids and not wanted.holding:
        raise UsageProblem(
            "nothing to erase. Name lines by their ids, or texts in paths: coefgate samples erase "
            '--holding TEXT --reason "…"'
        )
    if short_texts := [text for text in wanted.holding if len(text.strip()) < _SHORTEST_TEXT]:
        raise UsageProblem(
            f"--holding {short_texts[0]!r} is in almost every path. Name a longer text."
        )
    line = load_schema("erased")["$defs"]["line"]
    if visible(wanted.reason) != wanted.reason or not is_valid(line, wanted.reason):
        raise UsageProblem(
            f'--reason "{printable(wanted.reason)}": {line["x-allowed"]}, and shows all it holds.'
        )
    if _holds(wanted.reason, wanted.holding):
        raise UsageProblem(
            "the reason holds a text that must go, and is stored. Say it in other words."
        )
    if replace_text is not None and is_beside(replace_text, root):
        raise UsageProblem(
            f"{replace_text} would hold the names that must go, and lies in the repository. "
            "Name a file elsewhere."
        )
    if replace_text is not None and os.path.lexists(replace_text):
        raise UsageProblem(
            f"{replace_text} is there already, and may be what another erasure wrote. Name a new "
            "file: each is used, in the order of the erasures."
        )


def _named(digits: str, samples: Sequence[Sample]) -> Sample:
    found = [one for one in samples if one.id.startswith(digits)]
    if len(digits) < _FEWEST_DIGITS or len(found) != 1:
        what = "names no stored sample" if not found else f"begins {len(found)} ids"
        if len(digits) < _FEWEST_DIGITS:
            what = f"is shorter than {_FEWEST_DIGITS} digits"
        raise UsageProblem(
            f"{digits!r} {what}. See ids with: coefgate samples audit --format json"
        )
    return found[0]


def _renaming(state: State, wanted: ToErase, salt: bytes) -> Renaming:
    """Salted names instead of all that go. Raises ``UsageProblem`` where there is none."""
    named = [_named(one, state.store.samples) for one in wanted.ids]
    found: dict[str, dict[str, str]] = {}
    for sort in (PATH, *wanted.fields):
        redact = text_redactor(salt, sort)
        if sort == PATH:
            redact = path_redactor(salt, [state.registry], hidden=wanted.holding)
        going = {name for one in named for name in names_in(one, sort)}
        found[sort] = {}
        for one in state.store.samples:
            for name in names_in(one, sort):
                if name in going or _holds(name, wanted.holding):
                    found[sort][name] = _salted(redact, name, one)
    found = {
        sort: {was: now for was, now in names.items() if was != now}
        for sort, names in found.items()
    }
    if not any(found.values()):
        raise UsageProblem(
            "nothing to erase: no name holds such a text, or all of them are made of what is "
            "kept, such as README.md."
        )
    return found


def _salted(redact: Redactor, name: str, sample: Sample) -> str:
    try:
        return redact(name)
    except ValueError as error:
        raise UsageProblem(
            f"a path of {sample.file}:{sample.line} cannot be erased: {error}. Name the line by "
            "its id without --holding, which keeps what path rules ask for."
        ) from error


def _holds(name: str, texts: Sequence[str]) -> bool:
    return any(holds(name, text) for text in texts)


def _left(tree: Tree, store: SampleStore, holding: Sequence[str]) -> Mapping[str, int]:
    """By field, or file, the number of lines in which one of the texts is still found."""
    found = Counter(
        name
        for one in store.samples
        for name in _TEXTS
        if _holds(getattr(one, name) or "", holding)
    )
    others = (one.path for folder in (SAMPLES, REGISTRY) for one in tree.entries(folder))
    for file in sorted(one for one in others if holding and not one.endswith(".jsonl")):
        lines = tree.read(file).decode("utf-8", "replace").splitlines()
        found.update(file for line in lines if _holds(line, holding))
    return dict(found)
