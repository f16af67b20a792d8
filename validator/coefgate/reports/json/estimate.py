"""One estimate."""

from __future__ import annotations

from typing import Any

from coefgate.core.estimate import Estimate
from coefgate.core.trees import encodable
from coefgate.reports.json.parts import fields


def estimate_dict(estimate: Estimate, place: str) -> dict[str, Any]:
    """An estimate; ``place``: where the coefficients are."""
    return {
        "tokens": estimate.tokens,
        "interval": estimate.interval._asdict(),
        **fields(estimate, "share_measured", "basis"),
        "breakdown": {
            "overhead": estimate.breakdown.overhead,
            "deliverables": [
                item._replace(path=encodable(item.path))._asdict()
                for item in estimate.breakdown.deliverables
            ],
            "margin": estimate.breakdown.margin,
        },
        **fields(estimate, "registry_version", "digest"),
        "from": encodable(place),
    }
