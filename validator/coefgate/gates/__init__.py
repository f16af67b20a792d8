"""Scores → verdict: small pure functions, one per rule, and the report that holds what they found."""
