"""The stored calls: their audit, and new ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO, Literal, NamedTuple

from coefgate.core.characters import visible
from coefgate.core.problems import UsageProblem
from coefgate.git.working_tree import checkout
from coefgate.registry.compilation import table_of
from coefgate.registry.reading import read_registry
from coefgate.replay.fallback import Fallbacks, ToldReason, fallbacks_of, undeclared
from coefgate.samples.completion import NO_FACTS
from coefgate.samples.files import FOLDER
from coefgate.samples.line_source import STDIN, LinesOf, kept
from coefgate.samples.model import Sample, SampleStore
from coefgate.samples.status import Audited, audit
from coefgate.samples.store import Added, add_samples
from coefgate.use_cases.state import state_at


class Audit(NamedTuple):
    """Every stored call with its status, and those that the fallback serves."""

    audited: tuple[Audited, ...]
    fallbacks: Fallbacks


def audit_samples(root: Path) -> Audit:
    """Audit the calls in the folder ``root`` under its own scope."""
    state = state_at(root)
    audited = state.audited()
    return Audit(audited, fallbacks_of(audited, state.table))


def add_samples_of(
    source: Path | BinaryIO,
    root: Path,
    *,
    facts: Mapping[str, Any] = NO_FACTS,
    dry_run: bool = False,
) -> Added:
    """Store the calls of ``source``, JSON Lines, in the registry at ``root``: all, or none.

    ``source`` is a file, or a stream that is read to its end. Lines may leave facts out; ``facts``
    hold for those that do not state them, and a line of a file may be a call's reference. With
    ``dry_run`` nothing is written. Raises ``UsageProblem`` where it is no regular file,
    ``InvalidInput`` with every problem of it.
    """
    with ExitStack() as open_until_done:
        if isinstance(source, Path):
            if not source.is_file():
                raise UsageProblem(f"{source} is no regular file. Name a file of JSON Lines.")
            lines: Iterable[bytes] = LinesOf(source)
            name, reference = visible(source.as_posix()), reference_of(source, root)
        else:
            lines = open_until_done.enter_context(kept(source))
            name, reference = STDIN, None
        folder = open_until_done.enter_context(checkout(root))
        folder.entries(FOLDER)  # else a call that is left out would be stored twice
        return add_samples(
            lines, source=name, root=root, facts=facts, reference=reference, dry_run=dry_run
        )


def reference_of(file: Path, root: Path) -> str:
    """How ``file`` is named in the store: from the registry, where it lies there; else alone.

    The same file is called the same from every folder and on every machine. What nobody sees in a
    name is escaped, and space around it does not count: a reference has none.
    """
    there, top = file.resolve(), root.resolve()
    name = there.relative_to(top).as_posix() if there.is_relative_to(top) else there.name
    return visible(name).strip()


def audit_by_themselves(calls: Sequence[Sample], root: Path) -> tuple[Audited, ...]:
    """What these calls are good for under the registry in ``root``, as if there were no others.

    Raises ``InvalidInput`` where the registry cannot be read.
    """
    if not calls:
        return ()
    with checkout(root) as folder:
        registry = read_registry(folder)
    store = SampleStore(tuple(calls), {})
    return audit(store, scope=registry.gates.scope, unit=registry.unit)


def undeclared_labels(
    calls: Sequence[Sample], root: Path
) -> Iterator[tuple[ToldReason, Literal["the fallback", "no_deliverables"]]]:
    """Labels of these calls that the registry in ``root`` has nothing for, and what serves them.

    Raises ``InvalidInput`` where the registry cannot be read, so that nothing can be compared.
    """
    if not calls:
        return
    with checkout(root) as folder:
        table = table_of(read_registry(folder))
    for serves in ("the fallback", "no_deliverables"):
        served = [one for one in calls if bool(one.deliverables) is (serves == "the fallback")]
        for reason in undeclared(served, table):
            if reason.value is not None:  # what a source does not say is told by the audit
                yield reason, serves
