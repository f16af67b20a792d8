"""What the drill plants: a category of its own, and a release whose numbers are not those of its digest."""

from __future__ import annotations

from coefgate.drill.way_back.model import CATEGORY


def category_file(complexity: str, tokens: int, *, previous: int | None = None) -> bytes:
    """The category with one overhead; ``previous``: the number that it moves from, with a reason given."""
    lines = [
        f"category: {CATEGORY}",
        "overhead:",
        f"  {complexity}:",
        f"    tokens: {tokens}",
        '    basis: {kind: prior, reference: "https://coefgate.invalid/drill"}',
    ]
    if previous is not None:
        lines.append(
            f"    acknowledge: {{from: {previous}, to: {tokens}, reason: planted by the drill}}"
        )
    return "\n".join([*lines, ""]).encode("ascii")


def torn(message: str, version: str, *, of: str, tokens: int) -> str:
    """What the tag of the release ``of`` says, as ``version`` and with other numbers under the old digest.

    ``tokens``: the overhead of the category, which becomes half of it.
    """
    line = message.replace(f'"version":"{of}"', f'"version":"{version}"')
    return line.replace(f'"tokens":{tokens}}}', f'"tokens":{tokens // 2}}}')
