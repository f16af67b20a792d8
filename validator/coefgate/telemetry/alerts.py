"""An alert: what is wrong with which calls of which week, what proves it, and what ends it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Severity = Literal["alert", "cannot-tell"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an alert rests on, and how anybody gets the same figure from the same records.

    ``records``: a hash of the window's records in their order, of which there are ``calls``; the
    ``first`` and ``last`` are known by ``writer:sequence``. ``threshold_name``: the guardrail.
    ``command`` gives the figure again, offline.
    """

    digest: str | None
    records: str
    calls: int
    first: str
    last: str
    statistic: str
    value: float | Fraction
    threshold_name: str
    threshold: float | Fraction
    command: str


@dataclass(frozen=True, slots=True)
class Alert:
    """One alarm that is on.

    ``kind``: the alarm's name (``truncation-rate``); ``subject``: the stratum or the call that it
    is about; ``week``: an ISO week (``2026-W49``); ``digest``: the registry that served the calls,
    ``None`` where several did. ``next``: the command that ends it, or finds the cause.
    """

    kind: str
    subject: str
    week: str
    digest: str | None
    severity: Severity
    message: str
    receipt: Receipt | None = None
    next: str | None = None

    @property
    def key(self) -> str:
        """What stays the same while it lasts: alarm, subject, week and digest."""
        return json.dumps([self.kind, self.subject, self.week, self.digest], ensure_ascii=True)
