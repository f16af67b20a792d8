"""The tests; folders mirror the package, ``end_to_end`` drives the real command."""
