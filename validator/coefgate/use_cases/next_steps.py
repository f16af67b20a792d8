"""What to do after a verdict: commands about what was judged, the most useful first."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from fractions import Fraction

from coefgate.changes.change import Change
from coefgate.gates.verdict import RuleResult
from coefgate.registry.key import Key
from coefgate.replay.state import State
from coefgate.whatif.attribution import Effect
from coefgate.whatif.feasible_margin import FeasibleMargin

WORKTREE = "worktree"


def steps_after_change(
    base: State,
    head: State,
    red: Sequence[RuleResult],
    effects: Sequence[Effect],
    *,
    base_word: str | None = None,
    tried: Sequence[str] = (),
) -> tuple[str, ...]:
    """Next steps where head was judged against base; ``red``: the rules that do not pass.

    ``base_word``: the revision that was asked for, ``None`` for the default. ``tried``:
    ``NAME=VALUE`` of numbers that were judged although the files do not hold them.
    """
    look = f"coefgate diff {_name(base)} {_name(head)}"
    if not red:
        return (look,) if effects else ("coefgate coverage",)
    explain = f"coefgate explain {red[0].rule}"
    guilty = _guilty(red, effects)
    if guilty and head.revision == WORKTREE:  # other numbers are tried in the folder only
        of_base = () if base_word is None else ("--base", base_word)
        ranged = shlex.join(["coefgate", "try", *tried, "--range", guilty, *of_base])
        return ranged, explain
    return (look, explain) if effects and not tried else (explain,)


def _guilty(red: Iterable[RuleResult], effects: Iterable[Effect]) -> str | None:
    """The first number that a rule objects to, by the name that it has now."""
    changes = (change for effect in effects for change in effect.changes)
    numbers = {change.key for change in changes if _is_number(change)}
    keys = (finding.key for rule in red for finding in rule.findings)
    return next((key.name for key in keys if isinstance(key, Key) and key in numbers), None)


def _is_number(change: Change) -> bool:
    return isinstance(change.head, Fraction) and not change.gone


def _name(side: State) -> str:
    """Twelve digits of a commit; ``index`` and ``worktree`` as they are."""
    return side.revision[:12]


def steps_after_state(
    head: State, *, measured: bool, passes: bool, feasible: FeasibleMargin | None
) -> tuple[str, ...]:
    """Next steps where one state was judged alone; ``measured``: on any call at all?"""
    if not measured:
        return "coefgate samples audit", "coefgate coverage"
    if passes:
        return ("coefgate coverage",)
    at = "" if head.revision == WORKTREE else f" --at {_name(head)}"
    breakdown = f"coefgate replay --by category,complexity{at}"
    if feasible is None:
        return (breakdown,)
    margin = f"{feasible.low / 1000:g}"
    return f"set every margin in coefficients/safety_margins.yaml to {margin}", breakdown
