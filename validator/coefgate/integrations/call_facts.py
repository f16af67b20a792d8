"""What a caller says of a call in the metadata of another package, for an estimate and a record.

Whoever sends a request may write metadata, so that it names no folder, and no limit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, Final

from coefgate.core.problems import CoefgateError
from coefgate.core.retry import Previous
from coefgate.core.vocabulary import Deliverable
from coefgate.runner.warn_once import warn_once

KEY: Final = "coefgate"
"""The key of metadata under which the facts lie; in attributes, what stands before each name."""
_ESTIMATED: Final = ("category", "complexity", "deliverables", "output_mode", "previous")
MOST_OPEN: Final = 10_000
"""Calls under way: some never end."""
_QUOTED: Final = re.compile(r"""['"].*\s.*['"]""", re.DOTALL)
"""From the first quotation mark to the last, with a space between."""
NAMES: Final = (
    *_ESTIMATED,
    *("phase_id", "run_id", "attempt", "label_origin", "paths", "deliverables_from"),
)


def record_arguments(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts as ``Registry.record`` takes them; those that nobody said are not known.

    Raises ``ValueError`` for a name that is none, and what making a deliverable of one raises.
    """
    if unknown := sorted(set(facts) - set(NAMES)):
        raise ValueError(f"{unknown[0]!r} is not a fact of a call; they are {', '.join(NAMES)}")
    said = {"category": None, "complexity": None, **facts}
    files = facts.get("deliverables") or ()
    if isinstance(files, str):
        raise TypeError("deliverables are a list, not a text")
    said["deliverables"] = [_deliverable(one) for one in files]
    if isinstance(previous := facts.get("previous"), Mapping):
        said["previous"] = Previous(**previous)
    return said


def estimate_arguments(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Those of them that ``Registry.estimate`` takes."""
    return {name: each for name, each in record_arguments(facts).items() if name in _ESTIMATED}


def _deliverable(one: Any) -> Deliverable | str:
    return Deliverable(**one) if isinstance(one, Mapping) else one


def drop_oldest(opened: dict[Any, Any]) -> None:
    """Forget what has never ended, once there is too much of it."""
    while len(opened) > MOST_OPEN:
        with suppress(RuntimeError, StopIteration):  # another thread changes it just then
            opened.pop(next(iter(opened)), None)


@contextmanager
def unharmed(place: str) -> Iterator[None]:
    """Whatever goes wrong in the block is told, and nobody's call is stopped by it.

    What goes wrong in the same way is told once, whatever else a request says, and no text of it
    is repeated that might be a prompt.
    """
    try:
        yield
    except Exception as error:  # noqa: BLE001 (a call must not fail because it is recorded)
        kind = type(error).__name__
        own = isinstance(error, CoefgateError | ValueError | TypeError)
        words = _QUOTED.sub("…", str(error)) if own else kind
        sentence = f"{place}, so the call is not recorded"
        warn_once(f"{sentence}: {words}", about=f"{sentence}: {kind}")
