"""The independent judge: which changes are regressions, by a replay and rules of its own."""
