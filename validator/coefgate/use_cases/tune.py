"""Numbers and margins fitted to the stored calls, and what they are worth on unseen ones."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Final, Literal

from coefgate.calibration.charted import Charted, charted
from coefgate.calibration.fit_figures import columns
from coefgate.calibration.intervals import NotMeasurable
from coefgate.calibration.levels import LevelFigures, level_figures
from coefgate.calibration.margins import MARGIN, fitted_margins
from coefgate.calibration.movable import Movable, movable
from coefgate.calibration.predictor_figures import PredictorFigures
from coefgate.calibration.procedure import Procedure
from coefgate.calibration.tuned_numbers import TunedNumber, tuned_numbers
from coefgate.calibration.unseen import UnseenCalls, has_unseen
from coefgate.core.atomic_files import ready_files
from coefgate.core.problems import UsageProblem
from coefgate.gates.fit_claims import NO_PAGE, page_of
from coefgate.git.accepted_states import AcceptedStates
from coefgate.git.changed_files import has_page
from coefgate.git.repository import Repository
from coefgate.git.working_tree import CheckoutTree, checkout
from coefgate.registry.compilation import table_of
from coefgate.registry.intervals import Intervals
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients
from coefgate.registry.reading import Memo
from coefgate.registry.tuning import FILE, MarginChoice, Tuning
from coefgate.registry.wording import printable
from coefgate.replay.evidence import Evidence
from coefgate.replay.state import State
from coefgate.replay.uses import Uses
from coefgate.samples.model import SampleStore
from coefgate.use_cases.head import head_of
from coefgate.use_cases.state import read_state
from coefgate.use_cases.tuned_files import WrittenFiles, tuned_files, write_files

_INTERVALS_SINCE: Final = 2
"""The semantics that states intervals by scope."""


_NOTHING_WRITTEN: Final = WrittenFiles()


@dataclass(frozen=True, slots=True)
class Choices:
    """What is asked for instead of what ``tuning.yaml`` says; ``None``: as it says.

    ``level``: in (0, 1), at most three decimals. ``ema``: in (0, 1], or ``none`` for numbers that
    go all the way.
    """

    level: Fraction | None = None
    ema: Fraction | Literal["none"] | None = None
    margins: MarginChoice | None = None


@dataclass(frozen=True, slots=True)
class Tuned:
    """What the procedure gives on the stored calls of ``state``, and what that is worth.

    ``columns``: figures of today's registry, of the procedure and of what it has to beat.
    ``levels``: figures of unseen runs by level; none where they cannot be left out, or the margin
    is held. ``intervals``: what may be stated of unseen calls, ``None`` under semantics 1.
    ``charted``: what figures show besides, where they are asked for.
    ``written``: the files that were edited, and the places where a reason is to be written before
    the registry is valid again.
    """

    state: State
    procedure: Procedure
    numbers: tuple[TunedNumber, ...]
    columns: tuple[PredictorFigures, ...]
    levels: tuple[LevelFigures, ...]
    intervals: Intervals | NotMeasurable | None
    charted: Charted | None = None
    written: WrittenFiles = _NOTHING_WRITTEN

    @property
    def tuning(self) -> Tuning:
        """The procedure's own numbers, as they were asked for."""
        return self.procedure.tuning

    @property
    def is_first(self) -> bool:
        """Do the numbers stand at priors that no call has moved yet? Then no step is a swing."""
        today = self.state.registry.tuning
        return today is not None and not today.samples

    @property
    def margin_is_held(self) -> bool:
        """Does the default margin stay whatever the calls say?"""
        return MARGIN not in fitted_margins(self.procedure.registry)


def tune(
    root: Path,
    choices: Choices | None = None,
    *,
    reference: str | None = None,
    write: bool = False,
    missed: str = "",
    figures: Literal["none", "if-any", "required"] = "none",
) -> Tuned:
    """Fit the registry in the folder ``root`` to all its stored scored calls.

    ``reference``: the page that tells the story of the numbers that move; that which they refer to
    unless given. ``write``: put the numbers into the files. ``missed``: why limits land that the
    fit misses, where somebody says it in advance. ``figures``: work out what figures show.

    Raises ``UsageProblem`` where the registry has no ``tuning.yaml``, a choice is none or required
    figures have nothing to show, ``InvalidInput`` where it is not valid, or would not be; then
    nothing is written.
    """
    memo: Memo = {}
    with checkout(root) as folder:
        if write and reference is not None:
            _refuse_no_page(folder, reference)
        state = read_state(folder, folder.repository, memo=memo)
        found = tuned(
            state,
            choices or Choices(),
            lambda: _accepted(folder, memo, state.store),
            figures=figures != "none",
        )
        if figures == "required" and found.charted is None:
            raise UsageProblem(
                "no scored call that was not cut off is stored, so there is nothing to draw. "
                "See why: coefgate samples audit"
            )
        if not write:
            return found
        files = tuned_files(
            folder,
            state.registry,
            found.procedure,
            found.numbers,
            found.intervals,
            reference=reference,
        )
    stated = found.tuning.missed
    return replace(found, written=write_files(root, files, stated, memo, missed=missed))


