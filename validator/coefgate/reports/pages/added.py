"""What became of new calls: where they are stored, what they did not state, which are scored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from coefgate.core.characters import visible
from coefgate.registry.wording import count
from coefgate.reports.render.json import as_json
from coefgate.samples.status import SCORED, STATUSES, Audited
from coefgate.samples.store import Added

MOST_REASONS: Final = 4
"""Reasons why calls are not scored that are told; the audit tells all."""


def added_text(added: Added, audited: Sequence[Audited] = ()) -> str:
    """What an import did, for people. ``audited``: what the new calls are good for."""
    known = f"; {count(len(added.known), 'call')} stored before" if added.known else ""
    if added.erased:
        known += f"; {count(len(added.erased), 'call')} erased before, not stored again"
    if added.path is None:
        return f"nothing new{known or ': the file holds no call'}"
    done = "stored" if added.written else "would be stored"
    follow = "next: coefgate gate" if added.written else "nothing was written"
    first = f"{count(len(added.added), 'call')} {done} in {added.path}{known}"
    return "\n".join([first, *map(visible, _left_out(added)), *_not_scored(audited), follow])


def _left_out(added: Added) -> Iterator[str]:
    """Facts that calls did not state, those that as many leave out on one line."""
    given = [one for one in added.filled if one in added.facts]
    unknown = [one for one in added.filled if one not in added.facts]
    for label, names in (("stated for", given), ("left out, so unknown or none, by", unknown)):
        by_count: dict[int, list[str]] = {}
        for name in names:
            told = f"{name}={as_text(added.facts[name])}" if name in added.facts else name
            by_count.setdefault(added.filled[name], []).append(told)
        for number, alike in sorted(by_count.items(), reverse=True):
            yield f"{label} {count(number, 'call')}: {', '.join(alike)}"


def as_text(fact: object) -> str:
    """A fact as it is given on the command line."""
    return str(fact).lower() if isinstance(fact, bool) else str(fact)


def _not_scored(audited: Sequence[Audited]) -> Iterator[str]:
    scored = {*SCORED, "failed"}
    others = Counter((one.status, one.reason) for one in audited if one.status not in scored)
    for (status, reason), number in others.most_common(MOST_REASONS):
        yield visible(f"not scored: {count(number, 'call')}, {status}: {reason}")
    if (more := len(others) - MOST_REASONS) > 0:
        yield f"not scored: {count(more, 'further reason')}: coefgate samples audit"


def added_dict(added: Added, audited: Sequence[Audited]) -> Mapping[str, Any]:
    """The same for programs."""
    statuses = Counter(one.status for one in audited)
    return {
        "path": added.path,
        "written": added.written,
        "added": len(added.added),
        "known": len(added.known),
        "erased": len(added.erased),
        "facts": {
            name: as_json(added.facts[name]) for name in added.filled if name in added.facts
        },
        "filled": dict(added.filled),
        "statuses": {status: statuses[status] for status in STATUSES if status in statuses},
    }
