"""One drill of the way back, from the first release to the last runner that is back."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, Final

from coefgate.drill.fileset import GATES, OVERHEAD, YANKED, Fileset, dumped
from coefgate.drill.numbers import acknowledgement
from coefgate.drill.way_back import ledger
from coefgate.drill.way_back.ledger import DrilledRelease, DrillFailed, Logs, RollbackDrill
from coefgate.drill.way_back.stage import Stage
from coefgate.runner.registry import Registry

_GOOD: Final = 4000
_BROKEN: Final = 2100
"""Overheads. The step is below 2×, and no stored call knows the category: a reason is enough."""
_TORN: Final = "1.0.9"
_FILE: Final = f"{OVERHEAD}/{ledger.CATEGORY}.yaml"
_PINNED: Final = "pinned"
_EVERY: Final = 0.25
"""Seconds between two looks of a runner for a new release."""
_PATIENCE: Final = 60.0
"""Seconds that the runners may take to notice something."""
_POLL: Final = 0.02
_CALLS_AFTER: Final = 20
"""Estimates that each runner serves after it is back, to show that it stays."""


def drilled(files: Mapping[str, bytes], *, complexity: str, runners: int) -> RollbackDrill:
    """Release, break, notice, roll back, release; ``files``: the registry that it plays with.

    ``complexity``: one that the registry declares. Raises ``DrillFailed`` where a step does not
    pass.
    """
    # Its yanks name releases of another line than the drill's.
    played = {path: content for path, content in files.items() if path != YANKED}
    with Stage({**played, GATES: without_limits(played[GATES])}) as stage:
        good = _released(stage, "1.0.0", complexity, _GOOD, None)
        for number in range(1, runners + 1):
            stage.pinned(f"runner-{number}", good.version)
            stage.start(
                f"runner-{number}", complexity=complexity, need=good.tokens * 9 // 10, every=_EVERY
            )
        _wait(stage, "serve the first release", lambda logs: ledger.all_serve(logs, good.digest))

        stage.plant_tag(
            _TORN, torn(stage.tag_of(good.version), _TORN, of=good.version, tokens=_GOOD)
        )
        _wait(stage, f"refuse {_TORN}", lambda logs: _refused(stage, logs))
        stage.remove_tag(_TORN)

        broken = _released(stage, "1.0.1", complexity, _BROKEN, _GOOD)
        _wait(stage, "notice the break", lambda logs: any(map(ledger.in_trouble, logs.values())))
        detected = time.monotonic()
        _wait(
            stage, "serve the broken release", lambda logs: ledger.all_serve(logs, broken.digest)
        )

        stage.pinned(_PINNED, broken.version)

        called = time.monotonic()
        reason = ("--reason", "replies are cut off")
        stage.coefgate("rollback", "1.0.0", *reason, "--push", f"--output={stage.assets}")
        pushed = time.monotonic()
        back = _published(stage, "1.0.2", complexity)
        _wait(stage, "come back", lambda logs: ledger.all_serve(logs, good.digest, _CALLS_AFTER))
        releases, told = (good, broken, back), stage.replacement(_PINNED)
        logs = stage.stop()
        return ledger.judged(
            releases, logs, told=told, detected=detected, called=called, pushed=pushed
        )


def _released(
    stage: Stage, version: str, complexity: str, tokens: int, previous: int | None
) -> DrilledRelease:
    stage.write(_FILE, category_file(complexity, tokens, previous=previous))
    stage.commit(f"The overhead of {ledger.CATEGORY} is {tokens}")
    if previous is not None:
        # No stored call knows the category, so the gate has to let the break through.
        stage.coefgate("gate", "--base", "HEAD~1", "--head", "HEAD")
    stage.coefgate("release", "--push", f"--output={stage.assets}")
    return _published(stage, version, complexity)


def _published(stage: Stage, version: str, complexity: str) -> DrilledRelease:
    """What a release's own file says, read without anything that the runners do."""
    registry = Registry.from_snapshot(
        stage.assets / f"coefficients-{version}.json", version=version
    )
    estimate = registry.estimate(
        category=ledger.CATEGORY, complexity=complexity, deliverables=[ledger.PATH]
    )
    return DrilledRelease(version, estimate.digest, estimate.tokens)


def _refused(stage: Stage, logs: Logs) -> bool:
    """Has every runner refused the torn release? Raises ``DrillFailed`` where one serves it."""
    for name, served in logs.items():
        if served[-1].version == _TORN:
            raise DrillFailed(f"{name} serves {_TORN}, whose numbers are not those of its digest")
    return all(runner.refused for runner in stage.runners.values())


def _wait(stage: Stage, what: str, done: Callable[[Logs], bool]) -> None:
    end = time.monotonic() + _PATIENCE
    while not done(stage.logs()):
        if time.monotonic() > end:
            served = {
                name: log[-1].version if log else "nothing" for name, log in stage.logs().items()
            }
            raise DrillFailed(
                f"not every runner could {what} within {_PATIENCE:.0f} s; they serve {served}"
            )
        time.sleep(_POLL)


def without_limits(gates: bytes) -> bytes:
    """The gates with limits that every registry meets.

    The way back is drilled, not the figures: a registry that misses a limit has to go back as
    well, and no first release is made of it.
    """
    data = Fileset({GATES: gates}).draft(GATES)
    rules = data["rules"]
    rules["smape"] = {"mean_below": 200}
    rules["underestimation"] = {"rate_below": 1}
    rules["waste-band"] = {"median_from": 0.001, "median_to": 1000}
    rules["waste-p90"] = {"p90_to": 1000}
    return dumped(data)


def category_file(complexity: str, tokens: int, *, previous: int | None = None) -> bytes:
    """The category with one overhead; ``previous``: what it moves from, with a reason."""
    basis = {"kind": "prior", "reference": "https://coefgate.invalid/drill"}
    entry: dict[str, Any] = {"tokens": tokens, "basis": basis}
    if previous is not None:
        entry["acknowledge"] = acknowledgement(Fraction(previous), Fraction(tokens))
    return dumped({"category": ledger.CATEGORY, "overhead": {complexity: entry}})


def torn(message: str, version: str, *, of: str, tokens: int) -> str:
    """What the tag of the release ``of`` says, as ``version``, with other numbers, the old digest.

    ``tokens``: the overhead of the category, which becomes half of it.
    """
    line = message.replace(f'"version":"{of}"', f'"version":"{version}"')
    return line.replace(f'"tokens":{tokens}}}', f'"tokens":{tokens // 2}}}')
