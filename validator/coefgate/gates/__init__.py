"""Scores → verdict: one small pure function a rule, the list of them, and what they find."""
