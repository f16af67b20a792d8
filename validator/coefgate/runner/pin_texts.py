"""What ``pin``, ``update``, ``verify`` and ``show`` print, for people and for programs."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from coefgate.core.trees import encodable
from coefgate.runner.lock import Lock
from coefgate.runner.pin import PinChange
from coefgate.runner.verify import PinStatus

_CHECKED: Final = {
    "source": "by its source",
    "cache": "by what its source said before",
    "no": "no: nothing here says that the digest is this version's; ask with: coefgate verify "
    "--online",
}


def pinned_text(path: Path, done: PinChange) -> str:
    """What was pinned, in a line."""
    lock, before = done.lock, done.before
    if before == lock:
        return f"{path} stays on {_release(lock)}"
    was = "" if before is None else f", before {before.registry_version}"
    return f"{path} now pins {_release(lock)}{was}"


def pinned_json(path: Path, done: PinChange) -> str:
    """The same as one object (``schemas/pin.schema.json``)."""
    document = {
        "lock": encodable(str(path)),
        **_pin(done.lock),
        "changed": done.lock != done.before,
        "before": None if done.before is None else _pin(done.before),
    }
    return json.dumps(document, indent=2)


def verified_text(path: Path, found: PinStatus) -> str:
    """That a pin holds, as far as that was checked, in a line."""
    release = _release(found.lock)
    if found.checked == "no":
        return (
            f"{path} is unchecked: {release} is in the cache, the source was not asked, and "
            "nothing here says that the digest is this version's"
        )
    how = "as its source says" if found.asked else "and the source was not asked"
    return f"{path} holds: {release} is {'' if found.cached else 'not '}in the cache, {how}"


def show_text(path: Path, found: PinStatus) -> str:
    """A line for each fact."""
    lock, signers = found.lock, len(found.lock.trust.allowed_signers)
    newest = str(found.newest or "not known")
    if found.newest and lock.version and found.newest > lock.version:
        newest += "; go there with: coefgate update"
    source = "asked" if found.listed else "asked, and it lists no release"
    if not found.asked:
        source = "could not be asked" if found.trouble else "not asked"
    facts = {
        "lock": str(path),
        "url": lock.url,
        "version": lock.registry_version,
        "commit": lock.commit or "not known",
        "digest": lock.digest,
        "trust": f"tags signed by one of {signers} ssh keys" if signers else "transport",
        "checked": _CHECKED[found.checked],
        "cached": "yes" if found.cached else "no; fetch it with: coefgate verify --online",
        "newest": newest,
        "withdrawn": _withdrawn(found),
        "source": source,
    }
    return "\n".join(f"{name:<11}{fact}" for name, fact in facts.items())


def show_json(path: Path, found: PinStatus) -> str:
    """The same as one object (``schemas/show.schema.json``); ``verify`` prints it too."""
    document = {
        "lock": encodable(str(path)),
        **_pin(found.lock),
        "checked": found.checked,
        "cached": found.cached,
        "newest": None if found.newest is None else str(found.newest),
        "yanked": None if found.yank is None else asdict(found.yank),
        "source": {"asked": found.asked, "problem": found.trouble},
    }
    return json.dumps(document, indent=2)


def _pin(lock: Lock) -> dict[str, Any]:
    first = {"url": None, "version": None, "registry_version": lock.registry_version}
    return first | lock.document()


def _release(lock: Lock) -> str:
    return f"{lock.registry_version} ({lock.digest})"


def _withdrawn(found: PinStatus) -> str:
    if yank := found.yank:
        instead = f"; use {yank.replacement}" if yank.replacement else ""
        return f"on {yank.date}: {yank.reason}{instead}"
    if found.lock.version is None or not found.listed:
        return "not known"
    return "no" if found.asked else "not as far as known"
