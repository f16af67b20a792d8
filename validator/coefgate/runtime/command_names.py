"""The names of a runner's commands, apart from all that they need when they run."""

from __future__ import annotations

from typing import Final

LINES: Final = {
    "pin": "Pin a released version of a registry in coefgate.lock.",
    "show": "Show which version is pinned, and what is known of it.",
    "update": "Move the pin to a newer release.",
    "verify": "Check that the pin holds: lock, cached snapshot, and the source if asked.",
}
"""Every command with its line in ``coefgate --help``."""
