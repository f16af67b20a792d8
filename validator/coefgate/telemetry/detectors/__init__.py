"""Detectors: do calls need something else than before, and is a release worse than the last?"""
