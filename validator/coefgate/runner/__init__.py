"""What a runner imports, by the standard library alone: pin, verify, cache, follow, estimate."""
