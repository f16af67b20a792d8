"""What a runner imports: pin a version, verify it, keep it in a cache, follow releases, estimate.

Standard library only, so that an agent platform installs nothing else.
"""
