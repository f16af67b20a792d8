"""Git: files at a revision, versions, when a digest and a sample came in; and what a release writes."""
