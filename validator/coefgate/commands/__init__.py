"""One module per command: parse, call, print; returns an exit code."""
