"""A repository's states, branches and tags, and what a release writes and pushes."""
