"""Formats that calls are imported from, a module each; ``foreign.formats`` finds them by name."""
