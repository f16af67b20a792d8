"""The registry as a static site: what it shows, and the folder that it is written to."""
