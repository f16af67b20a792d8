"""What ``coefgate show`` prints, for people and for programs."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from coefgate.runtime.pinning import Shown


def show_text(path: Path, found: Shown) -> str:
    """A line for each fact."""
    lock, signers = found.lock, len(found.lock.trust.allowed_signers)
    facts = {
        "lock": str(path),
        "url": lock.url,
        "version": lock.registry_version,
        "commit": lock.commit or "not known",
        "digest": lock.digest,
        "trust": f"tags signed by one of {signers} ssh keys" if signers else "transport",
        "cached": "yes" if found.cached else "no; fetch it with: coefgate verify --online",
        "newest": _newest(found),
        "withdrawn": _withdrawn(found),
        "source": _source(found),
    }
    return "\n".join(f"{name:<11}{fact}" for name, fact in facts.items())


def show_json(path: Path, found: Shown) -> str:
    """The same as one object."""
    lock = found.lock
    signers = list(lock.trust.allowed_signers)
    document = {
        "lock": str(path),
        "url": lock.url,
        "version": None if lock.version is None else str(lock.version),
        "registry_version": lock.registry_version,
        "commit": lock.commit,
        "digest": lock.digest,
        "trust": {"allowed_signers": signers} if signers else "transport",
        "cached": found.cached,
        "newest": None if found.newest is None else str(found.newest),
        "yanked": None if found.yank is None else asdict(found.yank),
        "source": {"asked": found.asked, "problem": found.trouble},
    }
    return json.dumps(document, indent=2)


def _newest(found: Shown) -> str:
    newest, pinned = found.newest, found.lock.version
    if newest is None:
        return "not known"
    return f"{newest}; go there with: coefgate update" if pinned and newest > pinned else str(newest)


def _source(found: Shown) -> str:
    if not found.asked:
        return "could not be asked" if found.trouble else "not asked"
    return "asked" if found.listed else "asked, and it lists no release"


def _withdrawn(found: Shown) -> str:
    yank = found.yank
    if yank is None and (found.lock.version is None or not found.listed):
        return "not known"
    if yank is None:
        return "no" if found.asked else "not as far as known"
    instead = f"; use {yank.replacement}" if yank.replacement else ""
    return f"on {yank.date}: {yank.reason}{instead}"
