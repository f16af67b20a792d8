"""Reports as documents for programs; their schemas are in ``schemas/``."""
