"""An agent loop in which every model call gets the budget that its estimate asks for.

    python examples/agent_loop.py                      # what the nearest coefgate.lock pins
    python examples/agent_loop.py --follow latest      # the same, and newer releases as they come
    python examples/agent_loop.py snapshot.json        # a snapshot file

Needs nothing but coefgate, and asks no model: ``model`` is a local stand-in with fixed replies.
Put your own call in its place and keep the rest.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from coefgate import CoefgateError, FollowEvent, Registry

FLOOR = 1_024  # no call gets less
CEILING = 16_384  # what the model can give at most


@dataclass(frozen=True)
class Call:
    """One piece of work for the model. ``needs``: only the stand-in knows it."""

    category: str
    complexity: str
    deliverables: list[str]
    needs: int


@dataclass(frozen=True)
class Reply:
    """What came back: its tokens, and whether it was cut off at ``max_tokens``."""

    tokens: int
    cut_off: bool


WORK = [
    Call("docs", "low", ["create:docs/guide.md", "modify:README.md"], needs=1_400),
    Call(
        "implementation",
        "medium",
        ["create:src/parser.py", "create:tests/test_parser.py"],
        needs=9_000,
    ),
    Call("tests", "high", ["tests/test_api.py"], needs=5_500),
]


def model(call: Call, max_tokens: int) -> Reply:
    """The stand-in: replies with the tokens the call needs, and is cut off like a real one."""
    return Reply(min(call.needs, max_tokens), call.needs > max_tokens)


def run(registry: Registry, call: Call) -> Reply:
    """Ask the model with the estimated budget; if that is too little, with twice as much."""
    estimate = registry.estimate(
        category=call.category, complexity=call.complexity, deliverables=call.deliverables
    )
    max_tokens = estimate.budget(floor=FLOOR, ceiling=CEILING)
    while True:
        reply = model(call, max_tokens)
        print(
            f"{call.category} {call.complexity}: {reply.tokens} of {max_tokens} tokens"
            f"{', cut off' if reply.cut_off else ''}"
            f" ({estimate.basis}, {estimate.registry_version} {estimate.digest[:19]})"
        )
        if not reply.cut_off or max_tokens == CEILING:
            return reply
        max_tokens = min(2 * max_tokens, CEILING)


def tell(event: FollowEvent) -> None:
    """Say what following brought; a platform would count it and log it."""
    print(f"{event.kind}: {event.message}; {event.current.version} serves", file=sys.stderr)


def main() -> int:
    """Work through the calls; 1 where a reply stayed cut off."""
    parser = ArgumentParser(description="An agent loop with estimated budgets.")
    parser.add_argument(
        "source", nargs="?", type=Path, default=Path(), help="a lock, a folder or a snapshot"
    )
    parser.add_argument(
        "--follow", metavar="CHANNEL", help="latest, a line such as 1 or 1.4, or pinned"
    )
    options = parser.parse_args()
    is_snapshot = options.source.suffix == ".json"
    try:
        registry = (Registry.from_snapshot if is_snapshot else Registry.from_lock)(options.source)
        with (
            registry.follow(options.follow, callback=tell)
            if options.follow
            else nullcontext() as following
        ):
            if following is not None:
                following.check()  # begin with the newest, not only after the first pause
            replies = [run(registry, call) for call in WORK]
    except CoefgateError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    unfinished = sum(reply.cut_off for reply in replies)
    if unfinished:
        print(
            f"{unfinished} of {len(WORK)} replies are not whole even at {CEILING} tokens: split "
            "these calls"
        )
    return 1 if unfinished else 0


if __name__ == "__main__":
    sys.exit(main())
