"""``python -m coefgate.publishing pending|error COMMIT [STATUS]``: told before or without a judge.

It runs on any Python 3.11, before anything is installed and when an installation has failed; the
verdict itself is published by ``coefgate publish``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Final

from coefgate.core.problems import PASS, CoefgateError, UsageProblem
from coefgate.publishing.comments import CONTEXT
from coefgate.publishing.github import checked_commit, place_of
from coefgate.publishing.publish import NO_VERDICT, PENDING, checked_context, set_status

_ANNOUNCEMENTS: Final = {PENDING.state: PENDING, NO_VERDICT.state: NO_VERDICT}


def main(arguments: Sequence[str]) -> int:
    """Set the status and return an exit code: 0, 2 usage, 5 environment."""
    try:
        if len(arguments) not in {2, 3} or arguments[0] not in _ANNOUNCEMENTS:
            raise UsageProblem(
                "usage: python -m coefgate.publishing pending|error COMMIT [STATUS]"
            )
        announcement, commit = _ANNOUNCEMENTS[arguments[0]], checked_commit(arguments[1])
        context = checked_context(arguments[2] if len(arguments) > 2 else CONTEXT)
        place = place_of(os.environ)
        set_status(place, commit, announcement, link=place.run, context=context)
    except CoefgateError as error:
        sys.stderr.write(f"coefgate: {error}\n")
        return error.exit_code
    sys.stderr.write(f"{context} on {commit}: {announcement.state}, {announcement.description}\n")
    return PASS


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
