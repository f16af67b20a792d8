"""Everything that runs git: one repository's trees, log and tags; what a release writes and pushes."""
