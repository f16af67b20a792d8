"""YAML → Registry: strict documents with marks, schemas, relations, model, snapshot, digest."""
