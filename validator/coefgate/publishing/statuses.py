"""The commit status that a merge waits for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from coefgate.publishing.api import patiently
from coefgate.publishing.place import Place

CONTEXT: Final = "coefgate/verdict"
"""The name of the status; the ruleset asks for it."""

LONGEST_DESCRIPTION: Final = 140
"""Characters that GitHub takes."""

State = Literal["pending", "success", "failure", "error"]


@dataclass(frozen=True, slots=True)
class Announcement:
    """What a status says. ``success`` alone lets a change in; ``error``: there is no verdict."""

    state: State
    description: str


PENDING: Final = Announcement("pending", "being judged")
NO_VERDICT: Final = Announcement("error", "no verdict: the judge did not finish; its run says why")


def set_status(
    place: Place,
    commit: str,
    announcement: Announcement,
    *,
    link: str | None,
    wait: Callable[[float], None],
) -> None:
    """Set the status of ``commit``. The last one set counts, so a repeated call does no harm."""
    payload = {
        "context": CONTEXT,
        "state": announcement.state,
        "description": one_line(announcement.description, LONGEST_DESCRIPTION),
        **({"target_url": link} if link else {}),
    }
    path = f"/repos/{place.repository}/statuses/{commit}"
    patiently(lambda: place.api.call("POST", path, payload), wait)


def one_line(text: str, longest: int) -> str:
    """``text`` without line breaks and control characters, cut to ``longest`` characters."""
    plain = "".join(letter for letter in " ".join(text.split()) if letter.isprintable())
    return plain if len(plain) <= longest else plain[: longest - 1] + "…"
