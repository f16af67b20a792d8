"""A registry from the calls that another tool recorded: stored, fitted and judged."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from coefgate.calibration.more_calls import more_calls
from coefgate.calibration.neutral_prior import neutral_prior, rising
from coefgate.core.problems import UsageProblem
from coefgate.core.trees import FolderTree
from coefgate.core.vocabulary import (
    CATEGORY_NAME,
    COMPLEXITIES,
    COMPLEXITY_NAME,
    MAX_COMPLEXITIES,
    Deliverable,
)
from coefgate.registry.labels import labels_of
from coefgate.registry.model import Scope
from coefgate.registry.yaml_reader import strict_document
from coefgate.samples.files import RETIRED
from coefgate.samples.foreign.call import ForeignCall, SampleUnit
from coefgate.samples.foreign.collected import Collected
from coefgate.samples.foreign.formats import ImportOptions
from coefgate.samples.foreign.labels.label import Label
from coefgate.samples.foreign.labels.labelling import labeller
from coefgate.samples.foreign.skip_reasons import reason_of
from coefgate.samples.foreign.skipped import by_count
from coefgate.samples.model import Sample
from coefgate.samples.reading import read_samples
from coefgate.samples.status import SCORED, audit
from coefgate.samples.store import add_samples
from coefgate.use_cases.import_samples import Imported, collect_samples
from coefgate.use_cases.judge import judge_registry
from coefgate.use_cases.new_registry.first_state import (
    FirstState,
    files_below,
    scratch_registry,
)
from coefgate.use_cases.new_registry.places import new_files
from coefgate.use_cases.new_registry.registry_files import (
    CATEGORIES,
    KINDS,
    LABELS,
    PAGE,
    beside_coefficients,
    coefficients,
    label_rules,
    page,
    template,
)
from coefgate.use_cases.report import Report
from coefgate.use_cases.tune import tune
from coefgate.whatif.best_margin import BestMargin, best_margin

_BY_RULES: Final = labeller(labels_of(strict_document(template("labels"), LABELS)))
_EVERY: Final = Scope(models=None, observed_since=None)
_REASON: Final = "the first fit misses it on the calls that it was fitted on"
_FITTED: Final = """\
The numbers were fitted by `coefgate tune` to {calls} from {sources}, in the format
{format}. They started from neutral ones, which `coefficients/tuning.yaml` states under `prior`: no
category, no operation and no kind of file differed from another. How well they
do: `coefgate gate`."""
_NOT_SCORED: Final = """\
{calls} from {sources}, in the format {format}, are stored, and none of them
says all that scoring needs (`coefgate samples audit`). So every number is neutral: no category, no
operation and no kind of file differs from another."""


@dataclass(frozen=True, slots=True)
class CallSources:
    """What ``--from`` names: ``places`` (files, folders, ``-``) in a format.

    ``workspace``: the folder that absolute paths are relative to, if the source does not say it.
    """

    format: str
    places: tuple[str, ...]
    map_file: Path | None = None
    workspace: str | None = None

    @property
    def import_command(self) -> str:
        """What stores the same calls in a registry that is there."""
        options = (("--map", self.map_file), ("--workspace", self.workspace))
        given = [word for name, value in options if value for word in (name, str(value))]
        return shlex.join(["coefgate", "samples", "import", self.format, *self.places, *given])


@dataclass(slots=True)
class StatedLabels:
    """Labels calls as their source does, else by the usual rules; remembers what it stated."""

    category: bool = False
    complexity: bool = False

    def label(self, call: ForeignCall, deliverables: tuple[Deliverable, ...]) -> Label | None:
        """What one call is labelled."""
        self.category |= call.category is not None
        self.complexity |= call.complexity is not None
        return _BY_RULES(call, deliverables)

    @property
    def lacking(self) -> tuple[str, ...]:
        """What no call stated."""
        return tuple(name for name in ("category", "complexity") if not getattr(self, name))


def from_calls(calls: CallSources) -> tuple[FirstState, Imported]:
    """The first state of a registry with these calls, and what was found in their sources.

    Raises ``UsageProblem`` where they tell of no call that can be stored.
    """
    stated = StatedLabels()
    found = collect_samples(
        calls.format,
        calls.places,
        origin=calls.format,
        options=ImportOptions(map_file=calls.map_file),
        label=stated.label,
        workspace=calls.workspace,
    )
    if not found.lines:
        raise _nothing(calls, found)
    with scratch_registry({RETIRED: template("retired")}) as root:
        added = add_samples(found.lines, source=" ".join(calls.places), root=root)
        store = read_samples(FolderTree(root))
        unit, _ = Counter(one.unit for one in store.samples).most_common(1)[0]
        audited = audit(store, scope=_EVERY, unit=unit)
        scored = [one.sample for one in audited if one.status in SCORED]
        with new_files(root, _coefficients(calls, store.samples, scored, unit, stated.lacking)):
            fitted = tune(root, write=True, reference=PAGE, missed=_REASON) if scored else None
            report = judge_registry(root)
            first = FirstState(
                files_below(root),
                report,
                best=_best(report) if report.missed else None,
                more=more_calls(fitted.procedure) if report.missed and fitted else None,
            )
    return first, Imported(calls.format, calls.format, found, added)


def _nothing(calls: CallSources, found: Collected) -> UsageProblem:
    reasons = *by_count(found.left_out).items(), *by_count(found.unreadable).items()
    told = "; ".join(
        f"{reason_of(reason).words}: {one.count:,} ({one.places[0]}). {reason_of(reason).remedy}"
        for reason, one in reasons
    )
    told = told or "It has none; if it is in another format, name that with --format."
    where = " ".join(calls.places)
    return UsageProblem(f"{where}: no call of the format {calls.format} can be stored. {told}")


def _coefficients(
    calls: CallSources,
    samples: Sequence[Sample],
    scored: Sequence[Sample],
    unit: SampleUnit,
    by_rule: Sequence[str],
) -> dict[str, bytes]:
    """What a registry of these calls has beside them, before it is fitted.

    ``by_rule``: the labels that rules gave all calls; those of other calls may be among the same.
    """
    names = _names(samples, CATEGORIES if "category" in by_rule else ())
    complexities = COMPLEXITIES if "complexity" in by_rule else _complexities(samples)
    prior = neutral_prior(
        categories=names,
        complexities=complexities,
        kinds=KINDS,
        reference=PAGE,
        models={one.model for one in scored if one.model},
        needs=[one.actual_output_tokens for one in scored],
    )
    told = (_FITTED if scored else _NOT_SCORED).format(
        calls=f"{len(scored or samples):,} calls", sources=_sources(calls), format=calls.format
    )
    others = beside_coefficients(next(iter(names)), complexities[0])
    del others[RETIRED]
    return {
        **coefficients(prior, unit=unit, aliases=names),
        **label_rules(*by_rule),
        **others,
        PAGE: page(told),
    }


def _sources(calls: CallSources) -> str:
    """The names of files and folders alone: a way to them is of one machine."""
    names = (Path(one).name or one for one in calls.places)
    return ", ".join("standard input" if one == "-" else f"`{one}`" for one in names)


def _names(samples: Iterable[Sample], others: Iterable[str]) -> dict[str, list[str]]:
    """The categories that calls name, each with what else they call it, and ``others``."""
    names: dict[str, list[str]] = {one: [] for one in others}
    for label in sorted({one.category for one in samples if one.category}):
        words = "-".join(re.findall(r"[a-z0-9]+", label.lower()))
        name = words if CATEGORY_NAME.fullmatch(words) else f"other-{words}".rstrip("-")
        names.setdefault(name, [])
        if label != name:
            names[name].append(label)
    return names


def _complexities(samples: Iterable[Sample]) -> tuple[str, ...]:
    """Those that calls name and a registry can have, in the order in which they rise."""
    named = [
        (one.complexity, one.actual_output_tokens)
        for one in samples
        if one.complexity and COMPLEXITY_NAME.fullmatch(one.complexity)
    ]
    usual = Counter(complexity for complexity, _ in named).most_common(MAX_COMPLEXITIES)
    kept = dict(usual)
    return rising(one for one in named if one[0] in kept) or COMPLEXITIES


def _best(report: Report) -> BestMargin | None:
    scores = report.scores
    return best_margin(scores.by_margin, scores.predicted.calls, report.head.registry.gates)
