"""The thresholds that the rules are tested with."""

from tests.gates.conftest import gates, limits

__all__ = ["gates", "limits"]
