"""A runner, as a platform would write it: it follows releases and records every call.

``python recording_runner.py LOCK RECORDS NAME``: each line of standard input is an order,
``{"look": true}`` or ``{"calls": [...]}``; it is answered by what serves now and how many of the
calls were cut off. A call that needs more than its budget is.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime

from coefgate import Registry


def main(lock: str, records: str, name: str) -> None:
    """Obey until standard input ends."""
    registry = Registry.from_lock(lock)
    registry.record_to(records, runner=name, origin="platform")
    with registry.follow("latest", every=3_600) as following:
        for line in sys.stdin:
            order = json.loads(line)
            if order.get("look"):
                following.check()
            cut_off = sum(_call(registry, **one) for one in order.get("calls", ()))
            told = {"version": registry.version, "digest": registry.digest, "cut_off": cut_off}
            sys.stdout.write(f"{json.dumps(told)}\n")
            sys.stdout.flush()


def _call(registry: Registry, *, need: int, at: str | None = None, **facts: object) -> bool:
    """Make one call, now or as if it was ``at`` that moment. Was it cut off?"""
    began = None if at is None else datetime.fromisoformat(at)
    with registry.record(started_at=began, **facts) as recorded:  # type: ignore[arg-type]
        is_cut_off = need > recorded.budget
        recorded.finish(
            output_tokens=min(need, recorded.budget),
            stop_reason="max_tokens" if is_cut_off else "end_turn",
            max_output_tokens=recorded.budget,
        )
    return is_cut_off


if __name__ == "__main__":
    main(*sys.argv[1:])
