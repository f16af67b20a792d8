"""Calls drawn from what a registry says, and how well the procedure finds it again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from statistics import fmean, median
from typing import Final

from coefgate.calibration.noise import Noise
from coefgate.calibration.recovery import CellRecovery, Recovery, procedure_on, recovery
from coefgate.calibration.simulation import CallModel, CallRequest, draw, drawn_samples, lines_of
from coefgate.core.atomic_files import ready_files
from coefgate.core.problems import UsageProblem
from coefgate.gates.metric_rules import absolute_rules
from coefgate.registry.model import Gates
from coefgate.registry.tuning import FILE, Tuning
from coefgate.registry.wording import printable
from coefgate.replay.metrics import Metrics
from coefgate.replay.state import State
from coefgate.samples.model import Paths, Sample
from coefgate.samples.status import SCORED, CallCount
from coefgate.use_cases.registry_folder import keep_out_of_any_registry, keep_out_of_the_registry
from coefgate.use_cases.state import state_at

FRESH: Final = 10_000
"""Calls of new phases and runs that each fit is held against."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """What was drawn: of which registry, by which model and seed."""

    state: State
    model: CallModel
    seed: int
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class OverDraws:
    """A figure over several fits."""

    mean: float
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class RecoveredCell:
    """The tokens within which 9 in 10 calls of a cell stay: true, and as several fits find them.

    ``true``: tokens. ``middle``, ``least`` and ``most``: of fitted ÷ true; ``None`` where a fit
    could not tell. ``calls``: of the first draw.
    """

    category: str
    complexity: str
    calls: CallCount
    true: float
    middle: float | None
    least: float | None
    most: float | None


@dataclass(frozen=True, slots=True)
class Recovered:
    """What so many calls let the procedure find, over ``draws`` of them.

    ``level``: the one of ``tuning.yaml``. ``interval_80``, ``interval_90``, ``budget_90``: shares
    of fresh calls within the measured intervals, ``None`` where a fit does not state them for all.
    ``underestimation`` and ``waste``: of fresh calls at the level; shares missed, and medians.
    ``limits``: the share of fits whose figures of fresh calls meet each metric rule; ``all_met``:
    all of them.
    """

    simulated: Simulated
    draws: int
    level: Fraction
    cells: tuple[RecoveredCell, ...]
    interval_80: OverDraws | None
    interval_90: OverDraws | None
    budget_90: OverDraws | None
    underestimation: OverDraws
    waste: OverDraws
    limits: tuple[tuple[str, Fraction], ...]
    all_met: Fraction


def simulate(
    root: Path,
    noise: Noise,
    *,
    calls: int,
    seed: int,
    ceiling: int | None = None,
    calls_per_phase: int = 1,
    phases_per_run: int = 1,
    as_real: bool = False,
    output: Path | None = None,
) -> Simulated:
    """Draw ``calls`` from the registry in the folder ``root``, and write them to ``output``.

    They ask for what its scored calls ask for. Their paths are marked as synthetic, so that nobody
    scores them; ``as_real``: as real, for registries made for a test. Raises ``UsageProblem``
    where no call is stored that could be asked for again, and where ``output`` lies in a registry.
    """
    if output is not None:
        keep_out_of_the_registry(output, root)
        keep_out_of_any_registry(output)
        if not output.parent.is_dir():
            raise UsageProblem(
                f"{printable(str(output))} cannot be written: its folder is missing. "
                "Name a file in a folder that is there, or make it first."
            )
    state = state_at(root)
    mix = tuple(CallRequest.of(one.sample) for one in state.audited() if one.status in SCORED)
    if not mix:
        raise UsageProblem(
            "no stored call is scored, and simulated calls ask for what those ask for. "
            "See why with: coefgate samples audit"
        )
    model = CallModel(state.registry, mix, noise, ceiling, calls_per_phase, phases_per_run)
    paths: Paths = "real" if as_real else "synthetic"
    samples = drawn_samples(model, draw(model, calls, seed), seed=seed, paths=paths)
    if output is not None:
        with ready_files({output: lines_of(samples)}) as put:
            put()
    return Simulated(state, model, seed, samples)


def recover(simulated: Simulated, draws: int) -> Recovered:
    """Fit the calls, and as many others ``draws`` - 1 times; hold each fit against fresh calls.

    Raises ``UsageProblem`` where the registry has no ``tuning.yaml`` to fit by.
    """
    tuning = simulated.state.registry.tuning
    if tuning is None:
        raise UsageProblem(
            f"{FILE} is missing, and calls are fitted by what it says. Leave --report out to draw "
            "calls without a fit."
        )
    found = list(_recoveries(simulated, tuning, draws))
    figures = [one.figures for one in found]
    met = [_met(one, simulated.state.registry.gates) for one in figures]
    return Recovered(
        simulated=simulated,
        draws=draws,
        level=tuning.level,
        cells=tuple(_cell([one.cells[at] for one in found]) for at in range(len(found[0].cells))),
        interval_80=_ends([one.interval_80 for one in found]),
        interval_90=_ends([one.interval_90 for one in found]),
        budget_90=_ends([one.budget_90 for one in found]),
        underestimation=_spread([float(one.underestimation_rate) for one in figures]),
        waste=_spread([float(one.waste_median) for one in figures]),
        limits=tuple((rule, Fraction(sum(one[rule] for one in met), draws)) for rule in met[0]),
        all_met=Fraction(sum(all(one.values()) for one in met), draws),
    )


def _recoveries(simulated: Simulated, tuning: Tuning, draws: int) -> Iterator[Recovery]:
    model, seed, calls = simulated.model, simulated.seed, len(simulated.samples)
    unseen = replace(model, calls_per_phase=1, phases_per_run=1)
    for at in range(draws):
        drawn = draw(model, calls, seed, stream=2 * at)
        samples = drawn_samples(model, drawn, seed=seed, paths="real")
        fresh = draw(unseen, FRESH, seed, stream=2 * at + 1)
        yield recovery(model, procedure_on(model, samples, tuning), fresh)


def _cell(found: Sequence[CellRecovery]) -> RecoveredCell:
    """One cell, as each fit finds it."""
    first = found[0]
    told = [one.fitted / one.true for one in found if one.fitted is not None]
    said = (median(told), min(told), max(told)) if len(told) == len(found) else (None,) * 3
    return RecoveredCell(first.category, first.complexity, first.calls, first.true, *said)


def _ends(found: Sequence[float | None]) -> OverDraws | None:
    told = [one for one in found if one is not None]
    return _spread(told) if len(told) == len(found) else None


def _spread(found: Sequence[float]) -> OverDraws:
    return OverDraws(fmean(found), min(found), max(found))


def _met(figures: Metrics, gates: Gates) -> Mapping[str, bool]:
    return {one.rule: one.met for one in absolute_rules(figures, gates)}
