"""Coefgate: a Git-versioned registry of output-token coefficients, and the gates in front of it.

Importing the package imports nothing but the standard library, and little of that: a runner pays for
what it uses. The commands need the extra ``cli``.
"""
