"""Git, read only: files at a revision, versions, and when a digest and a sample came in."""
