"""An agent loop in which every model call gets the budget that its estimate asks for.

    python examples/agent_loop.py                      # what the nearest coefgate.lock pins
    python examples/agent_loop.py --follow latest      # the same, and newer releases as they come
    python examples/agent_loop.py snapshot.json        # a snapshot file

Every call is recorded in telemetry.db, with what was predicted and what came: three lines, marked
below. `coefgate monitor` looks at what is there, `coefgate samples propose --from-store` makes
samples of it.

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

RECORDS = Path("telemetry.db")
FLOOR = 1_024  # no call gets less
CEILING = 16_384  # what the model can give at most


@dataclass(frozen=True)
class Call:
    """One piece of work for the model. ``needs``: only the stand-in knows it.

    ``phase_id``: the same for every attempt at it.
    """

    category: str
    complexity: str
    deliverables: list[str]
    needs: int
    phase_id: str


@dataclass(frozen=True)
class Reply:
    """What came back: its tokens, and why it stopped, in the words of the provider."""

    tokens: int
    stop_reason: str

    @property
    def cut_off(self) -> bool:
        """Was it?"""
        return self.stop_reason == "max_tokens"


WORK = [
    Call("docs", "low", ["create:docs/guide.md", "modify:README.md"], 1_400, "work-1"),
    Call(
        "implementation",
        "medium",
        ["create:src/parser.py", "create:tests/test_parser.py"],
        9_000,
        "work-2",
    ),
    Call("tests", "high", ["tests/test_api.py"], 5_500, "work-3"),
]


def model(call: Call, max_tokens: int) -> Reply:
    """The stand-in: replies with the tokens the call needs, and is cut off like a real one."""
    cut_off = call.needs > max_tokens
    return Reply(min(call.needs, max_tokens), "max_tokens" if cut_off else "end_turn")


def run(registry: Registry, call: Call) -> Reply:
    """Ask the model with the estimated budget; if that is too little, with twice as much."""
    max_tokens, attempt = None, 0
    while True:
        attempt += 1
        with registry.record(  # 2. in the place of registry.estimate
            category=call.category,
            complexity=call.complexity,
            deliverables=call.deliverables,
            phase_id=call.phase_id,
            attempt=attempt,
            floor=FLOOR,
            ceiling=CEILING,
        ) as recorded:
            max_tokens = max_tokens or recorded.budget
            reply = model(call, max_tokens)
            # 3. recorded.finish_from(reply) for those of the Anthropic and OpenAI libraries
            recorded.finish(
                output_tokens=reply.tokens,
                stop_reason=reply.stop_reason,
                max_output_tokens=max_tokens,
            )
        estimate = recorded.estimate
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
        registry.record_to(RECORDS)  # 1. once for each process
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
