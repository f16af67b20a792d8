"""Records of other tools: read, labelled, and made lines of samples or counted."""
