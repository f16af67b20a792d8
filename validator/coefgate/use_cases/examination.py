"""What was found of one thing that a registry needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Condition = Literal["works", "lacks", "broken", "unseen"]


@dataclass(frozen=True, slots=True)
class Examination:
    """``subject``: what was tried. ``found``: what came of it. ``remedy``: a command, if any.

    ``works``; ``lacks``: it is not there, or too old; ``broken``: it does not what it is there
    for; ``unseen``: nobody can tell from here. ``mend``: mends it, and says so.
    """

    subject: str
    condition: Condition
    found: str
    remedy: str = ""
    mend: Callable[[], str] | None = None


def working(subject: str, found: str) -> Examination:
    """It was tried, and does what it is there for."""
    return Examination(subject, "works", found)


def lacking(subject: str, found: str, remedy: str = "") -> Examination:
    """It is not there."""
    return Examination(subject, "lacks", found, remedy)


def broken(subject: str, found: str, remedy: str = "") -> Examination:
    """It does not what it is there for."""
    return Examination(subject, "broken", found, remedy)


def unseen(subject: str, found: str, remedy: str = "") -> Examination:
    """It cannot be tried from here."""
    return Examination(subject, "unseen", found, remedy)
