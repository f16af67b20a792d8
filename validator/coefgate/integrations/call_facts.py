"""What a caller says of a call in the metadata of another package, for an estimate and a record.

Whoever sends a request may write metadata, so that it names no folder, and no limit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from coefgate.core.problems import CoefgateError
from coefgate.core.retry import Previous
from coefgate.core.vocabulary import Deliverable
from coefgate.runner.warn_once import warn_once

KEY: Final = "coefgate"
"""The key of metadata under which the facts lie; in attributes, what stands before each name."""
_ESTIMATED: Final = ("category", "complexity", "deliverables", "output_mode", "previous")
NAMES: Final = (
    *_ESTIMATED,
    *("phase_id", "run_id", "attempt", "label_origin", "paths", "deliverables_from"),
)


def record_arguments(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts as ``Registry.record`` takes them; those that nobody said are not known.

    Raises ``ValueError`` for a name that is none, and what making a deliverable of one raises.
    """
    if unknown := sorted(set(facts) - set(NAMES)):
        raise ValueError(f"{unknown[0]!r} is no fact of a call; they are {', '.join(NAMES)}")
    said = {"category": None, "complexity": None, **facts}
    said["deliverables"] = [_deliverable(one) for one in facts.get("deliverables") or ()]
    if isinstance(previous := facts.get("previous"), Mapping):
        said["previous"] = Previous(**previous)
    return said


def estimate_arguments(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Those of them that ``Registry.estimate`` takes."""
    return {name: each for name, each in record_arguments(facts).items() if name in _ESTIMATED}


def _deliverable(one: Any) -> Deliverable | str:
    return Deliverable(**one) if isinstance(one, Mapping) else one


@contextmanager
def unharmed(place: str) -> Iterator[None]:
    """Whatever goes wrong in the block is told once, and nobody's call is stopped by it."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 (a call must not fail because it is recorded)
        own = isinstance(error, CoefgateError | ValueError | TypeError)
        words = str(error) if own else type(error).__name__
        warn_once(f"{place}, so the call is not recorded: {words}")
