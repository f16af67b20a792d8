"""Formats that calls are imported from, a module each; ``import_formats`` finds them by name."""