def _refuse_no_page(folder: CheckoutTree, reference: str) -> None:
    """What the gate refuses as well; outside of git a page is looked for below the registry."""
    page, repository = page_of(reference), folder.repository
    if page is None:
        return
    if isinstance(repository, Repository):
        there = has_page(repository, None, page)
    else:
        there = (folder.root / page).is_file()
    if not there:
        raise UsageProblem(
            f"--reference {printable(reference)} is {NO_PAGE}. Name a page that is there, such as "
            "docs/calibrations/baseline.md, or write it first."
        )


def tuned(
    state: State,
    choices: Choices,
    accepted: Callable[[], AcceptedStates | None],
    *,
    figures: bool = False,
) -> Tuned:
    """The same of a state that was read; ``accepted``: the states that it follows, if any."""
    if state.registry.tuning is None:
        raise UsageProblem(
            f"there is no {FILE}, which says what numbers start from and how far calls move them. "
            "Write one as docs/how-to/tuning.md shows."
        )
    evidence = Evidence(state.audited())
    tuning = chosen(state.registry.tuning, choices, evidence)
    free, procedure = procedure_on(state.registry, evidence, tuning)
    if tuning.ema is not None and (past := accepted()) is not None:
        newest = next((one for _, one in past.states() if one is not None), None)
        procedure = procedure.moving_from(newest) if newest else procedure
    figures = figures and not evidence.censored.all()
    held = MARGIN not in fitted_margins(free.registry)
    by_scope = state.registry.semantics >= _INTERVALS_SINCE
    unseen = _unseen(procedure, accepted) if by_scope or figures else None
    return Tuned(
        state=state,
        procedure=procedure,
        numbers=tuple(tuned_numbers(state.registry, procedure, free)),
        columns=tuple(columns(state.registry, procedure)),
        levels=() if held else tuple(level_figures(procedure)),
        intervals=_from_priors(unseen).intervals if unseen and by_scope else None,
        charted=charted(unseen) if unseen and figures else None,
    )


def procedure_on(
    registry: Coefficients, evidence: Evidence, tuning: Tuning
) -> tuple[Movable, Procedure]:
    """What may be moved on these calls, and the procedure that moves it all the way."""
    free = movable(registry, evidence, tuning)
    return free, Procedure(free.registry, evidence, tuning)


def _unseen(procedure: Procedure, accepted: Callable[[], AcceptedStates | None]) -> UnseenCalls:
    """The calls as the procedure predicts them unseen, at the margins that are proposed."""
    registry, evidence = procedure.registry, procedure.evidence
    table = table_of(registry)
    uses = Uses(evidence.counts(table), registry, table)

    def set_by_hand(numbers: Mapping[Key, Fraction]) -> Mapping[Key, Collection[str] | None]:
        past = accepted()
        return past.stored_when_set(numbers) if past else {}

    has = has_unseen(registry, evidence, uses, set_by_hand)
    return UnseenCalls(procedure, has, procedure.margins.factors)


def _from_priors(unseen: UnseenCalls) -> UnseenCalls:
    """The same as the gate measures them: what a moving average starts from may know the calls."""
    procedure = unseen.procedure
    return replace(unseen, procedure=replace(procedure, before={}, made=procedure.fitting))


def write_figures(folder: Path, figures: Mapping[str, bytes]) -> None:
    """Put figures, by name, into ``folder``, all or none; it is made where it is missing.

    Raises ``EnvironmentProblem`` where one cannot be written.
    """
    with ready_files({folder / f"{name}.svg": data for name, data in figures.items()}) as put:
        put()


def chosen(tuning: Tuning, choices: Choices, evidence: Evidence) -> Tuning:
    """The tuning with what was asked for, fitted on the files of all scored calls."""
    ema = tuning.ema if choices.ema is None else choices.ema
    return replace(
        tuning,
        level=tuning.level if choices.level is None else choices.level,
        ema=None if ema == "none" else ema,
        margins=choices.margins or tuning.margins,
        samples=tuple(sorted({one.file for one in evidence.samples})),
    )


def _accepted(folder: CheckoutTree, memo: Memo, store: SampleStore) -> AcceptedStates | None:
    """The accepted states that the folder stands on; ``None`` where none is."""
    repository = folder.repository
    if not isinstance(repository, Repository):
        return None
    # As of a trial: what is written here is never its own base.
    base = head_of(repository, None, {}).target(repository, None, "")
    if isinstance(base, str):
        return None
    return AcceptedStates(repository, base.commit, memo, store.names_today)
