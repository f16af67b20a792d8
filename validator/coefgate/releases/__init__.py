"""What a release is: its version, the snapshot that it brings, and what its tag and the index say of it.

Standard library only: a runner reads all of it.
"""
