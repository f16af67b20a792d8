"""Columns of any table, CSV or JSON Lines: what they mean, told or guessed, and their calls."""
