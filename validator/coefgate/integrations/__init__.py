"""Recording from inside other packages. Each module needs its own, and is imported by name."""
