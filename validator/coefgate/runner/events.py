"""What following tells a runner's callback."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from coefgate.runner.serving import Serving


@dataclass(frozen=True, slots=True)
class FollowEvent:
    """One thing that following brought.

    ``kind``: ``swapped`` (``current`` serves from now on, instead of ``previous``), ``yanked``
    (``current`` was withdrawn and keeps serving, because there is nothing to go to), ``refused``
    (the source offered something that may not be served) or ``failed`` (the source, or the cache,
    did not work). ``current`` is what serves after it, and ``previous`` what served before: the
    same, unless something was swapped. ``message`` says why, in a sentence.
    """

    kind: Literal["swapped", "yanked", "refused", "failed"]
    message: str
    previous: Serving
    current: Serving
